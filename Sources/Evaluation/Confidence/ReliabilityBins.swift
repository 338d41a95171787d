// How often predictions of a given confidence are correct, with intervals over speakers. The
// confidence of a prediction is its greatest probability.
package import Statistics

/// One bin of a reliability diagram.
package struct ReliabilityBin: Codable, Hashable, Sendable {
  /// The least number of predictions for an interval. A bin with fewer is drawn hatched.
  package static let least = 10

  /// The bin's index, from 0. Bin b of B holds the confidences in `(b/B, (b+1)/B]`.
  package let index: Int
  /// Predictions of all seeds.
  package let count: Int
  /// Mean confidence.
  package let confidence: Double
  /// Share of correct predictions.
  package let accuracy: Double
  /// The interval of the accuracy. Nil with fewer than `least` predictions or with one speaker.
  package let interval: Interval?

  package typealias Interval = Estimate.Interval

  /// Whether the bin has too few predictions to say anything.
  package var isSparse: Bool { count < Self.least }
}

/// The predictions of one system by speaker and confidence bin. G speakers, B bins.
struct ReliabilityTable {
  private let bins: Int
  private let speakers: Int
  /// Sums by speaker and bin, `[G·B]`: predictions, correct ones, confidence.
  private var counts: [Int]
  private var right: [Int]
  private var confidences: [Double]
  /// Different utterances by bin, `[B]`.
  private var utterances: [Int]

  init(_ system: SystemPredictions, bins: Int) {
    let places = system.speakerPlaces
    speakers = (places.max() ?? -1) + 1
    self.bins = bins
    (counts, right) = (
      .init(repeating: 0, count: speakers * bins), .init(repeating: 0, count: speakers * bins)
    )
    confidences = .init(repeating: 0, count: speakers * bins)
    utterances = .init(repeating: 0, count: bins)
    for (index, speaker) in places.enumerated() {
      var seen: [Int] = []
      for seed in system.seeds {
        let prediction = seed.predictions[index]
        let confidence = prediction.confidence
        let bin = Self.bin(of: confidence, of: bins)
        let place = speaker * bins + bin
        counts[place] += 1
        confidences[place] += confidence
        if prediction.predicted == prediction.truth { right[place] += 1 }
        if !seen.contains(bin) { seen.append(bin) }
      }
      for bin in seen { utterances[bin] += 1 }
    }
  }

  private static func bin(of confidence: Double, of bins: Int) -> Int {
    min(bins - 1, max(0, Int((confidence * Double(bins)).rounded(.up)) - 1))
  }

  /// The expected calibration error over B bins, with the delete-one-speaker jackknife.
  ///
  ///     ECE = Σ_b n_b/N |accuracy_b - confidence_b|
  ///
  /// The jackknife is approximate here, because the error is not smooth where a bin is calibrated.
  ///
  /// Source: Guo et al. 2017, eq. 3.
  var expectedError: Estimate {
    let whole = error(without: nil)
    return jackknife(
      whole: whole ?? 0, unit: "speaker", without: (0..<speakers).map { error(without: $0) })
  }

  /// The bins that hold predictions.
  ///
  /// Each interval is Wilson's, with an effective number of predictions:
  ///
  ///     n* = min(different utterances, n_b / deff),   deff = se² / (p(1-p)/n_b)
  ///
  /// se² is the variance of p by the jackknife over the G_b speakers in the bin. The quantile is
  /// that of t(G_b - 1). Several seeds of one utterance thus count once at most. Where p is 0 or 1,
  /// deff is not defined, and n* is the number of utterances.
  ///
  /// Source: Franco, Little, Louis & Slud 2019 (J. Surv. Stat. Methodol. 7:334).
  var all: [ReliabilityBin] {
    (0..<bins).compactMap { bin in
      let own = (0..<speakers).map { $0 * bins + bin }.filter { counts[$0] > 0 }
      let n = own.reduce(0) { $0 + counts[$1] }
      guard n > 0 else { return nil }
      let hits = own.reduce(0) { $0 + right[$1] }
      let share = Double(hits) / Double(n)
      return ReliabilityBin(
        index: bin, count: n, confidence: own.reduce(0) { $0 + confidences[$1] } / Double(n),
        accuracy: share,
        interval: n < ReliabilityBin.least || own.count < 2
          ? nil
          : interval(
            share, n, utterances[bin],
            without: own.map { Double(hits - right[$0]) / Double(n - counts[$0]) }))
    }
  }

  private func interval(_ share: Double, _ n: Int, _ utterances: Int, without parts: [Double])
    -> Estimate.Interval
  {
    let g = Double(parts.count)
    let mean = parts.reduce(0, +) / g
    let variance = (g - 1) / g * parts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let plain = share * (1 - share) / Double(n)
    let effective = plain > 0 && variance > 0 ? Double(n) * plain / variance : .infinity
    return wilsonInterval(
      share: share, count: min(Double(utterances), effective),
      quantile: StudentT(degreesOfFreedom: g - 1).quantile(0.975))
  }

  private func error(without omitted: Int?) -> Double? {
    var (total, sum) = (0, 0.0)
    for bin in 0..<bins {
      var (n, hits, confidence) = (0, 0, 0.0)
      for speaker in 0..<speakers where speaker != omitted {
        let place = speaker * bins + bin
        n += counts[place]
        hits += right[place]
        confidence += confidences[place]
      }
      total += n
      sum += abs(Double(hits) - confidence)
    }
    return total == 0 ? nil : sum / Double(total)
  }
}

extension Prediction {
  /// The probability of the predicted class.
  var confidence: Double {
    probabilities.indices.contains(predicted) ? Double(probabilities[predicted]) : 0
  }
}

extension SystemPredictions {
  /// Each utterance's speaker as a place in the list of speakers, `[N]`.
  var speakerPlaces: [Int] {
    let names = Set(utterances.map(\.speaker)).sorted()
    let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    return utterances.map { places[$0.speaker] ?? 0 }
  }
}
