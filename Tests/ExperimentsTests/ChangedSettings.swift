// Settings that all differ from their defaults, so that no comparison passes by a default.
import Settings

extension SettingsTree {
  /// The tree with another value at each leaf.
  var changedEverywhere: SettingsTree {
    switch self {
    case .integer(let value): .integer(value + 1)
    case .number(let value): .number(value * 1.1 + 0.001)
    case .boolean(let value): .boolean(!value)
    case .choice(let value, let names): .choice(names.last { $0 != value } ?? value, of: names)
    case .section(let parts):
      .section(
        parts.map { part in
          var part = part
          part.value = part.value.changedEverywhere
          return part
        })
    }
  }
}
