// Is the method better? Folds share training data, so their differences are not independent. The
// variance of their mean is greater than S²/K, and a plain t test finds differences that do not
// exist.

/// The corrected resampled t over the folds of one cross-validation.
///
///     t = d̄ / √((1/K + ρ/(1-ρ)) S²),   K - 1 degrees of freedom
///     ρ/(1-ρ) = n_test/n_train
///
/// More seeds on the same folds increase neither K nor the degrees of freedom. Average them within
/// the fold first.
///
/// Source: Nadeau & Bengio 2003. The test was made for random subsampling and is a heuristic for K
/// folds. No unbiased estimate of the variance exists (Bengio & Grandvalet 2004).
package struct CorrelatedT: Hashable, Sendable {
  /// Mean over folds.
  package let mean: Double
  /// `√((1/K + n_test/n_train) S²)`.
  package let standardError: Double
  /// K.
  package let folds: Int

  /// - Parameters:
  ///   - differences: one per fold, `[K]`, K ≥ 2.
  ///   - testShare: n_test/n_train; 1/(K-1) for K equal folds.
  package init(differences: [Double], testShare: Double) {
    precondition(differences.count > 1, "\(differences.count) folds, needs at least 2")
    let (mean, variance) = moments(differences)
    self.mean = mean
    folds = differences.count
    standardError = ((1 / Double(folds) + testShare) * (variance ?? 0)).squareRoot()
  }

  private var t: TEstimate {
    TEstimate(value: mean, standardError: standardError, degreesOfFreedom: Double(folds - 1))
  }

  /// The two-sided p of no difference.
  package var test: TestOutcome {
    TestOutcome(p: t.p, smallestAttainable: 0, method: method)
  }

  package func estimate(level: Double = 0.95) -> Estimate {
    t.estimate(level: level, method: method)
  }

  private var method: String { "Nadeau–Bengio corrected t over \(folds) folds, t(\(folds - 1))" }

  /// The posterior probabilities that the difference is below -rope, within ±rope and above it, by
  /// the Bayesian correlated t test with its usual flat prior. They sum to 1.
  ///
  /// Source: Corani & Benavoli 2015; agrees with baycomp 1.0.3 in golden/inference.
  package func probabilities(rope: Double) -> (worse: Double, equal: Double, better: Double) {
    precondition(rope >= 0, "a rope of \(rope), needs at least 0")
    guard standardError > 0 else {
      return (mean < -rope ? 1 : 0, abs(mean) <= rope ? 1 : 0, mean > rope ? 1 : 0)
    }
    let posterior = StudentT(degreesOfFreedom: Double(folds - 1))
    let below = posterior.cumulative((-rope - mean) / standardError)
    let above = posterior.cumulative((mean - rope) / standardError)
    return (below, max(0, 1 - below - above), above)
  }
}
