// The file `corpus.yaml` beside a manifest: what its columns do not tell. Every key is optional.
import Files
import Foundation
import YAML

/// The description of a corpus.
struct ManifestDescription: Sendable {
  static let fileName = "corpus.yaml"
  /// In place of a class: leave the clips with this label out.
  static let skip = "skip"

  var file = ""
  var title: String?
  var licence: String?
  var citation: String?
  /// The classes in their order; nil for the labels in byte order.
  var classes: [String]?
  /// The class of a label, or `skip`; a label without an entry is its own class.
  var labels: [String: String] = [:]
  var folds: FoldRule?
  var expected: [ExpectedCount] = []

  /// How the folds are made.
  enum FoldRule: Hashable, Sendable {
    /// Speakers in this number of groups.
    case speakers(Int)
    /// Clips in this number of parts, without regard to speakers.
    case clips(Int)
    case leaveOneSpeakerOut
    case leaveOneSessionOut
    case column
    case split
    /// The names of the folds and their speakers.
    case list([Fold])

    struct Fold: Hashable, Sendable {
      let name: String
      let speakers: [String]
    }
  }

  private static let keys = [
    "title", "licence", "citation", "classes", "labels", "folds", "expected",
  ]

  /// A corpus without a description.
  init() {}

  /// Reads the description in a folder, if there is one.
  ///
  /// - Throws: `ManifestError`, `YAMLError` or `FileError`.
  init(ofFolder folder: String) throws {
    let path = folder + "/" + Self.fileName
    guard FileManager.default.fileExists(atPath: path) else { return }
    file = path
    let data = try Data(readingFile: path, limit: 16 << 20)
    guard let text = String(data: data, encoding: .utf8) else {
      throw ManifestError(path, "is not UTF-8 text", remedy: "save it as UTF-8")
    }
    for entry in try entries(of: YAMLTree(parsing: text, file: path), "the file") {
      try read(entry)
    }
  }

  private mutating func read(_ entry: YAMLTree.Entry) throws {
    switch entry.key {
    case "title": title = try text(entry.value, entry.key)
    case "licence": licence = try text(entry.value, entry.key)
    case "citation": citation = try text(entry.value, entry.key)
    case "classes": classes = try names(entry.value, entry.key)
    case "labels":
      for label in try entries(of: entry.value, entry.key) {
        labels[label.key] = try text(label.value, "labels.\(label.key)")
      }
    case "folds": folds = try foldRule(entry.value)
    case "expected": try readExpected(entry.value)
    default:
      throw ManifestError(
        file, line: entry.line, "unknown key \(quotedValue(entry.key))",
        remedy: "write one of \(Self.keys.joined(separator: ", "))")
    }
  }

  private func foldRule(_ node: YAMLTree) throws -> FoldRule {
    guard case .map(let parts, _) = node else {
      switch try text(node, "folds") {
      case "leave-one-speaker-out": return .leaveOneSpeakerOut
      case "leave-one-session-out": return .leaveOneSessionOut
      case "column": return .column
      case "train/dev/test": return .split
      default:
        throw wrong(
          node, "folds",
          "leave-one-speaker-out, leave-one-session-out, column, train/dev/test, "
            + "{speakers: K}, {clips: K} or a list of speakers for each fold")
      }
    }
    if parts.count == 1, let part = parts.first, case .scalar = part.value {
      switch part.key {
      case "speakers": return .speakers(try count(part.value, "folds.speakers", 2...10_000))
      case "clips": return .clips(try count(part.value, "folds.clips", 2...10_000))
      default: break
      }
    }
    return .list(
      try parts.map {
        FoldRule.Fold(name: $0.key, speakers: try names($0.value, "folds.\($0.key)"))
      })
  }

  private mutating func readExpected(_ node: YAMLTree) throws {
    for part in try entries(of: node, "expected") {
      switch part.key {
      case "clips": expected.append(.init(CountScope(), try count(part.value, "expected.clips")))
      case "classes", "speakers":
        for entry in try entries(of: part.value, "expected.\(part.key)") {
          let scope =
            part.key == "classes" ? CountScope(label: entry.key) : CountScope(speaker: entry.key)
          expected.append(
            .init(scope, try count(entry.value, "expected.\(part.key).\(entry.key)")))
        }
      default:
        throw ManifestError(
          file, line: part.line, "expected: unknown key \(quotedValue(part.key))",
          remedy: "write clips, classes or speakers")
      }
    }
  }

  // MARK: Values

  private func wrong(_ node: YAMLTree, _ key: String, _ expected: String) -> ManifestError {
    ManifestError(
      file, line: node.line, "\(key): expected \(expected), found \(node.finding)",
      remedy: "correct the value")
  }

  private func entries(of node: YAMLTree, _ key: String) throws -> [YAMLTree.Entry] {
    if node.isNull { return [] }
    guard case .map(let entries, _) = node else { throw wrong(node, key, "keys with values") }
    return entries
  }

  private func text(_ node: YAMLTree, _ key: String) throws -> String {
    guard case .scalar(let text, _, _) = node, !node.isNull, text.utf8.count <= 1_000,
      text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
    else { throw wrong(node, key, "a text of one line") }
    return text
  }

  private func names(_ node: YAMLTree, _ key: String) throws -> [String] {
    guard case .list(let nodes, _) = node, !nodes.isEmpty else {
      throw wrong(node, key, "a list of names")
    }
    let names = try nodes.map { try text($0, key) }
    guard Set(names).count == names.count else {
      throw wrong(node, key, "each name once")
    }
    return names
  }

  private func count(
    _ node: YAMLTree, _ key: String, _ range: ClosedRange<Int> = 0...1_000_000_000
  ) throws -> Int {
    guard case .scalar(let text, isQuoted: false, _) = node, let number = Int(text),
      range.contains(number)
    else {
      throw wrong(node, key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}
