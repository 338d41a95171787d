// A scale from numbers to positions, with ticks at round numbers.
import Foundation

/// A linear scale with round ends.
package struct Axis: Sendable, Equatable {
  package let low: Double
  package let high: Double
  package let step: Double

  /// Makes an axis over `low ... high` with about `count` steps of 1, 2 or 5 · 10ᵏ.
  ///
  /// A number that is not finite counts as 0. Numbers are limited to ±10¹⁰⁰. A range too
  /// narrow to resolve counts as a point.
  package init(from low: Double, to high: Double, steps count: Int = 5) {
    func bounded(_ value: Double) -> Double { value.isFinite ? min(1e100, max(-1e100, value)) : 0 }
    let (low, high) = (bounded(low), bounded(high))
    let size = max(abs(low), abs(high))
    let isRange = high - low > max(1e-100, 1e-12 * size)
    let span = isRange ? high - low : size > 1e-100 ? size : 1
    let rough = span / Double(max(1, count))
    let power = pow(10, floor(log10(rough)))
    let step = [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= rough * 0.7 } ?? 10 * power
    self.step = step
    self.low = floor(low / step + 1e-9) * step
    self.high = max(ceil(high / step - 1e-9) * step, self.low + step)
  }

  /// The numbers at the ticks, ascending.
  package var ticks: [Double] {
    (0...Int(((high - low) / step).rounded())).map { low + Double($0) * step }
  }

  /// Returns the position of `value` between `start` and `end`, which may run upwards.
  package func place(_ value: Double, _ start: Double, _ end: Double) -> Double {
    start + (value - low) / (high - low) * (end - start)
  }

  /// Returns a tick's label with only the digits that its step needs, or in the form `2e−5` if
  /// those are many.
  package func label(_ value: Double) -> String {
    let exponent = Int(floor(log10(step) + 1e-9))
    if exponent < -4 || exponent > 4 {
      let mantissa = Int((value / pow(10, Double(exponent))).rounded())
      return mantissa == 0 ? "0" : "\(mantissa)e\(exponent)".replacing("-", with: "−")
    }
    let digits = max(0, Int((-log10(step)).rounded(.up) + 1e-9))
    let text = String(format: "%.\(digits)f", abs(value) < step / 1000 ? 0 : value)
    return text.replacing("-", with: "−")
  }
}
