// The training of one network on one fold: a function over values. It draws nothing, writes no file
// and sees no test utterance; what to do with each epoch is the caller's business.
import Foundation
import Corpora
package import Layers
package import Models
package import Randomness
package import Settings
import Tensors

/// One network, its training fold, and how it learns.
package struct FoldTraining: Sendable {
  package let network: EmotionNetwork
  let assembly: BatchAssembly
  let partition: Partition
  private let settings: VariantSettings
  let random: RandomStream
  private let initial: Parameters

  /// Prepares a training.
  ///
  /// - Parameters:
  ///   - random: all that is random in it: first weights, order, mixup, perturbation, dropout; each
  ///     is split off by name, epoch and step, so that a training can go on after any epoch.
  package init(
    _ corpus: PreparedCorpus, _ partition: Partition, _ settings: VariantSettings,
    random: RandomStream
  ) {
    assembly = BatchAssembly(corpus, settings.augmentation)
    self.partition = partition
    self.settings = settings
    self.random = random
    (network, initial) = EmotionNetwork.make(
      settings.model, pretrained: corpus.supply?.backbone, features: corpus.features,
      statistics: corpus.statisticsCount,
      classes: corpus.classes.count, using: random.split("weights"))
  }

  /// The state before the first epoch.
  package var initialState: TrainingState {
    TrainingState(
      network, initial, settings.training, layerDecay: settings.pretrained.layerDecay)
  }

  /// Trains from `state` to the last epoch, calling `afterEpoch` with each new state.
  ///
  /// - Parameter threads: how many encode a batch; the result does not depend on it.
  /// - Throws: `TrainingError.diverged` at the first loss or gradient that is not finite, and what
  ///   `afterEpoch` throws.
  package func run(
    from state: TrainingState, threads: Int, afterEpoch: (TrainingState) throws -> Void
  ) throws -> TrainingState {
    var state = state
    while state.epochs.count < settings.training.epochs {
      try runEpoch(&state, threads: threads)
      try afterEpoch(state)
    }
    return state
  }

  /// The weights that are evaluated: the last epoch's, their running mean, or the best epoch's.
  package func evaluatedParameters(_ state: TrainingState) -> Parameters {
    if settings.training.selection == .bestValidation, let best = state.best {
      return best.parameters
    }
    return currentParameters(state)
  }

  /// The weights that an epoch would be judged by: its own, or their running mean where that is kept.
  package func currentParameters(_ state: TrainingState) -> Parameters {
    state.average ?? state.parameters
  }

  /// Predicts the given utterances with `parameters`.
  package func outputs(
    for positions: [Int], _ parameters: Parameters, threads: Int
  ) throws -> [NetworkOutput] {
    try network.outputs(for: positions, assembly, parameters, threads: threads)
  }

  private func runEpoch(_ state: inout TrainingState, threads: Int) throws {
    let start = Date()
    let epoch = state.epochs.count + 1
    let epochRandom = random.split("epoch \(epoch)")
    var order = partition.training
    var orderRandom = epochRandom.split("order")
    orderRandom.shuffle(&order)
    let batchSize = settings.training.batchSize
    let steps = (order.count + batchSize - 1) / batchSize
    let schedule = Schedule(settings.training, stepsPerEpoch: steps)
    var (losses, correct, norms, factor) = (LossTerms(), 0, 0.0, 1.0)
    for step in 0..<steps {
      let positions = Array(order[step * batchSize..<min((step + 1) * batchSize, order.count)])
      let batch = try assembly.trainingBatch(
        positions, partners: partition.training, random: epochRandom.split("examples"),
        threads: threads)
      let result = try state.takeStep(
        of: network, on: batch, settings, schedule, random: epochRandom.split("step \(step)"),
        threads: threads)
      factor = result.factor
      losses.add(result.terms, weight: Double(positions.count) / Double(order.count))
      correct += result.correct
      norms += result.gradientNorm
    }
    let validation = try validationAccuracy(&state, epoch: epoch, threads: threads)
    state.epochs.append(
      EpochRecord(
        epoch: epoch, losses: losses,
        trainingAccuracy: Double(correct) / Double(order.count),
        learningRate: factor * settings.training.learningRate,
        centerLearningRate: factor * settings.training.centerLearningRate,
        gradientNorm: norms / Double(steps), validationAccuracy: validation,
        seconds: Date().timeIntervalSince(start)))
  }

  /// Scores the held-out speakers, if there are any, and keeps the weights if they are the best yet
  /// (the earlier epoch wins a tie).
  private func validationAccuracy(
    _ state: inout TrainingState, epoch: Int, threads: Int
  ) throws -> Double? {
    guard !partition.validation.isEmpty else { return nil }
    let parameters = currentParameters(state)
    let outputs = try outputs(for: partition.validation, parameters, threads: threads)
    let right = zip(outputs, partition.validation).count {
      $0.predicted == assembly.corpus.utterances[$1].classIndex
    }
    let accuracy = Double(right) / Double(outputs.count)
    if accuracy > state.best?.accuracy ?? -1 { state.best = (epoch, accuracy, parameters) }
    return accuracy
  }
}

/// What can end a training.
package enum TrainingError: Error, Equatable, Sendable {
  case diverged(epoch: Int, step: Int, term: String, value: Double)
}

extension TrainingError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .diverged(let epoch, let step, let term, let value):
      "training diverged in epoch \(epoch), step \(step): \(term) is \(value), expected a finite "
        + "number; lower training.learning_rate or set training.gradient_clip"
    }
  }
}
