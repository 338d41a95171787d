// One line of a training log, `epochs.jsonl`.

/// The figures of one epoch.
package struct EpochRecord: Codable, Equatable, Sendable {
  /// Counted from 1.
  package let epoch: Int
  /// Means over the epoch's utterances.
  package let losses: LossTerms
  /// Share of training utterances, after mixing and perturbation, whose main class was predicted.
  package let trainingAccuracy: Double
  /// Learning rates at the epoch's last step.
  package let learningRate: Double
  package let centerLearningRate: Double
  /// Mean over steps of the gradient norm before clipping.
  package let gradientNorm: Double
  /// Share of correctly predicted held-out utterances; nil if none are held out.
  package let validationAccuracy: Double?
  /// Wall-clock seconds. The only number here that a second run does not repeat.
  package let seconds: Double

  package init(
    epoch: Int, losses: LossTerms, trainingAccuracy: Double, learningRate: Double,
    centerLearningRate: Double, gradientNorm: Double, validationAccuracy: Double?, seconds: Double
  ) {
    self.epoch = epoch
    self.losses = losses
    self.trainingAccuracy = trainingAccuracy
    self.learningRate = learningRate
    self.centerLearningRate = centerLearningRate
    self.gradientNorm = gradientNorm
    self.validationAccuracy = validationAccuracy
    self.seconds = seconds
  }
}
