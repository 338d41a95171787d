// The steps of a training and their utterances. They follow from the training's random stream
// alone, so they are known before the training reaches them.
import Corpora
package import Randomness
import Settings

/// The order in which an epoch reads its utterances.
package struct EpochOrder: Sendable {
  /// Counted from 1.
  let epoch: Int
  /// The epoch's source of randomness.
  let random: RandomStream
  private let positions: [Int]
  private let batchSize: Int

  init(_ epoch: Int, of positions: [Int], batchSize: Int, random: RandomStream) {
    self.epoch = epoch
    self.random = random
    self.batchSize = batchSize
    var (order, orderRandom) = (positions, random.split("order"))
    orderRandom.shuffle(&order)
    self.positions = order
  }

  /// The source of what is drawn for each utterance: mixup, perturbation and noise.
  package var examples: RandomStream { random.split("examples") }
  /// The number of utterances.
  var count: Int { positions.count }
  /// The number of steps.
  package var steps: Int { (count + batchSize - 1) / batchSize }

  /// Returns the utterances of a step, counted from 0.
  package func positions(ofStep step: Int) -> [Int] {
    Array(positions[step * batchSize..<min((step + 1) * batchSize, count)])
  }
}

extension FoldTraining {
  /// Returns the order of an epoch, counted from 1.
  package func order(ofEpoch epoch: Int) -> EpochOrder {
    EpochOrder(
      epoch, of: partition.training, batchSize: settings.training.batchSize,
      random: random.split("epoch \(epoch)"))
  }
}

/// The steps of a training from one of them to the last of its last epoch.
struct StepSequence: Sendable {
  /// A step of an epoch, counted from 0.
  typealias Place = (order: EpochOrder, step: Int)

  private let training: FoldTraining
  private var order: EpochOrder
  private var step: Int

  /// The steps that follow a state.
  init(_ training: FoldTraining, from state: TrainingState) {
    self.training = training
    order = training.order(ofEpoch: state.epochs.count + 1)
    step = state.partial?.steps ?? 0
  }

  /// The next step, or nil after the last one.
  mutating func next() -> Place? {
    while step >= order.steps {
      guard order.epoch < training.settings.training.epochs, order.steps > 0 else { return nil }
      (order, step) = (training.order(ofEpoch: order.epoch + 1), 0)
    }
    guard order.epoch <= training.settings.training.epochs else { return nil }
    defer { step += 1 }
    return (order, step)
  }
}
