// One training step: from a ready batch to the next weights.
package import Evaluation
package import Layers
package import Models
package import Randomness
package import Settings
import Tensors

/// The statistics of a step.
package struct OptimizationStep: Sendable {
  /// The losses of the batch before the step.
  package let terms: LossTerms
  /// The number of utterances whose predicted class has the greatest share in their label.
  package let correct: Int
  /// The norm of the whole gradient before clipping.
  package let gradientNorm: Double
  /// The schedule's factor of both learning rates.
  package let factor: Double
}

extension TrainingState {
  /// The state before the first step of `network`.
  ///
  /// - Parameter layerDecay: see `Adam`.
  package init(
    _ network: EmotionNetwork, _ parameters: Parameters, _ settings: TrainingSettings,
    layerDecay: Double = 1
  ) {
    self.init(
      parameters: parameters,
      optimizer: Adam(
        settings, for: parameters, centers: network.centers, layerDecay: layerDecay),
      average: settings.weightAveraging > 0 ? parameters : nil)
  }

  /// Takes the next step: the gradient of the batch's multi-loss, clipped to the greatest norm,
  /// then Adam with the schedule's learning rates, then the running mean of the weights.
  ///
  /// - Parameters:
  ///   - random: the source of the step's dropout masks.
  ///   - threads: how many threads encode the batch. The result does not depend on it.
  /// - Throws: `TrainingError.diverged` if a loss or the gradient is not finite.
  package mutating func takeStep(
    of network: EmotionNetwork, on batch: Batch, _ settings: VariantSettings, _ schedule: Schedule,
    random: RandomStream, threads: Int
  ) throws -> OptimizationStep {
    let step = optimizer.steps
    var result = try network.gradient(
      of: batch, parameters, settings.loss, random: random, threads: threads)
    let norm = result.norm(threads: threads)
    for (name, value) in result.terms.named + [("gradient norm", norm)] where !value.isFinite {
      throw TrainingError.diverged(
        epoch: step / schedule.stepsPerEpoch + 1, step: step % schedule.stepsPerEpoch + 1,
        term: name, value: value)
    }
    result.clip(to: settings.training.gradientClip, norm: norm, threads: threads)
    let factor = schedule.factor(atStep: step)
    optimizer.update(
      &parameters, gradients: result.gradients, factor: factor, threads: threads)
    average?.follow(
      parameters, decay: settings.training.weightAveraging, step: optimizer.steps)
    return OptimizationStep(
      terms: result.terms, correct: result.correct, gradientNorm: norm, factor: factor)
  }
}

extension Parameters {
  /// Moves each value towards `target`: `a = d a + (1 - d) w` with `d = min(decay, (1+t)/(10+t))`,
  /// so that the random initial values soon lose their weight.
  package mutating func follow(_ target: Parameters, decay: Double, step: Int) {
    let decay = Float(min(decay, Double(1 + step) / Double(10 + step)))
    update { index, parameter in
      parameter.value = parameter.value.scaled(by: decay)
      parameter.value.add(target.all[index].value, scaledBy: 1 - decay)
    }
  }
}
