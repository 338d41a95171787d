// Finds the weights in a training program's file: they may be its only content or one of many
// entries.

extension PickleMachine {
  /// Returns alternating names and tensors: those of the dictionary itself, or those of its only
  /// entry that is a dictionary of tensors, such as `model` or `state_dict`.
  ///
  /// - Throws: `CheckpointError.unsupported` if there are several such entries, `malformed` if a
  ///   key is not text.
  func weights(in pairs: [Int], path: String) throws -> [Int] {
    let indices = stride(from: 0, to: pairs.count, by: 2)
    guard !indices.contains(where: { isTensor(pairs[$0 + 1]) }) else { return pairs }
    var found: [(name: String, weights: [Int])] = []
    // Many entries may refer to one dictionary, which is examined once.
    var seen: Set<Int> = []
    for index in indices where seen.insert(pairs[index + 1]).inserted {
      guard case .dictionary(let inner) = values[pairs[index + 1]], !inner.isEmpty,
        case .text(let name) = values[pairs[index]],
        stride(from: 0, to: inner.count, by: 2).allSatisfy({ isTensor(inner[$0 + 1]) })
      else { continue }
      found.append((name, inner))
    }
    guard found.count < 2 else {
      throw CheckpointError.unsupported(
        path: path,
        what: "a training checkpoint with several sets of weights: "
          + found.prefix(5).map(\.name).joined(separator: ", "),
        remedy: "keep one: \(Self.conversion(found[0].name))")
    }
    if let only = found.first { return only.weights }
    guard let first = pairs.first else { return pairs }
    let entry = try text(first)
    throw CheckpointError.unsupported(
      path: path, what: "\(entry): expected a tensor, found \(values[pairs[1]].kind)",
      remedy: """
        give a file that holds only weights, or holds them in an entry such as model or \
        state_dict: \(Self.conversion("state_dict"))
        """)
  }

  private func isTensor(_ number: Int) -> Bool {
    if case .tensor = values[number] { true } else { false }
  }

  /// How to extract the weights of a training checkpoint.
  static func conversion(_ entry: String) -> String { conversion(taking: "[\"\(entry)\"]") }

  /// - Parameter part: the Python expression after the file's content that selects the weights.
  private static func conversion(taking part: String) -> String {
    """
    torch.save(torch.load(FILE, weights_only=False)\(part), "pytorch_model.bin") in Python, which \
    runs code from the file: use it only for a file that you trust
    """
  }

  /// Returns the error for a global of a training program, or nil for any other global.
  static func refusal(path: String, module: String, name: String) -> CheckpointError? {
    maker(module: module, name: name).map { maker, part in
      .unsupported(
        path: path,
        what: "the pickled global " + "\(module).\(name)".prefix(80)
          + " is refused: nothing in a weight file is ever executed; "
          + "the file was saved by \(maker)",
        remedy: "extract its weights: \(conversion(taking: part))")
    }
  }

  /// Returns the program that a pickled global points to, and where that program's files keep the
  /// weights.
  private static func maker(module: String, name: String) -> (String, String)? {
    if module.hasPrefix("numpy"), !["_reconstruct", "scalar", "dtype", "ndarray"].contains(name) {
      return nil
    }
    let (model, state, whole) = ("[\"model\"]", "[\"state_dict\"]", ".state_dict()")
    let makers = [
      ("argparse", "fairseq or s3prl", model), ("omegaconf", "fairseq", model),
      ("fairseq", "fairseq", model), ("s3prl", "s3prl", model),
      ("pytorch_lightning", "Lightning", state), ("lightning", "Lightning", state),
      ("lightning_fabric", "Lightning", state), ("transformers", "PyTorch, a whole model", whole),
      ("torch.nn", "PyTorch, a whole model", whole), ("__main__", "a script", state),
      ("numpy", "a script, with arrays of NumPy", state), ("speechbrain", "SpeechBrain", state),
    ]
    return makers.first { module == $0.0 || module.hasPrefix($0.0 + ".") }.map { ($0.1, $0.2) }
  }
}
