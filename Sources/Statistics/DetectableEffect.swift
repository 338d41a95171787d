// The smallest difference that a test finds, for one comparison and as one row of several, and how
// uncertain that difference is.

/// The difference that a two-sided t test at α = 0.05 finds 8 times in 10.
///
/// The standard error is an estimate, so each difference has an interval.
package struct DetectableEffect: Codable, Hashable, Sendable {
  /// The number of comparisons that Holm's adjustment counts, m.
  package let rows: Int
  /// The degrees of freedom of the standard error.
  package let degreesOfFreedom: Double
  /// For a single comparison: `(t(1 - α/2) + t(0.8)) · se`.
  package let plain: Bounds
  /// At Holm's first step, which compares the smallest p with α/m: `(t(1 - α/2m) + t(0.8)) · se`.
  package let afterHolm: Bounds

  /// A difference with its 95 % interval, by the χ² interval of a standard deviation.
  package struct Bounds: Codable, Hashable, Sendable {
    package let value: Double
    package let lower: Double
    package let upper: Double
  }

  /// - Parameters:
  ///   - standardError: of the difference.
  ///   - degreesOfFreedom: ν > 0.
  ///   - rows: the number of comparisons; below 1 counts as 1.
  package init(standardError: Double, degreesOfFreedom: Double, rows: Int) {
    self.init(
      plain: minimumDetectableEffect(
        standardError: standardError, degreesOfFreedom: degreesOfFreedom),
      degreesOfFreedom: degreesOfFreedom, rows: rows)
  }

  /// Makes the same from the difference that a single comparison detects.
  package init(plain: Double, degreesOfFreedom: Double, rows: Int) {
    let factors = detectableEffectFactors(degreesOfFreedom: degreesOfFreedom)
    func effect(_ alpha: Double) -> Double {
      minimumDetectableEffect(standardError: 1, degreesOfFreedom: degreesOfFreedom, alpha: alpha)
    }
    func bounds(_ value: Double) -> Bounds {
      Bounds(value: value, lower: factors.lower * value, upper: factors.upper * value)
    }
    let rows = max(1, rows)
    self.rows = rows
    self.degreesOfFreedom = degreesOfFreedom
    self.plain = bounds(plain)
    afterHolm = bounds(plain * (effect(0.05 / Double(rows)) / effect(0.05)))
  }
}
