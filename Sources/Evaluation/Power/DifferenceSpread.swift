// Why two systems differ by another amount on every fold and with every seed, as far as recorded
// scores tell.
import Statistics

/// The spread of the difference of two systems, from their scores on the same folds.
///
///     d[k] = δ + fold(k) + seed noise,   both systems averaged over S seeds
///
/// Several pairs with the same first system are pooled.
package struct DifferenceSpread: Codable, Hashable, Sendable {
  /// K, the recorded number of folds.
  package let folds: Int
  /// S, the recorded number of seeds.
  package let seeds: Int
  package let pairs: Int
  /// S²: the variance over folds of the difference of the means over seeds, in squared shares.
  package let observed: Double
  /// The variance of a seed's effect on a single fold, both systems together.
  package let rest: Double
  /// The variance of a seed's effect on all folds, both systems together.
  package let seed: Double

  /// - Parameters:
  ///   - first: `[K][S]`, the scores of one system.
  ///   - others: the scores of the systems that it is compared with, on the same folds.
  /// - Returns: nil with fewer than two folds, two seeds or one other system.
  package init?(_ first: [[Double]], _ others: [[[Double]]]) {
    guard let own = VarianceComponents(first), !others.isEmpty else { return nil }
    let components = others.compactMap { VarianceComponents($0) }
    guard components.count == others.count, others.allSatisfy({ $0.count == first.count }) else {
      return nil
    }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    observed = mean(
      others.map { other in
        let differences = zip(first, other).map { mean($0) - mean($1) }
        let centre = mean(differences)
        return differences.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
          / Double(first.count - 1)
      })
    rest = mean(components.map { own.rest + $0.rest })
    seed = mean(components.map { own.seed + $0.seed })
    (folds, seeds, pairs) = (first.count, first[0].count, others.count)
  }

  /// How far S² may be from the variance that it estimates.
  package enum Reading: String, Codable, Hashable, Sendable, CaseIterable {
    case estimate
    /// The ends of the 95 % interval by χ² with K-1 degrees of freedom.
    case smallest, greatest
  }

  /// The variance between folds that is not noise of the seeds: `S² - rest / S`, at least 0.
  package func fold(_ reading: Reading = .estimate) -> Double {
    let factors = detectableEffectFactors(degreesOfFreedom: Double(folds - 1))
    let factor =
      switch reading {
      case .estimate: 1.0
      case .smallest: factors.lower
      case .greatest: factors.upper
      }
    return max(0, observed * factor * factor - rest / Double(seeds))
  }
}
