// The integers that kernels need to find the recordings of a batch.
import Checkpoints
import Devices
import Tensors

/// Integers of 32 bits within a buffer.
struct DeviceTable {
  let buffer: DeviceBuffer
  /// The place of the first one.
  let offset: Int

  var argument: DeviceArgument { .buffer(buffer, offset: offset) }
}

/// All tables of a batch, in one buffer.
struct DeviceTables {
  /// The first sample and the number of samples of each recording.
  let sampleStarts: DeviceTable
  let sampleCounts: DeviceTable
  /// The same for the frames of the first convolution.
  let frameStarts: DeviceTable
  let frameCounts: DeviceTable
  /// The row of the encoder's last convolution for each frame.
  let encoded: DeviceTable
  /// See `PaddedRows`.
  let paddedSources: DeviceTable
  let paddedTargets: DeviceTable
  /// The first row and the sequence of each tile of attention, and the number of tiles.
  let tiles: DeviceTable
  let tileCount: Int
  /// The first row of each sequence, then the number of rows.
  let offsets: DeviceTable

  /// The number of queries in a tile of attention.
  private static let queries = 64

  init(
    _ batch: DeviceBatch, _ configuration: TransformerConfiguration,
    _ workspace: inout DeviceWorkspace, _ device: Device
  ) throws(DeviceError) {
    let sequences = batch.sequences
    let padded = PaddedRows(sequences, taps: configuration.positionKernel)
    var (tiles, encoded) = ([Int](), [Int]())
    for (index, length) in sequences.lengths.enumerated() {
      for start in stride(from: 0, to: length, by: Self.queries) {
        tiles += [sequences.offsets[index] + start, index]
      }
      let first = batch.layers.last?.starts[index] ?? 0
      encoded += first..<first + length
    }
    let parts: [[Int]] = [
      batch.starts, batch.samples, batch.layers.first?.starts ?? [],
      batch.layers.first?.lengths ?? [], encoded, padded.sources, padded.targets, tiles,
      sequences.offsets,
    ]
    var (values, places) = ([Int32](), [Int]())
    for part in parts {
      places.append(values.count)
      values += part.map(Int32.init(truncatingIfNeeded:))
    }
    let buffer = try workspace.floats("tables", values.count)
    try device.upload(values, to: buffer)
    func table(_ index: Int) -> DeviceTable { DeviceTable(buffer: buffer, offset: places[index]) }
    (sampleStarts, sampleCounts) = (table(0), table(1))
    (frameStarts, frameCounts) = (table(2), table(3))
    self.encoded = table(4)
    (paddedSources, paddedTargets) = (table(5), table(6))
    (self.tiles, tileCount) = (table(7), tiles.count / 2)
    offsets = table(8)
  }
}

/// The rows of a buffer in which zeros stand before and behind each sequence.
struct PaddedRows {
  /// For each padded row the row that it copies, or -1 for zeros.
  private(set) var sources: [Int] = []
  /// For each row the padded row from which its convolution begins.
  private(set) var targets: [Int] = []

  /// - Parameter taps: K. ⌊K / 2⌋ rows of zeros come before a sequence, and K - 1 in all.
  init(_ sequences: Ragged, taps: Int) {
    for (offset, length) in zip(sequences.offsets, sequences.lengths) {
      targets += sources.count..<sources.count + length
      sources += [Int](repeating: -1, count: taps / 2)
      sources += offset..<offset + length
      sources += [Int](repeating: -1, count: taps - 1 - taps / 2)
    }
  }
}
