// The errors of checkpoint folders, with messages of one line each.

/// The reason why a checkpoint cannot be used.
package enum CheckpointError: Error, Equatable, Sendable {
  /// A key of `config.json` or of a feature extractor's file has a wrong value.
  case configuration(path: String, key: String, expected: String, found: String)
  /// Two descriptions of the feature extractor differ.
  case contradiction(folder: String, key: String, first: String, second: String)
  /// A folder has no weight file of a known kind. `found` describes files of another kind.
  case noWeights(folder: String, found: String?)
  /// A folder has no `config.json`. `found` describes what it has instead, and `remedy` says what
  /// to do.
  case noConfiguration(folder: String, found: String, remedy: String)
  /// Some weights are infinite or NaN.
  case notFinite(path: String, tensors: [String])
  /// A file breaks the rules of its format: it is truncated, or its parts overlap or leave its
  /// bounds.
  case malformed(path: String, problem: String)
  /// A file asks for something this program never does, such as running code.
  case refused(path: String, what: String)
  /// A file is of a known kind that this program does not read.
  case unsupported(path: String, what: String, remedy: String)
  /// The tensors do not match the configuration.
  case mismatch(folder: String, missing: [String], unexpected: [String], misshapen: [String])
}

extension CheckpointError: CustomStringConvertible {
  /// One line of limited length, whatever names the files contain.
  package var description: String {
    let plain = sentence.unicodeScalars.prefix(2000).map {
      $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || (0x2028...0x202E).contains($0.value)
        ? "?" : Character($0)
    }
    return String(plain)
  }

  private var sentence: String {
    switch self {
    case .configuration(let path, let key, let expected, let found):
      "\(path): \(key): expected \(expected), found \(found)"
    case .contradiction(let folder, let key, let first, let second):
      """
      \(folder): \(key): \(first), \(second); keep the value that the model was trained with, \
      and remove or correct the other
      """
    case .noWeights(let folder, let found):
      """
      \(folder): no weights: expected model.safetensors or pytorch_model.bin, or either's \
      .index.json with its parts\(found.map { "; found \($0)" } ?? ""); download the model's whole \
      folder
      """
    case .noConfiguration(let folder, let found, let remedy):
      "\(folder): no config.json: found \(found); \(remedy)"
    case .notFinite(let path, let tensors):
      """
      \(path): \(countOfTensors(tensors.count)) numbers that are not finite: \
      \(tensors.prefix(5).joined(separator: ", "))\(tensors.count > 5 ? ", …" : ""); \
      the training diverged, the numbers were too large for 16 bits, or the file is damaged; \
      get the weights again
      """
    case .malformed(let path, let problem):
      "\(path): \(problem); the file is damaged or has another format; download it again"
    case .refused(let path, let what):
      """
      \(path): \(what) is refused: nothing in a weight file is ever executed; use a file from a \
      source you trust, or its .safetensors form
      """
    case .unsupported(let path, let what, let remedy): "\(path): \(what); \(remedy)"
    case .mismatch(let folder, let missing, let unexpected, let misshapen):
      "\(folder): the weights are not those of config.json: "
        + [("missing", missing), ("unexpected", unexpected), ("of another shape", misshapen)]
        .filter { !$1.isEmpty }
        .map { what, names in
          "\(names.count) \(what) (\(names.prefix(10).joined(separator: ", "))"
            + (names.count > 10 ? ", …)" : ")")
        }.joined(separator: "; ")
    }
  }
}

/// `1 tensor holds` or `2 tensors hold`.
func countOfTensors(_ count: Int) -> String {
  count == 1 ? "1 tensor holds" : "\(count) tensors hold"
}
