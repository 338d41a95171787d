// Whether probabilities match observed frequencies.
import Foundation

/// Calibration of one set of predictions.
package struct Calibration: Codable, Hashable, Sendable {
  /// Expected calibration error over bins of the greatest probability, `(b/B, (b+1)/B]`:
  ///
  ///     Σ_b n_b/N |accuracy_b - confidence_b|
  ///
  /// Source: Guo et al. 2017, eq. 3.
  package let expectedError: Double
  /// `1/N Σ_i Σ_k (p_ik - y_ik)²`, in 0…2.
  ///
  /// Source: Brier 1950.
  package let brier: Double
  /// `-1/N Σ_i ln p_i(truth)` in nats, with p at least 1e-12.
  package let negativeLogLikelihood: Double
  /// The bins that contain utterances.
  package let bins: [Bin]

  /// One bar of a reliability diagram.
  package struct Bin: Codable, Hashable, Sendable {
    /// The bin's index, from 0.
    package let index: Int
    package let count: Int
    /// Mean of the greatest probability.
    package let confidence: Double
    /// Share of correct predictions.
    package let accuracy: Double
  }

  /// - Precondition: there is at least one prediction, and each has probabilities.
  package init(_ predictions: [Prediction], bins count: Int = 15) {
    precondition(!predictions.isEmpty, "calibration of 0 predictions")
    let n = Double(predictions.count)
    var (sums, right, counts) = (
      [Double](repeating: 0, count: count), [Int](repeating: 0, count: count),
      [Int](repeating: 0, count: count)
    )
    var (brier, likelihood) = (0.0, 0.0)
    for prediction in predictions {
      let p = prediction.probabilities.map(Double.init)
      let confidence = p[prediction.predicted]
      let bin = min(count - 1, max(0, Int((confidence * Double(count)).rounded(.up)) - 1))
      sums[bin] += confidence
      counts[bin] += 1
      if prediction.predicted == prediction.truth { right[bin] += 1 }
      brier += p.indices.reduce(0) {
        let error = p[$1] - ($1 == prediction.truth ? 1 : 0)
        return $0 + error * error
      }
      likelihood -= log(max(1e-12, p[prediction.truth]))
    }
    self.brier = brier / n
    negativeLogLikelihood = likelihood / n
    bins = (0..<count).filter { counts[$0] > 0 }.map {
      Bin(
        index: $0, count: counts[$0], confidence: sums[$0] / Double(counts[$0]),
        accuracy: Double(right[$0]) / Double(counts[$0]))
    }
    expectedError = bins.reduce(0) {
      $0 + Double($1.count) / n * abs($1.accuracy - $1.confidence)
    }
  }
}
