// A file's names for tensors and the model's own.

/// The tensors of a checkpoint by their names within the bare model.
struct TensorMatching {
  let tensors: [String: StoredTensor]
  /// Names in the files that belong to no part of the network that is computed, such as heads.
  let unused: [String]

  /// Parts of published checkpoints that stand beside the network or serve its pretraining.
  private static let known = [
    "masked_spec_embed", "lm_head.", "quantizer.", "project_q.", "project_hid.", "classifier.",
    "projector.", "layer_weights", "tdnn.", "feature_extractor.dummy", "objective.",
    "label_embs_concat", "final_proj.",
  ]

  /// - Throws: `CheckpointError.mismatch` with everything that is missing, unexpected, or of another
  ///   shape or type.
  init(
    _ stored: [(name: String, tensor: StoredTensor)], _ configuration: TransformerConfiguration,
    folder: String
  ) throws {
    let byName = Dictionary(stored.map { ($0.name, $0.tensor) }, uniquingKeysWith: { a, _ in a })
    let prefix =
      ["", configuration.family.rawValue + "."].first {
        byName[$0 + "encoder.layer_norm.weight"] != nil
      } ?? ""
    var (found, taken): ([String: StoredTensor], Set<String>) = ([:], [])
    var (missing, misshapen): ([String], [String]) = ([], [])
    for (name, shape) in configuration.expectedTensors {
      let spellings = [name, Self.parametrised(name)].map { prefix + $0 }
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
      let bare = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
      return !Self.known.contains { bare.hasPrefix($0) || name.hasPrefix($0) }
    }
    guard missing.isEmpty, misshapen.isEmpty, unexpected.isEmpty else {
      throw CheckpointError.mismatch(
        folder: folder, missing: missing, unexpected: unexpected, misshapen: misshapen)
    }
    tensors = found
    unused = rest
  }

  /// The name that PyTorch's newer weight normalisation gives to a gain or a direction.
  private static func parametrised(_ name: String) -> String {
    if name.hasSuffix(".weight_g") { return name.dropLast(8) + "parametrizations.weight.original0" }
    if name.hasSuffix(".weight_v") { return name.dropLast(8) + "parametrizations.weight.original1" }
    return name
  }
}
