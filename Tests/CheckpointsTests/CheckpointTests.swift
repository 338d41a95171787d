// By hand: valid folders, and the errors of unusable ones.
import Checkpoints
import Files
import Foundation
import Tensors
import Testing

@Suite struct `A checkpoint` {
  let query = "encoder.layers.0.attention.q_proj.weight"
  let gain = "encoder.pos_conv_embed.conv.weight_g"

  @Test func `gives the tensors of its file, and says that it is random`() throws {
    try withTinyCheckpoint { folder in
      let checkpoint = try Checkpoint(folder: folder)
      let tensors = try readTensors(folder + "/model.safetensors")
      for (name, shape) in checkpoint.configuration.expectedTensors {
        #expect(checkpoint.tensor(name) == tensors[name] && checkpoint.tensor(name).shape == shape)
      }
      #expect(checkpoint.isRandom && checkpoint.normalizesInput && checkpoint.unused.isEmpty)
      #expect(checkpoint.parameterCount == tensors.values.reduce(0) { $0 + $1.count })
      checkpoint.forget(query)
      #expect(checkpoint.tensor(query) == tensors[query])
    }
  }

  @Test func `is never changed through a tensor`() throws {
    try withTinyCheckpoint { folder in
      let checkpoint = try Checkpoint(folder: folder)
      var tensor = checkpoint.tensor(query)
      let before = tensor.array[0]
      tensor.withUnsafeMutableBuffer { $0[0] += 1 }
      #expect(tensor.array[0] == before + 1 && checkpoint.tensor(query).array[0] == before)
    }
  }

  @Test func `has a fingerprint that one bit changes, and a copy does not`() throws {
    try withTinyCheckpoint { folder in
      let first = try Checkpoint(folder: folder).fingerprint
      let copy = try withTinyCheckpoint { try Checkpoint(folder: $0).fingerprint }
      #expect(first == copy && first.count == 64)
      let path = folder + "/model.safetensors"
      var data = try Data(contentsOf: URL(filePath: path))
      data[data.count - 1] ^= 1
      try data.write(to: URL(filePath: path))
      #expect(try Checkpoint(folder: folder).fingerprint != first)
    }
  }

  @Test func `has another fingerprint when its input is not normalised`() throws {
    try withTinyCheckpoint { folder in
      let first = try Checkpoint(folder: folder).fingerprint
      try configure(folder, file: "preprocessor_config.json") { $0["do_normalize"] = false }
      #expect(try Checkpoint(folder: folder).fingerprint != first)
    }
  }

  @Test func `may have a prefix, heads, and the newer names of weight normalisation`() throws {
    try withTinyCheckpoint { folder in
      let (expected, fingerprint) = try (
        Checkpoint(folder: folder).tensor(gain).array, Checkpoint(folder: folder).fingerprint
      )
      try change(folder) { tensors in
        tensors = Dictionary(uniqueKeysWithValues: tensors.map { ("wavlm." + $0, $1) })
        tensors["wavlm.encoder.pos_conv_embed.conv.parametrizations.weight.original0"] =
          tensors.removeValue(forKey: "wavlm." + gain)
        tensors["wavlm.encoder.pos_conv_embed.conv.parametrizations.weight.original1"] =
          tensors.removeValue(forKey: "wavlm.encoder.pos_conv_embed.conv.weight_v")
        tensors["lm_head.weight"] = .zeros([2, 2])
        tensors["wavlm.masked_spec_embed"] = .zeros([32])
      }
      let checkpoint = try Checkpoint(folder: folder)
      #expect(checkpoint.tensor(gain).array == expected)
      #expect(checkpoint.unused == ["lm_head.weight", "wavlm.masked_spec_embed"])
      #expect(checkpoint.fingerprint == fingerprint)
    }
  }

  @Test func `lists what is missing, unexpected and of another shape`() throws {
    try withTinyCheckpoint { folder in
      try change(folder) { tensors in
        tensors[query] = nil
        tensors["encoder.layers.3.layer_norm.weight"] = .zeros([32])
        tensors["encoder.layer_norm.bias"] = .zeros([31])
      }
      #expect(
        refusal(folder) == """
          F: the weights are not those of config.json: 1 missing (\(query)); 1 unexpected \
          (encoder.layers.3.layer_norm.weight); 1 of another shape (encoder.layer_norm.bias: \
          expected [32], found [31])
          """)
    }
  }

  @Test func `may lie in parts with an index`() throws {
    try withTinyCheckpoint { folder in
      let whole = try Checkpoint(folder: folder).fingerprint
      let tensors = try readTensors(folder + "/model.safetensors")
      let halves = [
        tensors.filter { $0.key < "encoder.layers.1" },
        tensors.filter { $0.key >= "encoder.layers.1" },
      ]
      var map: [String: String] = [:]
      for (index, half) in halves.enumerated() {
        let file = "model-0000\(index + 1)-of-00002.safetensors"
        try write(half, to: folder + "/" + file)
        for name in half.keys { map[name] = file }
      }
      try FileManager.default.removeItem(atPath: folder + "/model.safetensors")
      let index = URL(filePath: folder + "/model.safetensors.index.json")
      try JSONSerialization.data(withJSONObject: ["weight_map": map]).write(to: index)
      #expect(try Checkpoint(folder: folder).fingerprint == whole)

      map[query] = "model-00002-of-00002.safetensors"
      try JSONSerialization.data(withJSONObject: ["weight_map": map]).write(to: index)
      #expect(refusal(folder).contains("the index and the file do not agree about tensor \(query)"))
      map[query] = "../model.safetensors"
      try JSONSerialization.data(withJSONObject: ["weight_map": map]).write(to: index)
      #expect(
        refusal(folder).contains(
          "the part ../model.safetensors, not a plain file name, is refused"))
    }
  }

  @Test func `needs weights`() throws {
    try withTinyCheckpoint { folder in
      try FileManager.default.removeItem(atPath: folder + "/model.safetensors")
      #expect(
        refusal(folder).hasPrefix("F: no weights: expected model.safetensors or pytorch_model.bin"))
    }
  }

  @Test(arguments: [
    ("add_adapter", true as any Sendable, "false, the only value that this program supports"),
    ("conv_pos_batch_norm", true, "false, the only value that this program supports"),
    ("hidden_act", "relu", "gelu"), ("model_type", "bert", "wavlm or hubert or wav2vec2"),
    ("feat_extract_norm", "batch", "group or layer"),
    ("num_attention_heads", 5, "a divisor of hidden_size, 32"),
    ("num_conv_pos_embedding_groups", 7, "a divisor of hidden_size, 32"),
    ("hidden_size", -1, "a whole number from 1 to 16384"),
    ("hidden_size", true, "a whole number from 1 to 16384"),
    ("layer_norm_eps", 0, "a number between 0 and 1"),
    ("conv_kernel", [10, 3], "7 whole numbers from 1 to 1024"),
    ("do_stable_layer_norm", 1, "true or false"),
  ]) func `refuses by name what it does not compute`(
    key: String, value: any Sendable, expected: String
  ) throws {
    try withTinyCheckpoint { folder in
      try configure(folder) { $0[key] = value }
      let message = refusal(folder)
      #expect(
        message.hasPrefix("F/config.json: \(key): expected \(expected), found "), "\(message)")
    }
  }

  @Test func `refuses another sampling rate`() throws {
    try withTinyCheckpoint { folder in
      try configure(folder, file: "preprocessor_config.json") { $0["sampling_rate"] = 8000 }
      #expect(
        refusal(folder).hasPrefix("F/preprocessor_config.json: sampling_rate: expected 16000"))
    }
  }

  @Test func `of random numbers depends on its seed and overwrites nothing`() throws {
    try withTinyCheckpoint { folder in
      let other = folder + "-2"
      defer { try? FileManager.default.removeItem(atPath: other) }
      try writeRandomCheckpoint(like: .tiny, to: other, seed: 2)
      #expect(try Checkpoint(folder: other).fingerprint != Checkpoint(folder: folder).fingerprint)
      let names = ["config.json", "preprocessor_config.json", "model.safetensors"]
      for name in names {
        let third = folder + "-3"
        defer { try? FileManager.default.removeItem(atPath: third) }
        try makeFolder(third)
        try Data().write(to: URL(filePath: third + "/" + name))
        #expect(
          throws: FileError.cannotWrite(path: third + "/" + name, reason: "it already exists")
        ) { try writeRandomCheckpoint(like: .tiny, to: third, seed: 1) }
      }
    }
  }
}

@Suite struct `The defaults of a configuration` {
  @Test func `are those of wavlm-base`() throws {
    try withTinyCheckpoint { folder in
      try Data("{\"model_type\": \"wavlm\"}".utf8).write(to: URL(filePath: folder + "/config.json"))
      // The configuration now asks for the 12 layers of a base model, most of which the file lacks.
      #expect(refusal(folder).contains(": 171 missing (encoder.layers.3.attention.q_proj.weight"))
    }
    let base = CheckpointShape.wavlmBase.configuration
    #expect(base.expectedTensors.reduce(0) { $0 + $1.shape.reduce(1, *) } == 94_381_168)
  }
}
