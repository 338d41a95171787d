// A YAML document as texts, lists and maps that know their lines. No types are guessed here, so
// that `no` is not a truth value and 1e-4 not a text: whoever reads a value says what it should be.

/// A piece of a YAML document.
indirect enum YAMLTree {
  case scalar(String, isQuoted: Bool, line: Int)
  case list([YAMLTree], line: Int)
  case map([Entry], line: Int)

  /// One key of a map with its value.
  struct Entry {
    let key: String
    let line: Int
    let value: YAMLTree
  }

  /// Reads one document; an empty one is an empty map.
  ///
  /// - Throws: `ExperimentFileError`, also for a document of more than `YAMLLimits`.
  init(parsing text: String, file: String) throws {
    let bytes = Array(text.utf8)
    guard bytes.count <= YAMLLimits.bytes else {
      throw ExperimentFileError.tooMuch(
        Place(file: file, line: nil), what: "bytes", found: bytes.count, most: YAMLLimits.bytes)
    }
    self = try bytes.withUnsafeBufferPointer { bytes in
      var composer = YAMLComposer(bytes, file: file)
      return try composer.document()
    }
  }

  /// The line on which the piece begins, counted from 1.
  var line: Int {
    switch self {
    case .scalar(_, _, let line), .list(_, let line), .map(_, let line): line
    }
  }

  /// Whether nothing stands here: an empty value, `~` or `null`.
  var isNull: Bool {
    guard case .scalar(let text, isQuoted: false, _) = self else { return false }
    return ["", "~", "null"].contains(text)
  }

  /// What stands here, for messages.
  var finding: String {
    switch self {
    case _ where isNull: "nothing"
    case .scalar(let text, let isQuoted, _):
      isQuoted ? "the text \"\(shortened(text))\"" : shortened(text)
    case .list: "a list"
    case .map: "a map of keys"
    }
  }
}

/// A text from a file for a message: its first 60 characters, and how many there are.
func shortened(_ text: String) -> String {
  let head = text.prefix(60)
  return head.endIndex == text.endIndex ? text : "\(head)… (\(text.utf8.count) bytes)"
}
