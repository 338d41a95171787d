// The results of statistical procedures: an estimate with an interval, or a p value with the
// smallest p that the data allow. Both carry the name of the procedure.

/// A value and the interval around it.
package struct Estimate: Codable, Hashable, Sendable {
  package let value: Double
  /// Nil if there are too few units for an interval.
  package let interval: Interval?
  /// The procedure in words, such as "delete-one-speaker jackknife, t(23)".
  package let method: String

  package init(value: Double, interval: Interval?, method: String) {
    (self.value, self.interval, self.method) = (value, interval, method)
  }

  /// A confidence interval.
  package struct Interval: Codable, Hashable, Sendable {
    package let lower: Double
    package let upper: Double
    /// Nominal coverage, such as 0.95.
    package let level: Double

    package init(lower: Double, upper: Double, level: Double) {
      (self.lower, self.upper, self.level) = (lower, upper, level)
    }

    /// The part of the interval between 0 and 1, for a share. A t interval near an end may go
    /// beyond.
    package var withinShares: Interval {
      Interval(lower: min(1, max(0, lower)), upper: min(1, max(0, upper)), level: level)
    }

    /// Half the interval's length.
    package var halfWidth: Double { (upper - lower) / 2 }

    /// Whether the interval has no width, within rounding. Then the figure is the same however the
    /// units are drawn, as for a system that gives one class to all. That is no certainty.
    package var isDegenerate: Bool { upper - lower <= 1e-12 }

    /// The mark of such an interval wherever one is shown, followed somewhere by `degenerateNote`.
    package static let degenerateMark = "†"

    package static let degenerateNote = """
      † No width, which is no certainty: every sample of speakers, folds or seeds gives this value.
      """

    /// `text` of this interval, with the mark if it has no width.
    package func marked(_ text: String) -> String {
      isDegenerate ? text + Self.degenerateMark : text
    }
  }
}

extension Estimate.Interval {
  private enum WrittenKeys: String, CodingKey { case lower, upper, level, degenerate }

  /// An interval without width is written with `"degenerate": true`, so that no program takes it
  /// for certainty.
  package func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: WrittenKeys.self)
    try keys.encode(lower, forKey: .lower)
    try keys.encode(upper, forKey: .upper)
    try keys.encode(level, forKey: .level)
    if isDegenerate { try keys.encode(true, forKey: .degenerate) }
  }
}

extension String {
  /// This text, followed by the explanation of the mark if it contains one.
  package var explainingDegenerateIntervals: String {
    contains(Estimate.Interval.degenerateMark)
      ? self + "\n" + Estimate.Interval.degenerateNote : self
  }
}

/// The outcome of a two-sided test of "no difference".
package struct TestOutcome: Codable, Hashable, Sendable {
  /// The probability of a difference at least this large if there is none.
  package let p: Double
  /// The smallest p that data of this size can give; 0 if there is no limit.
  package let smallestAttainable: Double
  /// The procedure in words.
  package let method: String

  package init(p: Double, smallestAttainable: Double, method: String) {
    (self.p, self.smallestAttainable, self.method) = (p, smallestAttainable, method)
  }

  /// Whether the data can give a p of at most `level`. If not, the p is meaningless and not shown.
  package func canReach(_ level: Double) -> Bool { smallestAttainable <= level }
}

/// A mean of estimates with its standard error, on the t distribution.
struct TEstimate {
  let value: Double
  let standardError: Double
  let degreesOfFreedom: Double

  func estimate(level: Double, method: String) -> Estimate {
    let half =
      standardError * StudentT(degreesOfFreedom: degreesOfFreedom).quantile((1 + level) / 2)
    return Estimate(
      value: value,
      interval: .init(lower: value - half, upper: value + half, level: level), method: method)
  }

  /// The two-sided p of value 0. With zero standard error it is 1 for the value 0, otherwise 0.
  var p: Double {
    guard standardError > 0 else { return value == 0 ? 1 : 0 }
    return StudentT(degreesOfFreedom: degreesOfFreedom).twoSided(value / standardError)
  }
}

/// Returns the mean of independent units with its t interval. A single unit has no interval.
///
/// - Parameter unit: the kind of unit for the method's name, such as "speaker".
package func meanOfUnits(_ values: [Double], unit: String, level: Double = 0.95) -> Estimate {
  precondition(!values.isEmpty, "a mean of 0 \(unit)s")
  let (mean, variance) = moments(values)
  let method = "mean over \(values.count) \(unit)s, t(\(values.count - 1))"
  guard let variance else { return Estimate(value: mean, interval: nil, method: method) }
  return TEstimate(
    value: mean, standardError: (variance / Double(values.count)).squareRoot(),
    degreesOfFreedom: Double(values.count - 1)
  ).estimate(level: level, method: method)
}

/// Returns the mean and the variance, `Σ (x - mean)² / (n - 1)`; the variance is nil for a single
/// value.
func moments(_ values: [Double]) -> (mean: Double, variance: Double?) {
  let mean = values.reduce(0, +) / Double(values.count)
  guard values.count > 1 else { return (mean, nil) }
  let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  return (mean, squares / Double(values.count - 1))
}
