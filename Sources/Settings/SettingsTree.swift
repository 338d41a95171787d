// Settings as a tree of typed values under snake_case keys. Experiment files are checked against
// it, and the table of settings reads its defaults from it. It is derived from the settings
// themselves, so no key, type or default is written twice.
import Files

/// A setting or a section.
package indirect enum SettingsTree: Hashable, Sendable {
  case integer(Int)
  case number(Double)
  case boolean(Bool)
  /// One of a few names.
  case choice(String, of: [String])
  /// Named parts in the order of declaration.
  case section([Part])

  package struct Part: Hashable, Sendable {
    /// The key in snake_case.
    package var key: String
    package var value: SettingsTree
  }

  /// The tree of a section or a setting.
  package init(of settings: some SettingsPart) { self = settings.tree }

  /// All settings below this one, with paths such as `training.learning_rate`.
  package var leaves: [(path: String, value: SettingsTree)] {
    guard case .section(let parts) = self else { return [("", self)] }
    return parts.flatMap { part in
      part.value.leaves.map {
        (path: $0.path.isEmpty ? part.key : part.key + "." + $0.path, value: $0.value)
      }
    }
  }

  /// The value in the form of an experiment file, or nil for a section.
  package var text: String? {
    switch self {
    case .integer(let value): String(value)
    case .number(let value): value.description
    case .boolean(let value): value ? "true" : "false"
    case .choice(let value, _): value
    case .section: nil
    }
  }

  /// The value as a number, or nil if it is not a number.
  package var quantity: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .boolean, .choice, .section: nil
    }
  }

  /// The kind of the value: "a whole number", "one of eam, lam, none" …
  package var kind: String {
    switch self {
    case .integer: "a whole number"
    case .number: "a number"
    case .boolean: "true or false"
    case .choice(_, let names): "one of " + names.joined(separator: ", ")
    case .section: "a section"
    }
  }
}

extension SettingsTree: Encodable {
  /// Encodes sections as keyed containers. Settings can be decoded from the result.
  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .integer(let value): try value.encode(to: encoder)
    case .number(let value): try value.encode(to: encoder)
    case .boolean(let value): try value.encode(to: encoder)
    case .choice(let value, _): try value.encode(to: encoder)
    case .section(let parts):
      var container = encoder.container(keyedBy: NamedKey.self)
      for part in parts { try container.encode(part.value, forKey: NamedKey(part.key)) }
    }
  }
}
