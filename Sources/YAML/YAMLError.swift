// Errors in the text of a YAML document.
package import Files

/// A document that cannot be read, whatever it is about.
package enum YAMLError: Error, Hashable, Sendable {
  /// The text is not YAML.
  case syntax(Place, problem: String)
  /// A key that occurs twice in a map; the place is that of the first.
  case duplicateKey(Place, name: String)
  /// More than a document may have.
  case tooMuch(Place, what: String, found: Int, most: Int)
}

extension YAMLError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .syntax(let place, let problem): "\(place): is not YAML: \(problem)"
    case .duplicateKey(let place, let name):
      "\(place): key \(name) occurs twice; remove or rename one"
    case .tooMuch(let place, let what, let found, let most):
      "\(place): expected at most \(most) \(what), found \(found)"
    }
  }
}

/// A text from a file, shortened for messages to its first 60 characters and its length.
package func shortened(_ text: String) -> String {
  let head = text.prefix(60)
  return head.endIndex == text.endIndex ? text : "\(head)… (\(text.utf8.count) bytes)"
}
