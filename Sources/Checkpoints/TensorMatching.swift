// Maps a file's tensor names to the model's own names.

/// The tensors of a checkpoint by their names in the bare model.
struct TensorMatching {
  let tensors: [String: StoredTensor]
  /// Names in the files that do not belong to the computed network, such as heads.
  let unused: [String]

  /// Parts of published checkpoints that lie outside the network or serve only its pretraining.
  private static let known = [
    "masked_spec_embed", "mask_emb", "lm_head.", "quantizer.", "project_q.", "project_hid.",
    "classifier.", "projector.", "layer_weights", "tdnn.", "feature_extractor.dummy",
    "feature_extractor.weight", "feature_extractor.bias", "objective.", "adapter.",
    "label_embs_concat", "final_proj.", "target_glu.",
  ]

  /// Finds the network's tensors under one prefix, with the names of transformers or fairseq.
  /// Tensors outside the prefix belong to what was built around the network.
  ///
  /// - Throws: `CheckpointError.mismatch` with all missing and unexpected tensors and those of
  ///   another shape or type; `unsupported` if a file holds several networks.
  init(
    _ stored: [(name: String, tensor: StoredTensor)], _ configuration: TransformerConfiguration,
    folder: String
  ) throws {
    let byName = Dictionary(stored.map { ($0.name, $0.tensor) }, uniquingKeysWith: { a, _ in a })
    let prefix = try Self.prefix(stored.map(\.name), configuration.family, folder: folder)
    var (found, taken): ([String: StoredTensor], Set<String>) = ([:], [])
    var (missing, misshapen): ([String], [String]) = ([], [])
    for (name, shape) in configuration.expectedTensors {
      let spellings = TensorSpelling.spellings(of: name).map { prefix + $0 }
      guard let spelling = spellings.first(where: { byName[$0] != nil }),
        let tensor = byName[spelling]
      else {
        missing.append(prefix + name)
        continue
      }
      taken.insert(spelling)
      if tensor.shape != shape {
        misshapen.append("\(spelling): expected \(shape), found \(tensor.shape)")
      } else if case .other(let type, _) = tensor.type {
        misshapen.append("\(spelling): expected floats of 32 or 16 bits, found \(type)")
      }
      found[name] = tensor
    }
    let rest = byName.keys.filter { !taken.contains($0) }.sorted()
    let unexpected = rest.filter { name in
      guard name.hasPrefix(prefix) else { return false }
      return !Self.known.contains(where: name.dropFirst(prefix.count).hasPrefix)
    }
    guard missing.isEmpty, misshapen.isEmpty, unexpected.isEmpty else {
      throw CheckpointError.mismatch(
        folder: folder, missing: missing, unexpected: unexpected, misshapen: misshapen)
    }
    tensors = found
    unused = rest
  }

  /// The prefix of the network's names: none, `wavlm.`, `module.model.` …
  private static func prefix(
    _ names: [String], _ family: TransformerConfiguration.Family, folder: String
  ) throws -> String {
    let prefixes = Set(
      names.flatMap { name in
        TensorSpelling.first.filter(name.hasSuffix).map { String(name.dropLast($0.count)) }
      }.filter { $0.isEmpty || $0.hasSuffix(".") }
    ).sorted()
    guard prefixes.count < 2 else {
      throw CheckpointError.unsupported(
        path: folder,
        what: "\(prefixes.count) networks in one file, named "
          + prefixes.prefix(4).map { "\($0)…" }.joined(separator: ", "),
        remedy: "save only the network you want")
    }
    // If its first weight is missing, the network is found by its last norm, so that the error can
    // list the missing tensors.
    return prefixes.first
      ?? ["", family.rawValue + "."].first { names.contains($0 + "encoder.layer_norm.weight") }
      ?? ""
  }
}
