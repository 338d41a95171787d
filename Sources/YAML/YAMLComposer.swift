// Turns the events of a YAML document into a tree. Aliases are expanded and counted here, because
// twelve lines of aliases can expand beyond any memory.
import CYaml
import Files

/// How large a document may be.
package enum YAMLLimits {
  package static let bytes = 1_000_000
  /// Scalars, lists and maps, after expanding aliases.
  static let pieces = 100_000
  /// Nesting depth of lists and maps.
  static let depth = 32
}

/// Builds the tree of one document.
struct YAMLComposer: ~Copyable {
  private let file: String
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  /// The tree behind each anchor and its number of pieces.
  private var anchors: [String: (tree: YAMLTree, pieces: Int)] = [:]
  private var pieces = 0

  /// - Parameter bytes: UTF-8, which must stay valid while the composer is in use.
  init(_ bytes: UnsafeBufferPointer<UInt8>, file: String) {
    self.file = file
    parser = .allocate(capacity: 1)
    yaml_parser_initialize(parser)
    yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
  }

  /// Reads the whole stream.
  mutating func document() throws -> YAMLTree {
    var (result, documents) = (YAMLTree.map([], line: 1), 0)
    while true {
      let event = try next()
      switch event.kind {
      case .streamEnd: return result
      case .documentStart:
        documents += 1
        guard documents == 1 else {
          throw syntax(event.line, "a second document begins here; expected one document")
        }
      case .other: continue
      default: result = try tree(from: event, depth: 0)
      }
    }
  }

  private mutating func tree(from event: Event, depth: Int) throws -> YAMLTree {
    let line = event.line
    try count(1, line)
    guard depth < YAMLLimits.depth else {
      throw YAMLError.tooMuch(
        place(line), what: "lists and maps within each other", found: depth + 1,
        most: YAMLLimits.depth)
    }
    let before = pieces
    let tree: YAMLTree
    var anchor: String?
    switch event.kind {
    case .alias(let name):
      guard let known = anchors[name] else {
        throw syntax(line, "the alias *\(shortened(name)) has no anchor")
      }
      try count(known.pieces - 1, line)
      return known.tree
    case .scalar(let text, let isQuoted, let name):
      (tree, anchor) = (.scalar(text, isQuoted: isQuoted, line: line), name)
    case .list(let name):
      var parts: [YAMLTree] = []
      while case let event = try next(), event.kind != .end {
        parts.append(try self.tree(from: event, depth: depth + 1))
      }
      (tree, anchor) = (.list(parts, line: line), name)
    case .map(let name):
      (tree, anchor) = (.map(try entries(depth: depth + 1), line: line), name)
    default: throw syntax(line, "a value was expected here")
    }
    if let anchor { anchors[anchor] = (tree, pieces - before + 1) }
    return tree
  }

  private mutating func entries(depth: Int) throws -> [YAMLTree.Entry] {
    var entries: [YAMLTree.Entry] = []
    var lines: [String: Int] = [:]
    while case let event = try next(), event.kind != .end {
      guard case .scalar(let name, _, nil) = event.kind else {
        throw syntax(event.line, "a key must be a plain text")
      }
      try count(1, event.line)
      guard name != "<<" else {
        throw syntax(event.line, "the merge key << is not read here; write the keys out")
      }
      if let first = lines.updateValue(event.line, forKey: name) {
        throw YAMLError.duplicateKey(place(first), name: shortened(name))
      }
      let value = try tree(from: next(), depth: depth)
      entries.append(YAMLTree.Entry(key: name, line: event.line, value: value))
    }
    return entries
  }

  private mutating func count(_ more: Int, _ line: Int) throws {
    pieces += more
    guard pieces <= YAMLLimits.pieces else {
      throw YAMLError.tooMuch(
        place(line), what: "values with those of aliases", found: pieces,
        most: YAMLLimits.pieces)
    }
  }

  private func place(_ line: Int?) -> Place { Place(file: file, line: line) }

  private func syntax(_ line: Int?, _ problem: String) -> YAMLError {
    .syntax(place(line), problem: problem)
  }
}

// MARK: Events

extension YAMLComposer {
  /// libyaml's messages in plain words.
  private static let plain = [
    "Maximum nesting level reached, set with yaml_set_max_nest_level())":
      "expected at most \(YAMLLimits.depth) lists and maps within each other, found many more",
    "found character that cannot start any token":
      "no value can begin with this character; indent with spaces, not with tabs",
  ]

  private enum Kind: Equatable {
    case scalar(String, isQuoted: Bool, anchor: String?)
    case list(anchor: String?)
    case map(anchor: String?)
    case alias(String)
    /// The end of a list or map.
    case end
    case documentStart, streamEnd, other
  }

  private struct Event {
    let kind: Kind
    /// Counted from 1.
    let line: Int
  }

  private func next() throws -> Event {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else {
      let problem = parser.pointee.problem.map { String(cString: $0) } ?? "no memory is left"
      let hasMark = [YAML_SCANNER_ERROR, YAML_PARSER_ERROR].contains(parser.pointee.error)
      throw syntax(
        hasMark ? parser.pointee.problem_mark.line + 1 : nil, Self.plain[problem] ?? problem)
    }
    defer { yaml_event_delete(&event) }
    func anchor(_ name: UnsafeMutablePointer<yaml_char_t>?) -> String? {
      name.map { String(decodingCString: $0, as: UTF8.self) }
    }
    let data = event.data
    let kind: Kind =
      switch event.type {
      case YAML_SCALAR_EVENT:
        .scalar(
          String(
            decoding: UnsafeBufferPointer(start: data.scalar.value, count: data.scalar.length),
            as: UTF8.self),
          isQuoted: [YAML_SINGLE_QUOTED_SCALAR_STYLE, YAML_DOUBLE_QUOTED_SCALAR_STYLE]
            .contains(data.scalar.style),
          anchor: anchor(data.scalar.anchor))
      case YAML_SEQUENCE_START_EVENT: .list(anchor: anchor(data.sequence_start.anchor))
      case YAML_MAPPING_START_EVENT: .map(anchor: anchor(data.mapping_start.anchor))
      case YAML_ALIAS_EVENT: .alias(anchor(data.alias.anchor) ?? "")
      case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: .end
      case YAML_DOCUMENT_START_EVENT: .documentStart
      case YAML_STREAM_END_EVENT, YAML_NO_EVENT: .streamEnd
      default: .other
      }
    return Event(kind: kind, line: event.start_mark.line + 1)
  }
}
