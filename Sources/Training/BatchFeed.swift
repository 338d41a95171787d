// Gives a training its batches. With a source on a device, it assembles them ahead: one call of the
// source computes the mixtures of several steps, while earlier batches train on the CPU.
import Corpora
package import Models
import Randomness
package import Settings
import Synchronization
import Threads

/// How many batches a training assembles ahead of their steps. Its result does not depend on it.
package enum BatchesAhead: Sendable, Equatable {
  /// None. Each batch is assembled when its step begins.
  case none
  /// As many as the source of frames prefers to compute in one call; none for a source on the CPU.
  case asSourcePrefers
  /// As many at once as have mixtures of this many samples, and at least one.
  case samples(Int)

  /// Returns about how many bytes the batches ahead take: those of the group in use and of the next
  /// one. It is 0 for a source on the CPU.
  ///
  /// - Parameter frames: the mean number of frames of an utterance.
  package static func memory(
    frames: Int, columns: Int, source: (any FrameSource)?, _ settings: VariantSettings
  ) -> Int {
    guard let samples = source?.preferredSamples else { return 0 }
    let utterance = 4.0 * Double(frames) * Double(columns)
    let step = utterance * Double(settings.training.batchSize)
    // A frame is 320 samples long. Utterances that stay unmixed come on top.
    let mixed = settings.augmentation.mixup == .none ? 0 : settings.augmentation.mixProbability
    let wanted = Double(samples) / 320 * 4 * Double(columns) / max(mixed, 1e-3)
    return Int(2 * max(step, min(wanted, Double(BatchesOfSteps.byteLimit))))
  }
}

/// The batches of a training, in the order of its steps.
final class BatchFeed {
  private let training: FoldTraining
  private let ahead: LookAhead<BatchesOfSteps.Made>?
  private let threads: SharedThreads

  /// Starts to assemble the batches that follow a state, if any are wanted ahead.
  init(_ training: FoldTraining, from state: TrainingState, _ choice: BatchesAhead) {
    let threads = SharedThreads()
    self.training = training
    self.threads = threads
    let samples: Int? =
      switch choice {
      case .none: nil
      case .asSourcePrefers: training.assembly.corpus.supply?.source.preferredSamples
      case .samples(let count): count
      }
    guard let samples else {
      ahead = nil
      return
    }
    let steps = BatchesOfSteps(training, from: state, samples: samples)
    ahead = LookAhead { isStopped in
      steps.next(threads: threads.count.load(ordering: .relaxed), isStopped: isStopped)
    }
  }

  /// Returns the batch of a step.
  ///
  /// - Throws: what assembling this batch threw.
  func batch(_ order: EpochOrder, _ step: Int, threads: Int) throws -> Batch {
    self.threads.count.store(threads, ordering: .relaxed)
    if let made = ahead?.next(), made.epoch == order.epoch, made.step == step {
      return try made.batch.get()
    }
    return try training.batch(order, step, threads: threads)
  }

  /// Ends the assembling. Batches that no step has taken are dropped.
  func stop() { ahead?.stop() }
}

/// The number of threads that assemble batches. The training sets it before each step.
private final class SharedThreads: Sendable {
  let count = Atomic(1)
}

extension FoldTraining {
  /// Assembles the batch of a step.
  package func batch(_ order: EpochOrder, _ step: Int, threads: Int) throws -> Batch {
    try assembly.trainingBatch(
      order.positions(ofStep: step), partners: partition.training, random: order.examples,
      threads: threads)
  }
}

/// Assembles the batches of successive steps in groups.
final class BatchesOfSteps: Sendable {
  /// The batch of a step, or why it could not be assembled.
  struct Made: Sendable {
    let epoch: Int
    let step: Int
    let batch: Result<Batch, any Error>

    init(_ place: StepSequence.Place, _ batch: Result<Batch, any Error>) {
      (epoch, step, self.batch) = (place.order.epoch, place.step, batch)
    }
  }

  private struct State {
    var steps: StepSequence
    /// Whether a whole group has failed. Each group then has one step.
    var hasFailed = false
  }
  private let training: FoldTraining
  private let samples: Int
  private let state: Mutex<State>

  /// The frames of a group take no more than this, unless those of a single step do.
  static let byteLimit = 256_000_000

  /// - Parameter samples: a group is complete when its mixtures have this many samples.
  init(_ training: FoldTraining, from state: TrainingState, samples: Int) {
    self.training = training
    self.samples = samples
    self.state = Mutex(State(steps: StepSequence(training, from: state)))
  }

  /// Returns the next group, or nil after the last step.
  ///
  /// An error belongs to the step that caused it. If a group fails as a whole, its steps are
  /// therefore assembled one by one, as they are without look-ahead.
  func next(threads: Int, isStopped: () -> Bool) -> [Made]? {
    let (steps, drawn) = state.withLock { draw(&$0, threads: threads, isStopped) }
    guard !steps.isEmpty, !isStopped() else { return nil }
    if let supply = training.assembly.corpus.supply, !drawn.isEmpty {
      do {
        let batches = try training.assembly.batches(of: drawn, supply, threads: threads)
        return zip(steps, batches).map { Made($0, .success($1)) }
      } catch {
        if steps.count == 1 { return [Made(steps[0], .failure(error))] }
        state.withLock { $0.hasFailed = true }
      }
    }
    var made: [Made] = []
    for place in steps {
      let batch = Result { try training.batch(place.order, place.step, threads: threads) }
      made.append(Made(place, batch))
      if case .failure = batch { break }
    }
    return made
  }

  /// Takes the steps of a group and draws their mixtures.
  private func draw(
    _ state: inout State, threads: Int, _ isStopped: () -> Bool
  ) -> (steps: [StepSequence.Place], drawn: [BatchAssembly.Drawn]) {
    var (steps, drawn) = ([StepSequence.Place](), [BatchAssembly.Drawn]())
    let corpus = training.assembly.corpus
    var (count, bytes, greatest) = (0, 0, 0)
    while !isStopped(), let place = state.steps.next() {
      steps.append(place)
      guard corpus.supply != nil, !state.hasFailed else { break }
      let positions = place.order.positions(ofStep: place.step)
      drawn.append(
        training.assembly.draw(
          positions, partners: training.partition.training,
          random: place.order.examples, threads: threads))
      let own = positions.reduce(0) { $0 + 4 * corpus.features * corpus.frameCount($1) }
      (count, bytes, greatest) = (
        count + (drawn.last?.samples ?? 0), bytes + own, max(greatest, own)
      )
      if count >= samples || bytes + greatest > Self.byteLimit { break }
    }
    return (steps, drawn)
  }
}
