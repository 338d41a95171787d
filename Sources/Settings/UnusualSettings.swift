// Finds settings far from their defaults, for the error message of a failed training.

extension VariantSettings {
  /// The numbers above a thousand times their default or below a thousandth of it, with the
  /// default: `training.weight_decay 1e+38 (default 0.01)`.
  package var unusual: [String] {
    let defaults = SettingsTree(of: VariantSettings()).leaves
    return zip(SettingsTree(of: self).leaves, defaults).compactMap { own, usual in
      guard case .number(let value) = own.value, case .number(let ordinary) = usual.value,
        value != ordinary
      else { return nil }
      let (size, scale) = (abs(value), ordinary == 0 ? 1 : abs(ordinary))
      let isSmall = value != 0 && ordinary != 0 && size < scale / 1000
      guard size > 1000 * scale || isSmall else { return nil }
      return "\(own.path) \(value) (default \(ordinary))"
    }
  }
}
