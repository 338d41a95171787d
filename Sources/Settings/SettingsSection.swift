// Sections of settings. All are read and written in the same way.
import Files

/// A setting, or a section of settings.
package protocol SettingsPart: Encodable {
  /// The values under snake_case keys.
  var tree: SettingsTree { get }
  /// Whether all values are the defaults.
  var isUnchanged: Bool { get }
  /// Whether encoding writes it.
  var isWritten: Bool { get }
  /// The declarations of its settings. Their paths begin with `path`.
  func entries(at path: String) -> [SettingEntry]
  /// Reads the values from `decoder`. A missing key gets the value that stands for older versions.
  ///
  /// This changes the storage of the settings in place, so call it only on newly made settings.
  func fill(from decoder: (any Decoder)?) throws
}

/// A struct whose properties are settings (`@Setting`) and nested sections.
///
/// A missing key was unknown to the version that wrote the settings. It gets the value that
/// describes that version's behaviour: the default, unless its declaration says otherwise. An
/// undeclared key comes from a newer version and is an error.
package protocol SettingsSection:
  SettingsPart, Codable, Hashable, Sendable, CustomStringConvertible
{
  /// The defaults.
  init()
  /// False for a section that did not exist in earlier versions. See `Setting`.
  static var isWrittenUnchanged: Bool { get }
}

extension SettingsSection {
  package static var isWrittenUnchanged: Bool { true }

  /// The properties by name, in the order of declaration.
  private var parts: [(name: String, part: any SettingsPart)] {
    Mirror(reflecting: self).children.map { child in
      guard let label = child.label, let part = child.value as? any SettingsPart else {
        preconditionFailure("\(Self.self) has a property that is neither a setting nor a section")
      }
      // The storage of a wrapped property `kl` is called `_kl`.
      return (label.hasPrefix("_") ? String(label.dropFirst()) : label, part)
    }
  }

  package var tree: SettingsTree {
    .section(parts.map { SettingsTree.Part(key: snakeCase($0.name), value: $0.part.tree) })
  }

  /// All settings with their values. Two sections have the same text if they are equal.
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
