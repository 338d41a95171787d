// Errors of files, independent of their content.

/// What went wrong with a file.
package enum FileError: Error, Equatable, Sendable {
  case cannotRead(path: String, reason: String)
  case cannotWrite(path: String, reason: String)
  /// The file is readable but its content is wrong.
  case damaged(path: String, problem: String, remedy: String)
}

extension FileError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .cannotRead(let path, let reason):
      "\(path): cannot be read: \(reason); "
        + (SystemFailure(words: reason)?.remedy ?? "check the path")
    case .cannotWrite(let path, let reason):
      "\(path): cannot be written: \(reason); "
        + (SystemFailure(words: reason)?.remedy ?? "choose another place")
    case .damaged(let path, let problem, let remedy): "\(path): \(problem); \(remedy)"
    }
  }
}

extension DecodingError {
  /// What is wrong and where, in a few words.
  package var problem: String {
    func place(_ context: Context) -> String {
      let keys = context.codingPath.map { $0.intValue.map { String($0) } ?? $0.stringValue }
      return keys.isEmpty ? "" : "at \(keys.joined(separator: ".")): "
    }
    return switch self {
    case .keyNotFound(let key, let context):
      "\(place(context))expected the key \(key.stringValue), found none"
    case .typeMismatch(let type, let context):
      "\(place(context))expected a value of type \(type), found another"
    case .valueNotFound(let type, let context):
      "\(place(context))expected a value of type \(type), found none"
    case .dataCorrupted(let context) where context.debugDescription.contains("valid JSON"):
      "is not JSON, or has a number that does not fit"
    case .dataCorrupted(let context): place(context) + context.debugDescription
    @unknown default: "is not as it was written"
    }
  }
}
