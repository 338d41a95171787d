// By hand: weights from training programs, with other names, prefixes and additional heads.
import Checkpoints
import Foundation
import Tensors
import Testing

/// A file of torch.save. `wrap` wraps the dictionary of tensors before pickling.
private func torchFile(
  _ tensors: [String: Tensor], _ wrap: ([UInt8]) -> [UInt8] = { $0 }
) -> Data {
  let sorted = tensors.sorted { $0.key < $1.key }
  let values = sorted.enumerated().map { index, named in
    (
      named.key,
      Pickle.tensor(
        Pickle.storage(key: "\(index)", count: named.value.count), shape: named.value.shape,
        strides: StoredTensor.contiguousStrides(of: named.value.shape))
    )
  }
  return zip(
    [ZipEntry("m/data.pkl", Pickle.whole(wrap(Pickle.dictionary(values))))]
      + sorted.enumerated().map { ZipEntry("m/data/\($0)", bytes($1.value.array)) })
}

/// The names of tensors in fairseq, s3prl and UniLM, with norms over channels or over features.
private func originalName(_ name: String) -> String {
  var name = name
  let renamings = [
    ("feature_projection.layer_norm.", "layer_norm."),
    ("feature_projection.projection.", "post_extract_proj."),
    ("encoder.pos_conv_embed.conv.", "encoder.pos_conv.0."),
    (".attention.gru_rel_pos_linear", ".self_attn.grep_linear"),
    (".attention.gru_rel_pos_const", ".self_attn.grep_a"),
    (".attention.rel_attn_embed", ".self_attn.relative_attention_bias"),
    (".attention.", ".self_attn."), ("feed_forward.intermediate_dense", "fc1"),
    ("feed_forward.output_dense", "fc2"),
  ]
  for layer in 0..<7 {
    let head = "feature_extractor.conv_layers.\(layer)."
    if name.hasPrefix(head + "layer_norm.") {
      return head + "2.1." + name.dropFirst((head + "layer_norm.").count)
    }
    if name.hasPrefix(head) { return name.replacing(".conv.", with: ".0.") }
    let place = "encoder.layers.\(layer).layer_norm."
    if name.hasPrefix(place) {
      return name.replacing(".layer_norm.", with: ".self_attn_layer_norm.")
    }
  }
  for (ours, theirs) in renamings { name = name.replacing(ours, with: theirs) }
  return name
}

/// Calls `body` with a tiny checkpoint's folder without weights, the weights, and the fingerprint.
private func withWeights(
  _ body: (_ folder: String, _ tensors: [String: Tensor], _ fingerprint: String) throws -> Void
) throws {
  try withTinyCheckpoint { folder in
    let fingerprint = try Checkpoint(folder: folder).fingerprint
    let tensors = try readTensors(folder + "/model.safetensors")
    try FileManager.default.removeItem(atPath: folder + "/model.safetensors")
    try body(folder, tensors, fingerprint)
  }
}

private func renamed(_ tensors: [String: Tensor], _ body: (String) -> String) -> [String: Tensor] {
  Dictionary(uniqueKeysWithValues: tensors.map { (body($0.key), $0.value) })
}

@Suite struct `A training checkpoint` {
  @Test func `of fairseq, s3prl or UniLM is read by its own names`() throws {
    try withWeights { folder, tensors, fingerprint in
      var original = renamed(tensors, originalName)
      #expect(original["encoder.layers.2.self_attn_layer_norm.bias"]?.shape == [32])
      #expect(original["feature_extractor.conv_layers.3.2.1.weight"]?.shape == [16])
      (original["mask_emb"], original["final_proj.weight"]) = (.zeros([32]), .zeros([2, 2]))
      let settings = Pickle.dictionary([("normalize", [0x88]), ("dropout", [0x4B, 1])])
      let data = torchFile(original) { Pickle.dictionary([("cfg", settings), ("model", $0)]) }
      try data.write(to: URL(filePath: folder + "/WavLM-Large.pt"))
      let checkpoint = try Checkpoint(folder: folder)
      #expect(checkpoint.fingerprint == fingerprint)
      #expect(checkpoint.unused == ["final_proj.weight", "mask_emb"])
    }
  }

  @Test(arguments: ["module.", "model.wavlm.", "wavlm.", "w2v_encoder.w2v_model."])
  func `is read behind a prefix, and what stands outside it is not used`(prefix: String) throws {
    try withWeights { folder, tensors, fingerprint in
      var all = renamed(tensors) { prefix + $0 }
      (all["head.0.weight"], all[prefix + "masked_spec_embed"]) = (.zeros([4, 32]), .zeros([32]))
      let state = Pickle.dictionary([("0", [0x4B, 1])])
      let data = torchFile(all) {
        Pickle.dictionary([("epoch", [0x4B, 3]), ("optimizer_states", state), ("state_dict", $0)])
      }
      try data.write(to: URL(filePath: folder + "/epoch=3.ckpt"))
      let checkpoint = try Checkpoint(folder: folder)
      #expect(checkpoint.fingerprint == fingerprint)
      #expect(checkpoint.unused == ["head.0.weight", prefix + "masked_spec_embed"].sorted())
      // Under the prefix, an unknown tensor is one that the network would need.
      all[prefix + "encoder.layers.0.adapter_layer.norm.weight"] = .zeros([4])
      try torchFile(all).write(to: URL(filePath: folder + "/epoch=3.ckpt"))
      #expect(
        refusal(folder).contains(
          "1 unexpected (\(prefix)encoder.layers.0.adapter_layer.norm.weight)"))
    }
  }

  @Test func `with two networks or two sets of weights is refused, and both are named`() throws {
    try withWeights { folder, tensors, _ in
      let path = URL(filePath: folder + "/pytorch_model.bin")
      let two = renamed(tensors) { "teacher." + $0 }.merging(renamed(tensors) { "student." + $0 }) {
        a, _ in a
      }
      try torchFile(two).write(to: path)
      #expect(refusal(folder).contains("2 networks in one file, named student.…, teacher.…"))
      let averaged = torchFile(tensors) { Pickle.dictionary([("model", $0), ("ema", $0)]) }
      try averaged.write(to: path)
      #expect(
        refusal(folder).contains("several sets of weights: model, ema; keep one: torch.save("))
    }
  }

  @Test(arguments: [
    ("argparse", "Namespace", "fairseq or s3prl", "[\"model\"]"),
    ("omegaconf.dictconfig", "DictConfig", "fairseq", "[\"model\"]"),
    ("pytorch_lightning.utilities.parsing", "AttributeDict", "Lightning", "[\"state_dict\"]"),
    ("torch.nn.modules.linear", "Linear", "PyTorch, a whole model", ".state_dict()"),
    ("transformers.models.wavlm.modeling_wavlm", "WavLMModel", "PyTorch", ".state_dict()"),
    ("numpy.core.multiarray", "scalar", "a script, with arrays of NumPy", "[\"state_dict\"]"),
  ])
  func `with Python objects is refused, with its maker and how to convert it`(
    module: String, name: String, maker: String, part: String
  ) {
    let pickle = Pickle.whole(
      Pickle.dictionary([("args", Pickle.global(module, name))]))
    let message = torchRefusal(zip(torchEntries(pickle)))
    #expect(message.hasPrefix("the pickled global \(module).\(name) is refused: nothing in a"))
    #expect(message.contains("was saved by \(maker)"))
    #expect(message.contains("torch.save(torch.load(FILE, weights_only=False)\(part), "))
    #expect(!message.contains("download it again"))
  }

  @Test func `gives no advice to load what no training program saves`() {
    for (module, name) in [("numpy.testing._private.utils", "runstring"), ("argparsed", "x")] {
      let pickle = Pickle.whole(Pickle.dictionary([("a", Pickle.global(module, name))]))
      let message = torchRefusal(zip(torchEntries(pickle)))
      #expect(message.hasPrefix("the pickled global \(module).\(name) is refused"))
      #expect(!message.contains("torch.load"))
    }
  }

  @Test func `without weights, or of another kind, is named for what it is`() throws {
    let step = Pickle.whole(Pickle.dictionary([("epoch", [0x4B, 1])]))
    let message = torchRefusal(zip(torchEntries(step)))
    #expect(message.hasPrefix("epoch: expected a tensor, found a whole number; give a file"))
    #expect(torchRefusal(Data("<!DOCTYPE html>".utf8)).hasPrefix("a web page, not weights"))
    #expect(torchRefusal(Data([0x1F, 0x8B, 8, 0])).hasPrefix("compressed with gzip; unpack it"))
    try withTinyCheckpoint { folder in
      try Data("version https://git-lfs.github.com/spec/v1\n".utf8)
        .write(to: URL(filePath: folder + "/model.safetensors"))
      #expect(refusal(folder).hasPrefix("F/model.safetensors: a pointer of Git LFS"))
    }
  }

  @Test func `may stand in a dictionary that thousands of entries share`() {
    // Examining the dictionary once per entry would take minutes.
    let tensor = Pickle.tensor(Pickle.storage(count: 6), shape: [1], strides: [1])
    /// SETITEMS with a thousand entries at a time, as Python writes them.
    func entries(_ count: Int, _ value: [UInt8]) -> [UInt8] {
      stride(from: 0, to: count, by: 1000).flatMap { start -> [UInt8] in
        let batch = (start..<min(count, start + 1000)).map { Pickle.text("e\($0)") + value }
        return [0x28] + batch.joined() + [0x75]
      }
    }
    // {"first": {tensors …, "last": None}} and many more entries that refer to the inner
    // dictionary.
    let inner: [UInt8] =
      [0x7D, 0x71, 0] + entries(5_000, tensor) + Pickle.text("last") + [0x4E, 0x73]
    let shared = entries(100_000, [0x68, 0])
    let pickle = Pickle.whole([0x7D] + Pickle.text("first") + inner + [0x73] + shared)
    let message = torchRefusal(zip(torchEntries(pickle)))
    #expect(message.hasPrefix("first: expected a tensor, found a dictionary"), "\(message)")
  }
}

@Suite struct `A folder without weights or configuration` {
  @Test func `is told what it has instead`() throws {
    try withWeights { folder, tensors, _ in
      let adapter = URL(filePath: folder + "/adapter_model.safetensors")
      try Data().write(to: adapter)
      #expect(refusal(folder).contains("found adapter_model.safetensors, an adapter of PEFT"))
      for name in ["a.pt", "b.ckpt"] {
        try torchFile(tensors).write(to: URL(filePath: folder + "/" + name))
      }
      #expect(
        refusal(folder).contains("found a.pt, b.ckpt: leave one, or name it pytorch_model.bin"))
      try FileManager.default.removeItem(atPath: folder + "/a.pt")
      #expect(refusal(folder) == "opened")
      try FileManager.default.removeItem(atPath: folder + "/config.json")
      #expect(refusal(folder).hasPrefix("F: no config.json: found b.ckpt, which does not describe"))
      #expect(refusal(folder + "/b.ckpt").contains("no config.json: found a file; give the folder"))
    }
  }

  @Test func `is told where a model lies below it`() throws {
    try withTinyCheckpoint { folder in
      let inner = folder + "/snapshots/1a2b"
      try FileManager.default.createDirectory(
        atPath: folder + "/snapshots", withIntermediateDirectories: true)
      try writeRandomCheckpoint(like: .tiny, to: inner, seed: 1)
      try FileManager.default.removeItem(atPath: folder + "/config.json")
      #expect(
        refusal(folder)
          == "F: no config.json: found one in snapshots/1a2b; give the folder F/snapshots/1a2b")
      #expect(refusal(inner) == "opened")
    }
  }
}

@Suite struct `A head` {
  /// The additional tensors that `save_pretrained` of transformers 5.23 writes, by class.
  static let heads: [(String, [String])] = [
    (
      "ForXVector",
      [
        "feature_extractor.weight", "feature_extractor.bias", "tdnn.0.kernel.weight",
        "tdnn.0.kernel.bias", "projector.weight", "projector.bias", "classifier.weight",
        "classifier.bias", "objective.weight", "layer_weights",
      ]
    ),
    ("ForCTC", ["lm_head.weight", "lm_head.bias"]),
    ("ForSequenceClassification", ["layer_weights", "projector.weight", "classifier.bias"]),
    ("ForAudioFrameClassification", ["layer_weights", "classifier.weight"]),
    (
      "ForPreTraining",
      [
        "quantizer.codevectors", "quantizer.weight_proj.weight", "project_q.bias",
        "project_hid.weight",
      ]
    ),
  ]

  @Test(arguments: heads) func `of transformers is listed as not used`(
    name: String, tensors: [String]
  ) throws {
    for prefix in ["wavlm.", ""] {
      try withTinyCheckpoint { folder in
        let fingerprint = try Checkpoint(folder: folder).fingerprint
        try change(folder) { all in
          all = renamed(all) { prefix + $0 }
          for name in tensors { all[name] = .zeros([2]) }
        }
        let checkpoint = try Checkpoint(folder: folder)
        #expect(checkpoint.unused == tensors.sorted() && checkpoint.fingerprint == fingerprint)
      }
    }
  }

  @Test func `within layers is refused by its key`() throws {
    try withTinyCheckpoint { folder in
      try configure(folder) { $0["adapter_attn_dim"] = 16 }
      #expect(refusal(folder).hasPrefix("F/config.json: adapter_attn_dim: expected null"))
      try configure(folder) { $0["adapter_attn_dim"] = NSNull() }
      #expect(refusal(folder) == "opened")
    }
  }
}
