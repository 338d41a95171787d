// Trains one network on one fold. The training writes no file and sees no test utterance. The
// caller decides what to do after each epoch.
package import Corpora
package import Devices
import Evaluation
import Foundation
package import Layers
package import Models
package import Randomness
package import Settings
import Tensors

/// A network, its training fold and its settings.
package struct FoldTraining: Sendable {
  package let network: EmotionNetwork
  let assembly: BatchAssembly
  let partition: Partition
  let settings: VariantSettings
  let random: RandomStream
  private let initial: Parameters
  /// The device that trains, if the settings ask for one; nil for that of the process.
  let device: Device?
  let heldFrames: HeldFrames

  /// Prepares a training.
  ///
  /// - Parameters:
  ///   - random: the source of all randomness: initial weights, order, mixup, perturbation and
  ///     dropout. Each use splits it by name, epoch and step, so a training can resume after any
  ///     epoch.
  ///   - device: trains if the settings ask for a device; nil for that of the process.
  ///   - mostHeldFrames: the greatest number of frames that stay on the device between steps. The
  ///     result does not depend on it.
  package init(
    _ corpus: PreparedCorpus, _ partition: Partition, _ settings: VariantSettings,
    random: RandomStream, device: Device? = nil, mostHeldFrames: Int = .max
  ) {
    self.device = device
    heldFrames = HeldFrames(most: mostHeldFrames)
    self.partition = partition
    self.settings = settings
    self.random = random
    let weights = random.split("weights")
    (network, initial) =
      if let given = corpus.given {
        EmotionNetwork.make(
          settings.model, onFramesOf: given.width, layers: given.layers,
          classes: corpus.classes.count, using: weights)
      } else {
        EmotionNetwork.make(
          settings.model, pretrained: corpus.supply?.backbone, features: corpus.features,
          statistics: corpus.statisticsCount, classes: corpus.classes.count, using: weights)
      }
    // A device pools the frames itself.
    assembly = BatchAssembly(
      corpus, settings.augmentation,
      summary: settings.training.arithmetic == .float32 ? network.frameSummary : nil)
  }

  /// The state before the first epoch.
  package var initialState: TrainingState {
    TrainingState(
      network, initial, settings.training, layerDecay: settings.pretrained.layerDecay)
  }

  /// Trains from `state` to the last epoch and calls `afterEpoch` with each new state.
  ///
  /// A training that was stopped within an epoch resumes after its last complete step and gives the
  /// same bits.
  ///
  /// - Parameters:
  ///   - threads: asked before each step how many threads encode its batch. The result does not
  ///     depend on it.
  ///   - ahead: how many batches are assembled ahead of their steps. The result does not depend on
  ///     it.
  ///   - pause: asked after each step within an epoch what to do next.
  ///   - keep: receives the state whenever `pause` asks to keep it.
  /// - Throws: `TrainingError.diverged` at the first loss or gradient that is not finite,
  ///   `TrainingStopped`, and errors of `keep` and `afterEpoch`.
  package func run(
    from state: TrainingState, threads: @autoclosure () -> Int,
    ahead: BatchesAhead = .asSourcePrefers, pause: () -> Pause = { .none },
    keep: (TrainingState) throws -> Void = { _ in }, afterEpoch: (TrainingState) throws -> Void
  ) throws -> TrainingState {
    var state = state
    let feed = BatchFeed(self, from: state, ahead)
    defer { feed.stop() }
    let training = try deviceTraining(from: state)
    while state.epochs.count < settings.training.epochs {
      try runEpoch(&state, feed, training, threads: threads) { state in
        let pause = pause()
        if pause != .none { try keep(state()) }
        if pause == .stop { throw TrainingStopped() }
      }
      try afterEpoch(state)
    }
    return state
  }

  /// The weights to evaluate: those of the last epoch, their running mean, or those of the best
  /// epoch.
  package func evaluatedParameters(_ state: TrainingState) -> Parameters {
    if settings.training.selection == .bestValidation, let best = state.best {
      return best.parameters
    }
    return currentParameters(state)
  }

  /// The current weights for evaluation: the running mean if there is one, otherwise the epoch's
  /// own.
  package func currentParameters(_ state: TrainingState) -> Parameters {
    state.average ?? state.parameters
  }

  /// Predicts the given utterances with `parameters`.
  package func outputs(
    for positions: [Int], _ parameters: Parameters, threads: Int
  ) throws -> [NetworkOutput] {
    try deviceOutputs(for: positions, parameters)
      ?? network.outputs(for: positions, assembly, parameters, threads: threads)
  }

  private func runEpoch(
    _ state: inout TrainingState, _ feed: BatchFeed, _ training: DeviceTraining?,
    threads: () -> Int, afterStep: (_ state: () throws -> TrainingState) throws -> Void
  ) throws {
    let clock = ContinuousClock()
    var start = clock.now
    let epoch = state.epochs.count + 1
    let order = self.order(ofEpoch: epoch)
    let steps = order.steps
    let schedule = Schedule(settings.training, stepsPerEpoch: steps)
    var (done, factor) = (state.partial ?? PartialEpoch(), 1.0)
    func takeTime() {
      done.seconds += (clock.now - start) / .seconds(1)
      start = clock.now
    }
    for step in done.steps..<steps {
      let threads = threads()
      let batch = try feed.batch(order, step, threads: threads)
      let random = order.random.split("step \(step)")
      if let training {
        factor = try training.startStep(
          on: batch, schedule, share: Double(batch.targets.rows) / Double(order.count),
          random: random, statistics: &done)
      } else {
        let result = try state.takeStep(
          of: network, on: batch, settings, schedule, random: random, threads: threads)
        factor = result.factor
        done.add(
          result.terms, correct: result.correct, norm: result.gradientNorm,
          share: Double(batch.targets.rows) / Double(order.count))
      }
      // The end of the epoch follows the last step at once, and saves the state itself.
      guard step + 1 < steps else { break }
      takeTime()
      try afterStep {
        try training?.finish(statistics: &done, state: &state)
        state.partial = done
        return state
      }
    }
    try training?.finish(statistics: &done, state: &state)
    state.partial = nil
    for (name, tensor) in state.parameters.named where !tensor.sumOfSquares.isFinite {
      throw TrainingError.diverged(
        epoch: epoch, step: steps, term: "weight \(name)", value: tensor.sumOfSquares)
    }
    let validation = try validationAccuracy(&state, epoch: epoch, threads: threads())
    takeTime()
    state.epochs.append(
      EpochRecord(
        epoch: epoch, losses: done.losses,
        trainingAccuracy: Double(done.correct) / Double(order.count),
        learningRate: factor * settings.training.learningRate,
        centerLearningRate: factor * settings.training.centerLearningRate,
        gradientNorm: done.norms / Double(steps), validationAccuracy: validation,
        seconds: done.seconds))
  }

  /// Scores the held-out speakers, if any, and keeps the weights if they are the best so far. The
  /// earlier epoch wins a tie.
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

/// What a training does after a step.
package enum Pause: Sendable {
  /// Continue.
  case none
  /// Save the state and continue.
  case keep
  /// Save the state and stop.
  case stop
}

/// The training stopped on request and saved its state.
package struct TrainingStopped: Error, Equatable { package init() {} }

/// An error that ends a training.
package enum TrainingError: Error, Equatable, Sendable {
  case diverged(epoch: Int, step: Int, term: String, value: Double)
}

extension TrainingError: CustomStringConvertible {
  package var description: String {
    finding + "; lower training.learning_rate or set training.gradient_clip"
  }

  /// What happened, without advice.
  package var finding: String {
    switch self {
    case .diverged(let epoch, let step, let term, let value):
      "training diverged in epoch \(epoch), step \(step): \(term) is \(value), expected a finite "
        + "number"
    }
  }

  /// What happened and which settings may have caused it: those far from their defaults, if any.
  package func description(under settings: VariantSettings) -> String {
    let unusual = settings.unusual
    if unusual.isEmpty { return description }
    // The description blames the learning rate only if no other setting is unusual.
    let isRate = unusual.contains { $0.hasPrefix("training.learning_rate ") }
    return (isRate ? description : finding) + "; unusual settings: "
      + unusual.joined(separator: ", ")
  }
}
