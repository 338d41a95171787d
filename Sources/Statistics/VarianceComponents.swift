// Sources of the spread of scores: seeds, units (folds or speakers), and their interaction.

/// Variance components of scores crossed by unit and seed, with one score per pair.
///
///     x[u, s] = μ + unit(u) + seed(s) + rest(u, s)
///     rest = MS_rest,  seed = (MS_seed - MS_rest) / U,  unit = (MS_unit - MS_rest) / S
///
/// A negative estimate means "too small to detect" and becomes 0.
///
/// Source: method of moments of the two-way random model without replication (Searle, Casella &
/// McCulloch 1992, §4.7).
package struct VarianceComponents: Codable, Hashable, Sendable {
  /// Variance of a seed's effect on all units.
  package let seed: Double
  /// Variance between units (folds, speakers).
  package let unit: Double
  /// Variance of a seed's effect on a single unit.
  package let rest: Double

  /// - Parameter scores: `[U][S]`. Nil unless U and S are at least 2.
  package init?(_ scores: [[Double]]) {
    guard let seeds = scores.first?.count, scores.count > 1, seeds > 1 else { return nil }
    precondition(scores.allSatisfy { $0.count == seeds }, "rows of \(scores.map(\.count)) scores")
    let (u, s) = (Double(scores.count), Double(seeds))
    let mean = scores.joined().reduce(0, +) / (u * s)
    let unitMeans = scores.map { $0.reduce(0, +) / s }
    let seedMeans = (0..<seeds).map { seed in scores.reduce(0) { $0 + $1[seed] } / u }
    func squares(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } }
    let unitSquare = s * squares(unitMeans.map { $0 - mean }) / (u - 1)
    let seedSquare = u * squares(seedMeans.map { $0 - mean }) / (s - 1)
    let residuals = scores.indices.flatMap { row in
      (0..<seeds).map { scores[row][$0] - unitMeans[row] - seedMeans[$0] + mean }
    }
    rest = squares(residuals) / ((u - 1) * (s - 1))
    seed = max(0, (seedSquare - rest) / u)
    unit = max(0, (unitSquare - rest) / s)
  }
}

/// Returns the difference that a two-sided t test at `alpha` detects with probability `power`.
///
///     (t(1 - α/2) + t(power)) · se
///
/// Source: the usual approximation by the central t (Bloom 1995). Exact power needs the noncentral
/// t, which differs by a few per cent below 5 degrees of freedom.
package func minimumDetectableEffect(
  standardError: Double, degreesOfFreedom: Double, alpha: Double = 0.05, power: Double = 0.8
) -> Double {
  let t = StudentT(degreesOfFreedom: degreesOfFreedom)
  return (t.quantile(1 - alpha / 2) + t.quantile(power)) * standardError
}

/// Returns how many times the estimate a detectable effect may in truth be, from least to greatest:
/// its standard error is itself estimated.
///
///     √(ν / χ²(½ + level/2; ν))  to  √(ν / χ²(½ - level/2; ν))
///
/// - Parameter degreesOfFreedom: ν > 0, of the standard error.
///
/// Source: the interval of a normal standard deviation.
package func detectableEffectFactors(
  degreesOfFreedom ν: Double, level: Double = 0.95
) -> (lower: Double, upper: Double) {
  func factor(_ p: Double) -> Double {
    (ν / chiSquareQuantile(p, degreesOfFreedom: ν)).squareRoot()
  }
  return (factor((1 + level) / 2), factor((1 - level) / 2))
}
