// Sections of settings, and how they are read and written: one way for all of them.
import Files

/// A setting, or a section of settings.
package protocol SettingsPart: Encodable {
  /// Its values under snake_case keys.
  var tree: SettingsTree { get }
  /// Whether every value is the default.
  var isUnchanged: Bool { get }
  /// Whether it appears where it is encoded.
  var isWritten: Bool { get }
  /// The declarations of its settings, whose paths begin with `path`.
  func entries(at path: String) -> [SettingEntry]
  /// Takes the values of `decoder`, and those of before a setting was there where there is none.
  ///
  /// It changes the storage of the settings in place: only for settings that were made just now.
  func fill(from decoder: (any Decoder)?) throws
}

/// A struct whose properties are settings (`@Setting`) and further such sections.
///
/// A key that is missing was not known to the version that wrote the settings. It takes the value
/// that stands for what that version did, which is the default unless its declaration says
/// otherwise. A key that nobody declared comes from a newer version and is an error.
package protocol SettingsSection:
  SettingsPart, Codable, Hashable, Sendable, CustomStringConvertible
{
  /// The defaults.
  init()
  /// False for a section that came after runs were made; see `Setting`.
  static var isWrittenUnchanged: Bool { get }
}

extension SettingsSection {
  package static var isWrittenUnchanged: Bool { true }

  /// The properties in the order of their declaration, by name.
  private var parts: [(name: String, part: any SettingsPart)] {
    Mirror(reflecting: self).children.map { child in
      guard let label = child.label, let part = child.value as? any SettingsPart else {
        preconditionFailure("\(Self.self) has a property that is neither a setting nor a section")
      }
      // What a wrapper keeps for `kl` is called `_kl`.
      return (label.hasPrefix("_") ? String(label.dropFirst()) : label, part)
    }
  }

  package var tree: SettingsTree {
    .section(parts.map { SettingsTree.Part(key: snakeCase($0.name), value: $0.part.tree) })
  }

  /// Every setting and its value: two sections have the same text where they are equal.
  package var description: String {
    let values = tree.leaves.map { "\($0.path): \($0.value.text ?? "")" }
    return "\(Self.self)(\(values.joined(separator: ", ")))"
  }

  package var isUnchanged: Bool { self == Self() }
  package var isWritten: Bool { Self.isWrittenUnchanged || !isUnchanged }

  package func entries(at path: String) -> [SettingEntry] {
    parts.flatMap { name, part in
      part.entries(at: (path.isEmpty ? "" : path + ".") + snakeCase(name))
    }
  }

  package func fill(from decoder: (any Decoder)?) throws {
    let parts = parts
    try decoder?.requireKeys(among: parts.map(\.name))
    let container = try decoder?.container(keyedBy: NamedKey.self)
    for (name, part) in parts {
      let key = NamedKey(name)
      let isThere = container?.contains(key) ?? false
      try part.fill(from: isThere ? container?.superDecoder(forKey: key) : nil)
    }
  }

  package init(from decoder: any Decoder) throws {
    self.init()
    try fill(from: decoder)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NamedKey.self)
    for (name, part) in parts where part.isWritten {
      try container.encode(part, forKey: NamedKey(name))
    }
  }
}

/// `learningRate` as `learning_rate`, `lowestSignalToNoise` as `lowest_signal_to_noise`.
private func snakeCase(_ name: String) -> String {
  var result = ""
  var afterLowercase = false
  for character in name {
    if character.isUppercase, afterLowercase { result += "_" }
    result += character.lowercased()
    afterLowercase = !character.isUppercase
  }
  return result
}
