// The values that a numeric setting may take.

/// An interval of numbers that single precision can hold, open or closed at either end.
///
/// Training computes with 32-bit numbers. So no bound lies beyond them, and a value must keep its
/// distance from an open bound when it is rounded: 0.999999999 is not below 1.
package struct AllowedRange: Hashable, Sendable {
  /// The greatest 32-bit number, rounded down, and the least that has all its digits, rounded up.
  package static let (greatest, least) = (3.4e38, 1.2e-38)

  package let low: Double
  package let high: Double
  private let includesLow: Bool
  private let includesHigh: Bool

  /// `low` and more.
  package static func atLeast(_ low: Double) -> AllowedRange {
    .between(low, greatest)
  }

  /// Numbers above 0.
  package static let positive = AllowedRange.between(least, greatest)

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

  /// Whether `value` lies within the interval, in double and in single precision.
  package func contains(_ value: Double) -> Bool {
    let rounded = Float(value)
    return rounded.isFinite
      && (includesLow ? value >= low : value > low && rounded > Float(low))
      && (includesHigh ? value <= high : value < high && rounded < Float(high))
  }
}

extension AllowedRange: CustomStringConvertible {
  package var description: String {
    switch (includesLow, includesHigh) {
    case (true, true): "\(short(low)) to \(short(high))"
    case (true, false): "\(short(low)) to below \(short(high))"
    case (false, true): "above \(short(low)), at most \(short(high))"
    case (false, false): "above \(short(low)), below \(short(high))"
    }
  }

  /// Whole numbers without a decimal point.
  private func short(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : value.description
  }
}
