// The training of a fold on a device: several steps may wait for their results, so the host
// prepares the next batch while the device computes.
import Corpora
import Devices
import Evaluation
import Layers
import Models
import Randomness
import Settings
import Synchronization
import Tensors

/// A head in training, and the frames that stay on its device.
final class DeviceTraining {
  private let head: DeviceHead
  private let frames: HeldFrames.Held
  private let stepsPerEpoch: Int
  /// The share of each waiting step in its epoch.
  private var waiting: [Double] = []

  init(_ head: DeviceHead, _ frames: HeldFrames.Held, stepsPerEpoch: Int) {
    (self.head, self.frames, self.stepsPerEpoch) = (head, frames, stepsPerEpoch)
  }

  /// Starts the next step and returns the schedule's factor of both learning rates.
  ///
  /// - Parameters:
  ///   - share: the step's share of the epoch's utterances.
  ///   - statistics: receives the results of earlier steps when there are enough.
  func startStep(
    on batch: Batch, _ schedule: Schedule, share: Double, random: RandomStream,
    statistics: inout PartialEpoch
  ) throws -> Double {
    let factor = schedule.factor(atStep: head.steps)
    try head.startStep(
      on: HeadInput(batch, frames), targets: batch.targets, stored: frames.buffer, random: random,
      factor: factor)
    waiting.append(share)
    if waiting.count == DeviceHead.mostWaiting { try fetch(&statistics) }
    return factor
  }

  /// Waits for all steps and writes weights and optimiser into `state`.
  func finish(statistics: inout PartialEpoch, state: inout TrainingState) throws {
    try fetch(&statistics)
    try head.store(in: &state)
  }

  /// - Throws: `TrainingError.diverged` for the first step whose losses or gradient are not finite.
  private func fetch(_ statistics: inout PartialEpoch) throws {
    let first = head.steps - waiting.count
    let results = try head.finishSteps()
    defer { waiting = [] }
    for (index, (result, share)) in zip(results, waiting).enumerated() {
      let step = first + index
      let values = result.terms.named + [("gradient norm", result.gradientNorm)]
      for (name, value) in values where !value.isFinite {
        throw TrainingError.diverged(
          epoch: step / stepsPerEpoch + 1, step: step % stepsPerEpoch + 1, term: name,
          value: value)
      }
      statistics.add(
        result.terms, correct: result.correct, norm: result.gradientNorm, share: share)
    }
  }
}

/// The frames of unchanged utterances on a device, uploaded once for all epochs and evaluations of
/// a fold.
final class HeldFrames: Sendable {
  /// Which frames are on the device.
  struct Held: Sendable {
    let buffer: DeviceBuffer?
    /// The first row of each utterance, by position.
    let rows: [Int: Int]
  }

  private let held = Mutex<Held?>(nil)
  private let most: Int

  /// - Parameter most: the greatest number of frames.
  init(most: Int) { self.most = min(most, Int(Int32.max)) }

  /// Returns the frames of as many of the utterances as fit into half of the free memory. The first
  /// call uploads them.
  func held(
    on device: Device, _ corpus: PreparedCorpus, _ positions: [Int], columns: Int
  ) throws -> Held {
    try held.withLock { held in
      if let held { return held }
      let limit = min(device.freeMemory / 2 / (4 * max(1, columns)), most)
      var (rows, count): ([Int: Int], Int) = ([:], 0)
      for position in positions where rows[position] == nil {
        let frames = try corpus.frames(position)
        guard frames.columns == columns, count + frames.rows <= limit else { continue }
        rows[position] = count
        count += frames.rows
      }
      let made = try upload(rows, count, to: device, corpus, positions, columns: columns)
      held = made
      return made
    }
  }

  private func upload(
    _ rows: [Int: Int], _ count: Int, to device: Device, _ corpus: PreparedCorpus,
    _ positions: [Int], columns: Int
  ) throws -> Held {
    let nothing = Held(buffer: nil, rows: [:])
    guard count > 0 else { return nothing }
    let buffer: DeviceBuffer
    do throws(DeviceError) {
      buffer = try device.buffer(floats: count * columns)
    } catch {
      // Another process took the memory. The frames then travel with each batch.
      if case .outOfMemory = error { return nothing }
      throw error
    }
    for position in positions {
      guard let row = rows[position] else { continue }
      try device.upload(try corpus.frames(position), to: buffer, at: row * columns)
    }
    return Held(buffer: buffer, rows: rows)
  }
}

extension HeadInput {
  /// The frames of a batch, of which some are on the device already.
  init(_ batch: Batch, _ held: HeldFrames.Held) {
    self.init(
      batch.shards.flatMap { shard in
        shard.frames.enumerated().map { index, frames in
          let row = shard.positions[index].flatMap { held.rows[$0] }
          return (row.map { .stored(row: $0) } ?? .sent(frames), frames.rows)
        }
      })
  }
}

extension Shard {
  /// The frames of each utterance.
  var frames: [Tensor] {
    if parts.count == sequences.count { return parts }
    let input = input
    return sequences.lengths.indices.map {
      input.rows(sequences.offsets[$0]..<sequences.offsets[$0 + 1])
    }
  }
}

extension FoldTraining {
  /// The number of utterances that a device predicts at once. Their bits do not depend on it.
  private static let predictedTogether = 16

  /// Whether a device trains.
  private var needsDevice: Bool { settings.training.arithmetic == .gpuFloat32 }

  private func head(_ parameters: Parameters) throws -> (DeviceHead, HeldFrames.Held) {
    let head = try DeviceHead(device ?? Device.ofThisProcess(), parameters, settings)
    let frames = try heldFrames.held(
      on: head.device, assembly.corpus, partition.training + partition.validation,
      columns: head.shape.columns)
    return (head, frames)
  }

  /// Brings a training to its device; nil if the CPU trains.
  func deviceTraining(from state: TrainingState) throws -> DeviceTraining? {
    guard needsDevice else { return nil }
    let (head, frames) = try head(state.parameters)
    try head.load(state)
    return DeviceTraining(head, frames, stepsPerEpoch: order(ofEpoch: 1).steps)
  }

  /// Predicts on the device that trains; nil if the CPU trains.
  func deviceOutputs(
    for positions: [Int], _ parameters: Parameters
  ) throws -> [NetworkOutput]? {
    guard needsDevice else { return nil }
    let (head, frames) = try head(parameters)
    return try stride(from: 0, to: positions.count, by: Self.predictedTogether).flatMap { start in
      let end = min(start + Self.predictedTogether, positions.count)
      let batch = try assembly.plainBatch(Array(positions[start..<end]))
      return try head.outputs(of: HeadInput(batch, frames), stored: frames.buffer)
    }
  }
}
