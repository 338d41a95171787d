// A frozen network on a device: its weights, its working memory and its forward pass.
import Autograd
import Checkpoints
import Devices
import Synchronization
import Settings
import Tensors

/// A checkpoint on a device, shared by all variants and threads of the process. One call computes
/// at a time.
package final class DeviceNetwork: Sendable {
  let checkpoint: Checkpoint
  let device: Device
  private let memory: Mutex<Memory>

  /// What the device holds. Handles of the driver are used under the lock alone.
  private struct Memory: @unchecked Sendable {
    var weights: DeviceWeights?
    var workspace: DeviceWorkspace
    /// WavLM's position bias and the greatest number of frames that it serves.
    var positions: (longest: Int, bias: DeviceBuffer)?
  }

  init(_ checkpoint: Checkpoint, on device: Device) {
    (self.checkpoint, self.device) = (checkpoint, device)
    memory = Mutex(Memory(workspace: DeviceWorkspace(device)))
  }

  /// The greatest number of samples computed at once: 64 recordings of 4 s.
  static let samplesAtOnce = 64 * 4 * 16_000

  /// The samples that keep a device busy: 2 s of audio for each multiprocessor. An H200 has 132 of
  /// them, and gains nothing beyond `samplesAtOnce`.
  static func samples(forMultiprocessors count: Int) -> Int {
    min(samplesAtOnce, max(1, min(count, 1024)) * 2 * 16_000)
  }

  /// Returns the states of recordings, `[frames, columns]` each. Their bits depend neither on the
  /// other recordings nor on how the list is divided.
  func frames(
    of recordings: [[Float]], _ states: FrozenStates, _ arithmetic: FrozenArithmetic
  ) throws(DeviceError) -> [Tensor] {
    let result = memory.withLock { memory -> Result<[Tensor], DeviceError> in
      do throws(DeviceError) {
        return .success(try frames(of: recordings, states, arithmetic, &memory))
      } catch {
        // The next call starts afresh.
        memory.workspace.clear()
        return .failure(error)
      }
    }
    return try result.get()
  }

  private func frames(
    of recordings: [[Float]], _ states: FrozenStates, _ arithmetic: FrozenArithmetic,
    _ memory: inout Memory
  ) throws(DeviceError) -> [Tensor] {
    let weights: DeviceWeights
    if let known = memory.weights {
      weights = known
    } else {
      weights = try DeviceWeights(checkpoint, on: device)
      memory.weights = weights
    }
    let operations = DeviceOperations(device: device, arithmetic: arithmetic)
    let configuration = checkpoint.configuration
    var frames: [Tensor] = []
    for group in Self.groups(recordings.map(\.count)) {
      let batch = DeviceBatch(recordings[group].map(\.count), configuration)
      if configuration.family == .wavlm, memory.positions?.longest ?? 0 < batch.longest {
        memory.positions = (
          batch.longest, try positionBias(longest: batch.longest)
        )
      }
      let tables = try DeviceTables(batch, configuration, &memory.workspace, device)
      var pass = DevicePass(
        operations: operations, configuration: configuration, weights: weights, batch: batch,
        positions: memory.positions, tables: tables, workspace: memory.workspace)
      defer { memory.workspace = pass.workspace }
      frames += try pass.frames(
        of: Array(recordings[group]), states, normalizes: checkpoint.normalizesInput)
    }
    return frames
  }

  /// Divides recordings into groups that are computed at once.
  static func groups(_ lengths: [Int]) -> [Range<Int>] {
    var (groups, start, size) = ([Range<Int>](), 0, 0)
    for (index, length) in lengths.enumerated() {
      if index > start, size + length > samplesAtOnce {
        groups.append(start..<index)
        (start, size) = (index, 0)
      }
      size += length
    }
    return start < lengths.count ? groups + [start..<lengths.count] : groups
  }

  private func positionBias(longest: Int) throws(DeviceError) -> DeviceBuffer {
    let configuration = checkpoint.configuration
    let table = checkpoint.tensor(Transformer.positionTable)
    let buckets = PositionBuckets(
      count: configuration.positionBuckets,
      greatestDistance: configuration.greatestPositionDistance)
    let bias = Tape(recording: false).relativePositions(
      Variable(constant: table), buckets, longest: longest)
    return try device.buffer(bias.value)
  }
}

/// Where the recordings of a batch lie in the buffers of a pass.
///
/// Waveforms lie one after the other, each from a multiple of the encoder's total stride on. Each
/// convolution is then one product over the whole buffer. Its rows that span two recordings are
/// computed, and nobody reads them.
struct DeviceBatch {
  /// The samples of each recording.
  let samples: [Int]
  /// The first sample of each recording.
  let starts: [Int]
  /// The samples of the buffer.
  let total: Int
  /// The frames of the recordings.
  let sequences: Ragged
  /// For each convolution: its output rows in the buffer, and the first row and the rows of each
  /// recording.
  let layers: [(rows: Int, starts: [Int], lengths: [Int])]
  /// The greatest number of frames of a recording.
  let longest: Int

  init(_ samples: [Int], _ configuration: TransformerConfiguration) {
    let strides = configuration.convolutionStrides
    let stride = strides.reduce(1, *)
    let rows = samples.map { ($0 + stride - 1) / stride }
    starts = rows.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }.dropLast().map {
      $0 * stride
    }
    total = rows.reduce(0, +) * stride
    self.samples = samples
    var (layers, lengths, factor) = (
      [(rows: Int, starts: [Int], lengths: [Int])](), samples, 1
    )
    for (kernel, step) in zip(configuration.convolutionKernels, strides) {
      factor *= step
      lengths = lengths.map { $0 < kernel ? 0 : ($0 - kernel) / step + 1 }
      layers.append((total / factor, starts.map { $0 / factor }, lengths))
    }
    self.layers = layers
    sequences = Ragged(lengths)
    longest = lengths.max() ?? 0
  }
}
