// A mean and standard deviation. The deviation describes the values. It is not an error bar of the
// mean.

/// Several values of one figure.
package struct Spread: Hashable, Sendable {
  /// The values, in the order of their seeds or folds.
  package let values: [Double]

  /// - Precondition: there is at least one value.
  package init(_ values: [Double]) {
    precondition(!values.isEmpty, "a spread of 0 values, needs at least 1")
    self.values = values
  }

  /// `Σ x / n`.
  package var mean: Double { values.reduce(0, +) / Double(values.count) }

  /// `√(Σ (x - mean)² / (n - 1))`; nil for a single value.
  package var standardDeviation: Double? {
    guard values.count > 1 else { return nil }
    let mean = mean
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1)).squareRoot()
  }

  /// In per cent: `57.7 ± 1.2`, or `57.7` for a single value.
  package var percentages: String {
    let mean = percent(mean)
    return standardDeviation.map { "\(mean) ± \(percent($0))" } ?? mean
  }
}

/// A share as per cent with one digit after the point.
package func percent(_ share: Double) -> String { fixed(100 * share, digits: 1) }
