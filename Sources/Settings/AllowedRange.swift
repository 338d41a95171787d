// The values that a numeric setting may take.

/// An interval of finite numbers, open or closed at either end.
package struct AllowedRange: Hashable, Sendable {
  private let low: Double
  private let high: Double
  private let includesLow: Bool
  private let includesHigh: Bool

  /// `low` and more.
  package static func atLeast(_ low: Double) -> AllowedRange {
    AllowedRange(low: low, high: .infinity, includesLow: true, includesHigh: false)
  }

  /// More than `low`.
  package static func above(_ low: Double) -> AllowedRange {
    AllowedRange(low: low, high: .infinity, includesLow: false, includesHigh: false)
  }

  /// `low` to `high`, both included.
  package static func between(_ low: Double, _ high: Double) -> AllowedRange {
    AllowedRange(low: low, high: high, includesLow: true, includesHigh: true)
  }

  /// `low` to `high`, without `high` itself.
  package static func from(_ low: Double, below high: Double) -> AllowedRange {
    AllowedRange(low: low, high: high, includesLow: true, includesHigh: false)
  }

  /// More than `low`, up to `high`.
  package static func above(_ low: Double, atMost high: Double) -> AllowedRange {
    AllowedRange(low: low, high: high, includesLow: false, includesHigh: true)
  }

  /// Whether `value` is finite and within the interval.
  package func contains(_ value: Double) -> Bool {
    value.isFinite && (includesLow ? value >= low : value > low)
      && (includesHigh ? value <= high : value < high)
  }
}

extension AllowedRange: CustomStringConvertible {
  package var description: String {
    switch (includesLow, includesHigh, high.isFinite) {
    case (true, _, false): "at least \(short(low))"
    case (false, _, false): "above \(short(low))"
    case (true, true, true): "\(short(low)) to \(short(high))"
    case (true, false, true): "\(short(low)) to below \(short(high))"
    case (false, true, true): "above \(short(low)), at most \(short(high))"
    case (false, false, true): "above \(short(low)), below \(short(high))"
    }
  }

  /// Whole numbers without a decimal point.
  private func short(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : value.description
  }
}
