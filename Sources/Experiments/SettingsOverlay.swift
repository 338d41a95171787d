// Lays settings from a file over settings as values. Keys and types must match the values
// underneath. Anything else is an error with its line.
import Files
import Settings
import YAML

/// The current settings, and the lines that changed them.
struct SettingsOverlay {
  let file: String
  /// The line that last set each path.
  private(set) var lines: [String: Int] = [:]

  init(file: String) { self.file = file }

  /// Returns `settings` with the values of `section` applied.
  ///
  /// - Parameters:
  ///   - section: the map below `key`.
  ///   - key: the section's name, such as `training`.
  ///   - tree: the settings under all keys.
  /// - Throws: `ExperimentFileError`.
  mutating func apply(_ section: YAMLTree, at key: String, to tree: SettingsTree) throws
    -> SettingsTree
  {
    guard case .section(var parts) = tree, let index = parts.firstIndex(where: { $0.key == key })
    else { preconditionFailure("there is no section \(key)") }
    parts[index].value = try merged(section, over: parts[index].value, path: key, whole: tree)
    return .section(parts)
  }

  private mutating func merged(
    _ node: YAMLTree, over value: SettingsTree, path: String, whole: SettingsTree
  ) throws -> SettingsTree {
    guard case .section(var parts) = value else {
      lines[path] = node.line
      return try scalar(node, like: value, path: path)
    }
    if node.isNull { return value }
    guard case .map(let entries, _) = node else {
      throw wrong(node, path, expected: "a map of \(parts.map(\.key).joined(separator: ", "))")
    }
    for entry in entries {
      guard let index = parts.firstIndex(where: { $0.key == entry.key }) else {
        let known = parts.map(\.key)
        throw ExperimentFileError.unknownKey(
          Place(file: file, line: entry.line), key: "\(path).\(entry.key)",
          nearest: suggestion(for: entry.key, among: known, in: path, whole: whole), known: known)
      }
      parts[index].value = try merged(
        entry.value, over: parts[index].value, path: "\(path).\(entry.key)", whole: whole)
    }
    return .section(parts)
  }

  private func scalar(_ node: YAMLTree, like value: SettingsTree, path: String) throws
    -> SettingsTree
  {
    guard case .scalar(let text, let isQuoted, _) = node, !node.isNull else {
      throw wrong(node, path, expected: value.kind)
    }
    switch value {
    case .integer: if !isQuoted, let number = Int(text) { return .integer(number) }
    case .number:
      if !isQuoted, let number = Double(text) {
        guard number.isFinite else {
          let allowed = SettingsReference.entries.first { $0.path == path }?.allowed
          throw wrong(
            node, path,
            expected: "a finite number" + (allowed.map { ", \($0)" } ?? ""))
        }
        // −0 means the same as 0.
        return .number(number == 0 ? 0 : number)
      }
    case .boolean: if !isQuoted, let truth = Bool(text) { return .boolean(truth) }
    case .choice(_, let names): if names.contains(text) { return .choice(text, of: names) }
    case .section: break
    }
    throw wrong(node, path, expected: value.kind)
  }

  private func wrong(_ node: YAMLTree, _ path: String, expected: String) -> ExperimentFileError {
    .wrongType(
      Place(file: file, line: node.line), key: path, expected: expected, found: node.finding)
  }

  /// The same key in another section if one has it, otherwise the nearest key of this section.
  private func suggestion(
    for key: String, among known: [String], in section: String, whole: SettingsTree
  ) -> String? {
    let elsewhere = whole.leaves.map(\.path).first { $0.hasSuffix("." + key) }
    return elsewhere ?? nearestName(to: key, among: known).map { "\(section).\($0)" }
  }
}

extension SettingsTree {
  /// The settings of one type in this tree, which may hold others too. For example, an experiment
  /// holds a variant's settings beside the protocol.
  func decoded<Settings: SettingsSection>(as type: Settings.Type) throws -> Settings {
    guard case .section(let parts) = self, case .section(let own) = Settings().tree else {
      return Settings()
    }
    let section = SettingsTree.section(parts.filter { part in own.contains { $0.key == part.key } })
    return try decodeJSON(type, from: canonicalJSON(section))
  }
}
