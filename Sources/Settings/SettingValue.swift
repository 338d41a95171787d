// The possible types of a setting.

/// A value of a setting.
package protocol SettingValue: Codable, Hashable, Sendable {
  /// The value as a leaf of a tree of settings.
  var tree: SettingsTree { get }
}

/// A number. Its declaration needs a range of allowed values.
package protocol SettingQuantity: SettingValue {}

extension Int: SettingQuantity {
  package var tree: SettingsTree { .integer(self) }
}

extension Double: SettingQuantity {
  package var tree: SettingsTree { .number(self) }
}

/// One of a few values, all of them allowed.
package protocol SettingAlternative: SettingValue {}

extension Bool: SettingAlternative {
  package var tree: SettingsTree { .boolean(self) }
}

/// One of a few names: an enum with string values.
package protocol SettingChoice: SettingAlternative, CaseIterable, RawRepresentable
where RawValue == String {}

extension SettingChoice {
  package var tree: SettingsTree { .choice(rawValue, of: Self.allCases.map(\.rawValue)) }
}
