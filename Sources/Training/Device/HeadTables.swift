// The numbers that describe a batch to the kernels of the head: lengths, labels, targets, and where
// the factors of each product begin. One upload carries them all.
// S sequences of T frames, N frames in all, H heads of E features, D = H · E.
import Devices
import Tensors

/// Numbers of several types, packed for one upload.
struct HeadWords {
  private(set) var words: [UInt64] = []

  /// Appends numbers and returns their place, counted in floats.
  mutating func add(_ values: [Int]) -> Int {
    let place = 2 * words.count
    words += values.map { UInt64(bitPattern: Int64($0)) }
    return place
  }

  /// Appends 32-bit numbers and returns their place, counted in floats.
  mutating func add(_ values: [UInt32]) -> Int {
    let place = 2 * words.count
    for index in stride(from: 0, to: values.count, by: 2) {
      let second = index + 1 < values.count ? values[index + 1] : 0
      words.append(UInt64(values[index]) | UInt64(second) << 32)
    }
    return place
  }

  mutating func add(integers values: [Int]) -> Int {
    add(values.map { UInt32(bitPattern: Int32(truncatingIfNeeded: $0)) })
  }

  mutating func add(floats values: [Float]) -> Int { add(values.map(\.bitPattern)) }
}

/// The sequences of a batch as the kernels see them.
struct HeadTables {
  let sequences: Ragged
  /// The longest sequence.
  let longest: Int
  /// The floats of all attention weights.
  let weights: Int
  var words = HeadWords()

  // Places in `words`.
  let sources, sequence, offsets, starts: Int
  /// Products of each sequence and head.
  let scores, queries, keys: Int
  /// Products of each sequence.
  let gathering, scattering, readout, spreading: Int
  /// Products of each head.
  let pooling, unpooling, valueWeights, valueReadout: Int

  /// - Parameter sources: the row of each frame among those that stay on the device, or -1 - its
  ///   row among those that were sent with the batch.
  init(_ sequences: Ragged, _ shape: HeadShape, sources: [Int]) {
    self.sequences = sequences
    let (d, h, e, count) = (shape.width, shape.heads, shape.features, sequences.count)
    longest = sequences.lengths.max() ?? 0
    var starts = [0]
    for length in sequences.lengths {
      starts.append(starts[starts.count - 1] + h * length * Self.pitch(length))
    }
    weights = starts[count]
    var tables = [[Int]](repeating: [], count: 11)
    for s in 0..<count where h > 0 {
      let (first, length) = (sequences.offsets[s], sequences.lengths[s])
      let pitch = Self.pitch(length)
      for head in 0..<h {
        let own = starts[s] + head * length * pitch
        let (query, key) = (first * 2 * d + head * e, first * 2 * d + d + head * e)
        tables[0] += [query, key, own, 0, length, length, e, pitch]
        tables[1] += [own, key, query, 0, length, e, length, pitch]
        tables[2] += [own, query, key, 0, length, e, length, pitch]
      }
      let share = (2 * h + 2) * first
      tables[3] += [share, first * d, s * d, 0, 2 * h + 2, d, length, length]
      tables[4] += [s * d, first * d, share, 0, 2 * h + 1, length, d, length]
      tables[5] += [first * d, first * (h + 1), s * d * (h + 1), 0, d, h + 1, length, 0]
      tables[6] += [share, s * d, first * d, 0, length, d, 2 * h + 2, length]
    }
    for head in 0..<h {
      let (block, place) = (head * 2 * count * d, 2 * d + head * e)
      tables[7] += [block, place, head * e, head * e, 2 * count, e, d, 0]
      tables[8] += [head * e, place, block, 0, 2 * count, d, e, 0]
      tables[9] += [block, head * e, place, 0, d, e, 2 * count, 0]
      tables[10] += [head, head * e, place, 0, d, e, 1, 0]
    }
    var words = HeadWords()
    let places = tables.map { words.add($0) }
    (scores, queries, keys) = (places[0], places[1], places[2])
    (gathering, scattering, readout, spreading) = (places[3], places[4], places[5], places[6])
    (pooling, unpooling, valueWeights) = (places[7], places[8], places[9])
    valueReadout = places[10]
    self.starts = words.add(starts)
    self.sources = words.add(integers: sources)
    sequence = words.add(
      integers: sequences.lengths.enumerated().flatMap { [Int](repeating: $0, count: $1) })
    offsets = words.add(integers: sequences.offsets)
    self.words = words
  }

  private static func pitch(_ length: Int) -> Int { (length + 3) / 4 * 4 }
}
