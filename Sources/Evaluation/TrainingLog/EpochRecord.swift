// One line of a training's log, `epochs.jsonl`.

/// What one epoch was like.
package struct EpochRecord: Codable, Equatable, Sendable {
  /// Counted from 1.
  package let epoch: Int
  /// Means over the epoch's utterances.
  package let losses: LossTerms
  /// Share of training utterances, as mixed and perturbed, whose main class was predicted.
  package let trainingAccuracy: Double
  /// Learning rates at the epoch's last step.
  package let learningRate: Double
  package let centerLearningRate: Double
  /// Mean over steps of the norm of the whole gradient before clipping.
  package let gradientNorm: Double
  /// Share of held-out utterances predicted right, where some are held out.
  package let validationAccuracy: Double?
  /// Wall-clock time, s; the one number here that a second run does not repeat.
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
