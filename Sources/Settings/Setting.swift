// A setting is declared once. The property wrapper states its source, allowed values, unit and
// meaning, and the property's initial value is the default. The table of settings, the checks, the
// files and the addresses of cells all come from these declarations.

/// The properties of a setting, apart from its name and default.
package struct SettingDeclaration: Hashable, Sendable {
  package let source: SettingSource
  /// The allowed values, or nil if the type allows all of its values.
  package let allowed: AllowedRange?
  /// The unit, or an empty text for a pure number.
  package let unit: String
  /// The meaning, in one sentence.
  package let meaning: String
}

/// The value of a setting with its declaration.
///
/// Both lie behind a reference, so the value is as small as a pointer. A shared value is copied
/// before it changes.
@propertyWrapper
package struct Setting<Value: SettingValue>: Sendable {
  private final class Storage: @unchecked Sendable {
    var value: Value
    let initial: Value
    let whenAbsent: Value
    let isWrittenUnchanged: Bool
    let declaration: SettingDeclaration

    init(
      _ value: Value, initial: Value, whenAbsent: Value, isWrittenUnchanged: Bool,
      _ declaration: SettingDeclaration
    ) {
      self.value = value
      self.initial = initial
      self.whenAbsent = whenAbsent
      self.isWrittenUnchanged = isWrittenUnchanged
      self.declaration = declaration
    }
  }

  private var storage: Storage

  package var wrappedValue: Value {
    get { storage.value }
    set {
      if !isKnownUniquelyReferenced(&storage) {
        storage = Storage(
          newValue, initial: storage.initial, whenAbsent: storage.whenAbsent,
          isWrittenUnchanged: storage.isWrittenUnchanged, storage.declaration)
      }
      storage.value = newValue
    }
  }

  private init(
    _ value: Value, _ whenAbsent: Value?, _ isWrittenUnchanged: Bool,
    _ declaration: SettingDeclaration
  ) {
    storage = Storage(
      value, initial: value, whenAbsent: whenAbsent ?? value,
      isWrittenUnchanged: isWrittenUnchanged, declaration)
  }
}

extension Setting where Value: SettingQuantity {
  /// Declares a number.
  ///
  /// - Parameters:
  ///   - wrappedValue: the default.
  ///   - isWrittenUnchanged: false for a setting that did not exist in earlier versions. Its
  ///     default is not written, so that existing cells keep their addresses.
  ///   - whenAbsent: the value that describes runs from before the setting existed; nil for the
  ///     default.
  package init(
    wrappedValue: Value, _ source: SettingSource, _ allowed: AllowedRange, unit: String = "",
    _ meaning: String, isWrittenUnchanged: Bool = true, whenAbsent: Value? = nil
  ) {
    self.init(
      wrappedValue, whenAbsent, isWrittenUnchanged,
      SettingDeclaration(source: source, allowed: allowed, unit: unit, meaning: meaning))
  }
}

extension Setting where Value: SettingAlternative {
  /// Declares one of a few values. See the initialiser for numbers.
  package init(
    wrappedValue: Value, _ source: SettingSource, _ meaning: String,
    isWrittenUnchanged: Bool = true, whenAbsent: Value? = nil
  ) {
    self.init(
      wrappedValue, whenAbsent, isWrittenUnchanged,
      SettingDeclaration(source: source, allowed: nil, unit: "", meaning: meaning))
  }
}

extension Setting: Hashable {
  package static func == (first: Setting, second: Setting) -> Bool {
    first.wrappedValue == second.wrappedValue
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(wrappedValue) }
}

extension Setting: SettingsPart {
  package var tree: SettingsTree { wrappedValue.tree }
  package var isWritten: Bool { storage.isWrittenUnchanged || !isUnchanged }
  package var isUnchanged: Bool { wrappedValue == storage.initial }

  package func entries(at path: String) -> [SettingEntry] {
    [SettingEntry(path: path, declaration: storage.declaration)]
  }

  package func fill(from decoder: (any Decoder)?) throws {
    storage.value = try decoder.map { try Value(from: $0) } ?? storage.whenAbsent
  }

  package func encode(to encoder: any Encoder) throws { try wrappedValue.encode(to: encoder) }
}
