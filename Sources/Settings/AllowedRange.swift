// The allowed values of a numeric setting.

/// An interval of single-precision numbers. Each end may be open or closed.
///
/// Training computes with 32-bit numbers. Bounds therefore lie within their range, and a value must
/// stay away from an open bound after rounding: 0.999999999 does not count as below 1.
package struct AllowedRange: Hashable, Sendable {
  /// The greatest 32-bit number, rounded down, and the least normal one, rounded up.
  package static let (greatest, least) = (3.4e38, 1.2e-38)

  package let low: Double
  package let high: Double
  private let includesLow: Bool
  private let includesHigh: Bool

  /// `low` or more.
  package static func atLeast(_ low: Double) -> AllowedRange {
    .between(low, greatest)
  }

  /// Numbers above 0.
  package static let positive = AllowedRange.between(least, greatest)

  /// `low` to `high`, both included.
  package static func between(_ low: Double, _ high: Double) -> AllowedRange {
    AllowedRange(low: low, high: high, includesLow: true, includesHigh: true)
  }

  /// `low` to `high`, excluding `high`.
  package static func from(_ low: Double, below high: Double) -> AllowedRange {
    AllowedRange(low: low, high: high, includesLow: true, includesHigh: false)
  }

  /// `low` to `high`, excluding `low`.
  package static func above(_ low: Double, atMost high: Double) -> AllowedRange {
    AllowedRange(low: low, high: high, includesLow: false, includesHigh: true)
  }

  /// Whether `value` lies in the interval, both in double and in single precision.
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

  /// The number as text. Whole numbers have no decimal point.
  private func short(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : value.description
  }
}
