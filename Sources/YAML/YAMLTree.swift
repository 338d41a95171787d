// A YAML document as scalars, lists and maps with their lines. Types are not guessed, so `no` is
// not a Boolean and 1e-4 is not a string. The reader of a value decides its type.
import Files

/// A part of a YAML document.
package indirect enum YAMLTree {
  case scalar(String, isQuoted: Bool, line: Int)
  case list([YAMLTree], line: Int)
  case map([Entry], line: Int)

  /// A key of a map with its value.
  package struct Entry {
    package let key: String
    package let line: Int
    package let value: YAMLTree
  }

  /// Reads one document. An empty document is an empty map.
  ///
  /// - Throws: `YAMLError`, also if the document exceeds `YAMLLimits`.
  package init(parsing text: String, file: String) throws {
    let bytes = Array(text.utf8)
    guard bytes.count <= YAMLLimits.bytes else {
      throw YAMLError.tooMuch(
        Place(file: file, line: nil), what: "bytes", found: bytes.count, most: YAMLLimits.bytes)
    }
    self = try bytes.withUnsafeBufferPointer { bytes in
      var composer = YAMLComposer(bytes, file: file)
      return try composer.document()
    }
  }

  /// The first line of this part, counted from 1.
  package var line: Int {
    switch self {
    case .scalar(_, _, let line), .list(_, let line), .map(_, let line): line
    }
  }

  /// Whether the value is empty, `~` or `null`.
  package var isNull: Bool {
    guard case .scalar(let text, isQuoted: false, _) = self else { return false }
    return ["", "~", "null"].contains(text)
  }

  /// What was found here, for messages.
  package var finding: String {
    switch self {
    case _ where isNull: "nothing"
    case .scalar(let text, let isQuoted, _):
      isQuoted ? "the text \"\(shortened(text))\"" : shortened(text)
    case .list: "a list"
    case .map: "a map of keys"
    }
  }
}
