// Temperature scaling: one number that makes a network's probabilities sharper or flatter. It
// changes no prediction and therefore no accuracy.
import Foundation

/// A temperature T > 0.
///
///     p_k(T) = exp(z_k/T) / Σ_j exp(z_j/T) = p_k^(1/T) / Σ_j p_j^(1/T)
///
/// Above 1 the probabilities become flatter, below 1 sharper. The logits z are not needed, because
/// they equal ln p up to a constant.
///
/// Source: Guo et al. 2017, §4.2.
package struct Temperature: Hashable, Sendable {
  /// The least and the greatest temperature that a fit may give.
  package static let bounds = 0.05...20.0

  package let value: Double

  /// - Precondition: `value` is above 0.
  package init(_ value: Double) {
    precondition(value > 0, "a temperature of \(value), needs more than 0")
    self.value = value
  }

  /// Fits the temperature that minimises the negative log-likelihood of `predictions`.
  ///
  /// In β = 1/T the negative log-likelihood is convex. Its derivative is
  ///
  ///     Σ_i (Σ_k p_ik(T) z_ik - z_i,truth)
  ///
  /// Its zero is found by Newton steps within a bracket. Nil without predictions.
  package init?(fitting predictions: some Collection<Prediction>) {
    guard !predictions.isEmpty else { return nil }
    let rows = predictions.map { (logits: Self.logits($0), truth: $0.truth) }
    func slope(_ beta: Double) -> (value: Double, derivative: Double) {
      var (value, derivative) = (0.0, 0.0)
      for row in rows {
        var (sum, first, second) = (0.0, 0.0, 0.0)
        for z in row.logits {
          let weight = exp(beta * z)
          sum += weight
          first += weight * z
          second += weight * z * z
        }
        let mean = first / sum
        value += mean - row.logits[row.truth]
        derivative += second / sum - mean * mean
      }
      return (value, derivative)
    }
    var (low, high) = (1 / Self.bounds.upperBound, 1 / Self.bounds.lowerBound)
    var beta = 1.0
    if slope(low).value >= 0 {
      (beta, high) = (low, low)
    } else if slope(high).value <= 0 {
      (beta, low) = (high, high)
    }
    for _ in 0..<200 where low < high {
      let (value, derivative) = slope(beta)
      if value > 0 { high = beta } else { low = beta }
      var next = derivative > 0 ? beta - value / derivative : low
      if !(next > low && next < high) { next = (low + high) / 2 }
      let step = abs(next - beta)
      beta = next
      if step <= 1e-12 * beta { break }
    }
    value = 1 / beta
  }

  /// Returns the prediction with probabilities at this temperature.
  package func applied(to prediction: Prediction) -> Prediction {
    let weights = Self.logits(prediction).map { exp($0 / value) }
    let sum = weights.reduce(0, +)
    var scaled = prediction
    scaled.probabilities = weights.map { Float($0 / sum) }
    return scaled
  }

  /// The logits with their greatest at 0. A probability of 0 counts as 1e-38.
  private static func logits(_ prediction: Prediction) -> [Double] {
    let logits = prediction.probabilities.map { log(max(1e-38, Double($0))) }
    let greatest = logits.max() ?? 0
    return logits.map { $0 - greatest }
  }
}

/// Temperatures fitted by cross-fitting, and what they change.
///
/// The temperature of a fold is fitted on the predictions of the other folds' networks for their
/// own test utterances, seed by seed. Nothing of the fold itself is used. Every prediction is then
/// rescaled by the temperature of its fold and seed.
package struct TemperatureScaling: Hashable, Sendable {
  /// The temperatures by seed, then fold.
  package let temperatures: [Double]
  /// The system with rescaled probabilities.
  package let scaled: SystemPredictions

  /// Nil with a single fold.
  package init?(_ system: SystemPredictions) {
    let folds = Set(system.utterances.map(\.fold)).sorted()
    guard folds.count > 1 else { return nil }
    var fitted: [Double] = []
    scaled = SystemPredictions(
      system: system.system, classes: system.classes,
      seeds: system.seeds.map { seed in
        let temperatures = folds.map { fold in
          Temperature(fitting: seed.predictions.filter { $0.fold != fold }) ?? Temperature(1)
        }
        fitted += temperatures.map(\.value)
        let byFold = Dictionary(uniqueKeysWithValues: zip(folds, temperatures))
        return (
          seed.seed,
          seed.predictions.map { byFold[$0.fold]?.applied(to: $0) ?? $0 }
        )
      })
    temperatures = fitted
  }

  package var mean: Double { temperatures.reduce(0, +) / Double(temperatures.count) }
}
