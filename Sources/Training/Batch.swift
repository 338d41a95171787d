// Utterances ready for the network: packed, mixed, normalised and perturbed.
package import Tensors

/// Some utterances of a batch, packed one after the other. One thread encodes a shard.
package struct Shard: Sendable {
  /// The frames of the utterances, of each by itself or of all together.
  let parts: [Tensor]
  /// The position in the corpus of each utterance whose frames are unchanged, and nil for others.
  let positions: [Int?]
  /// The frames of all its utterances, `[N, F]`.
  package var input: Tensor { parts.count == 1 ? parts[0] : .stacked(parts) }
  /// The number of frames of each utterance, N in all.
  package let sequences: Ragged
  /// The statistics of each utterance, `[S, G]`. G may be 0.
  package let statistics: Tensor
  /// Whether the input has one row for each utterance: its pooled frames.
  package let arePooled: Bool

  package init(
    input: Tensor, sequences: Ragged, statistics: Tensor, arePooled: Bool = false
  ) {
    precondition(
      input.rows == sequences.rows && statistics.rows == sequences.count,
      "input \(input.shape), statistics \(statistics.shape) for \(sequences.lengths)")
    (parts, self.sequences, self.statistics) = ([input], sequences, statistics)
    positions = [Int?](repeating: nil, count: sequences.count)
    self.arePooled = arePooled
  }

  /// - Parameters:
  ///   - parts: the frames of each utterance.
  ///   - positions: its position in the corpus if its frames are unchanged.
  init(parts: [Tensor], positions: [Int?], statistics: Tensor, arePooled: Bool) {
    precondition(
      parts.count == positions.count && statistics.rows == parts.count,
      "\(parts.count) utterances, \(positions.count) positions, statistics \(statistics.shape)")
    (self.parts, self.positions, self.statistics) = (parts, positions, statistics)
    sequences = Ragged(parts.map(\.rows))
    self.arePooled = arePooled
  }

  /// The number of utterances in a shard. It determines the order in which gradients are added, and
  /// so their last bits. The number of threads does not.
  package static let size = 8
}

/// A batch: its utterances in shards, and the label distribution of each.
package struct Batch: Sendable {
  package let shards: [Shard]
  /// `[B, K]`, in the order of the shards' utterances.
  package let targets: Tensor

  package init(shards: [Shard], targets: Tensor) {
    let count = shards.reduce(0) { $0 + $1.sequences.count }
    precondition(count == targets.rows, "\(targets.rows) targets for \(count) utterances")
    (self.shards, self.targets) = (shards, targets)
  }
}
