// How far the probabilities of one system can be trusted: calibration before and after temperature
// scaling, and risk against coverage. No result is chosen or changed by any of it.
package import Statistics

/// The confidence of one system over all folds and seeds.
package struct ConfidenceAnalysis: Hashable, Sendable {
  /// The number of confidence bins.
  package static let bins = 15

  package let system: String
  /// The number of seeds, and of predictions of each.
  package let seeds: Int
  package let utterances: Int
  package let speakers: Int
  package let folds: Int
  /// The bins that hold predictions, of all seeds together.
  package let bins: [ReliabilityBin]
  /// ECE as the system gives its probabilities, with the jackknife over speakers.
  package let expectedError: Estimate
  /// Negative log-likelihood in nats.
  package let negativeLogLikelihood: Double
  package let brier: Double
  /// The same after temperature scaling; nil with a single fold.
  package let scaled: Scaled?
  package let riskCoverage: RiskCoverage

  /// The figures after temperature scaling.
  package struct Scaled: Hashable, Sendable {
    /// The mean temperature, and the least and greatest over folds and seeds.
    package let temperature: Double
    package let least: Double
    package let greatest: Double
    package let expectedError: Estimate
    package let negativeLogLikelihood: Double
    package let brier: Double
  }

  /// Nil unless every prediction has finite probabilities.
  package init?(_ system: SystemPredictions) {
    let all = system.seeds.flatMap(\.predictions)
    let isUsable = all.allSatisfy { prediction in
      prediction.probabilities.count == system.classes.count
        && prediction.probabilities.allSatisfy { $0.isFinite && $0 >= 0 }
    }
    guard !all.isEmpty, isUsable else { return nil }
    self.system = system.system
    seeds = system.seeds.count
    utterances = system.utterances.count
    speakers = Set(system.utterances.map(\.speaker)).count
    folds = Set(system.utterances.map(\.fold)).count
    let table = ReliabilityTable(system, bins: Self.bins)
    bins = table.all
    expectedError = table.expectedError
    let calibration = Calibration(all)
    negativeLogLikelihood = calibration.negativeLogLikelihood
    brier = calibration.brier
    riskCoverage = RiskCoverage(system)
    scaled = TemperatureScaling(system).map { scaling in
      let after = Calibration(scaling.scaled.seeds.flatMap(\.predictions))
      return Scaled(
        temperature: scaling.mean, least: scaling.temperatures.min() ?? 1,
        greatest: scaling.temperatures.max() ?? 1,
        expectedError: ReliabilityTable(scaling.scaled, bins: Self.bins).expectedError,
        negativeLogLikelihood: after.negativeLogLikelihood, brier: after.brier)
    }
  }
}
