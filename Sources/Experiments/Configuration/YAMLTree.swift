// A YAML document as texts, lists and maps that know their lines. No types are guessed here, so that
// `no` is not a truth value and 1e-4 not a text: whoever reads a value says what it should be.
import Yams

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
  /// - Throws: `ExperimentFileError.syntax`.
  init(parsing text: String, file: String) throws {
    do {
      guard let node = try Yams.compose(yaml: text) else {
        self = .map([], line: 1)
        return
      }
      self = try YAMLTree(node, line: 1, file: file)
    } catch let error as YamlError {
      throw ExperimentFileError(yaml: error, file: file)
    }
  }

  private init(_ node: Node, line above: Int, file: String) throws {
    let line = node.mark?.line ?? above
    switch node {
    case .scalar(let scalar):
      let isQuoted = scalar.style == .singleQuoted || scalar.style == .doubleQuoted
      self = .scalar(scalar.string, isQuoted: isQuoted, line: line)
    case .sequence(let nodes):
      self = .list(try nodes.map { try YAMLTree($0, line: line, file: file) }, line: line)
    case .mapping(let pairs):
      let entries = try pairs.map { key, value in
        guard case .scalar(let name) = key else {
          throw ExperimentFileError.syntax(
            Place(file: file, line: key.mark?.line ?? line), problem: "a key must be a plain text")
        }
        let keyLine = key.mark?.line ?? line
        return Entry(
          key: name.string, line: keyLine, value: try YAMLTree(value, line: keyLine, file: file))
      }
      self = .map(entries, line: line)
    case .alias:
      throw ExperimentFileError.syntax(
        Place(file: file, line: line), problem: "an alias stands for nothing")
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
    case .scalar(let text, let isQuoted, _): isQuoted ? "the text \"\(text)\"" : text
    case .list: "a list"
    case .map: "a map of keys"
    }
  }
}

extension ExperimentFileError {
  /// The same error with its place, in one line.
  init(yaml error: YamlError, file: String) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      self = .syntax(Place(file: file, line: mark.line), problem: problem)
    case .duplicatedKeysInMapping(let keys, let context):
      self = .duplicate(
        Place(file: file, line: context.mark.line), what: "key",
        name: keys.joined(separator: ", "))
    case .reader(let problem, _, _, _):
      self = .syntax(Place(file: file, line: nil), problem: problem)
    default:
      self = .syntax(Place(file: file, line: nil), problem: "\(error)")
    }
  }
}
