// Settings as a tree of typed values under snake_case keys: what an experiment file is held against,
// and what the table of settings takes its defaults from. It is read off the settings themselves, so
// no key, type or default is written down twice.

/// A setting, or a section of them.
package indirect enum SettingsTree: Hashable, Sendable {
  case integer(Int)
  case number(Double)
  case boolean(Bool)
  /// One of a few names.
  case choice(String, of: [String])
  /// Named parts in the order of their declaration.
  case section([Part])

  package struct Part: Hashable, Sendable {
    /// The key in snake_case.
    package var key: String
    package var value: SettingsTree
  }

  /// The tree of a settings value: a struct of whole numbers, numbers, truth values, choices
  /// (string enums that list their cases) and further such structs.
  package init(of settings: some Sendable) {
    self.init(reflecting: settings)
  }

  private init(reflecting value: Any) {
    switch value {
    case let value as Int: self = .integer(value)
    case let value as Double: self = .number(value)
    case let value as Bool: self = .boolean(value)
    case let value as any (CaseIterable & RawRepresentable<String>):
      self = .choice(value.rawValue, of: names(of: value))
    default:
      let parts = Mirror(reflecting: value).children.map { child in
        Part(key: snakeCase(child.label ?? ""), value: SettingsTree(reflecting: child.value))
      }
      precondition(!parts.isEmpty, "\(type(of: value)) is neither a setting nor a section")
      self = .section(parts)
    }
  }

  /// All settings below this one with their paths, such as `training.learning_rate`.
  package var leaves: [(path: String, value: SettingsTree)] {
    guard case .section(let parts) = self else { return [("", self)] }
    return parts.flatMap { part in
      part.value.leaves.map {
        (path: $0.path.isEmpty ? part.key : part.key + "." + $0.path, value: $0.value)
      }
    }
  }

  /// The value as it stands in an experiment file; nil for a section.
  package var text: String? {
    switch self {
    case .integer(let value): String(value)
    case .number(let value): value.description
    case .boolean(let value): value ? "true" : "false"
    case .choice(let value, _): value
    case .section: nil
    }
  }

  /// The value as a number; nil for anything else.
  package var quantity: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .boolean, .choice, .section: nil
    }
  }

  /// What kind of value stands here: "a whole number", "one of eam, lam, none" …
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
  /// Encodes sections as keyed containers, so that the settings can be decoded from it.
  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .integer(let value): try value.encode(to: encoder)
    case .number(let value): try value.encode(to: encoder)
    case .boolean(let value): try value.encode(to: encoder)
    case .choice(let value, _): try value.encode(to: encoder)
    case .section(let parts):
      var container = encoder.container(keyedBy: Key.self)
      for part in parts { try container.encode(part.value, forKey: Key(stringValue: part.key)) }
    }
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}

/// The names of all cases of a choice.
private func names<Choice: CaseIterable & RawRepresentable<String>>(of choice: Choice) -> [String] {
  Choice.allCases.map(\.rawValue)
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
