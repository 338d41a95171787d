// Utterances ready for the network: packed, mixed, normalised and perturbed.
package import Tensors

/// Some utterances of a batch, packed one after the other. One thread encodes a shard.
package struct Shard: Sendable {
  /// The frames of all its utterances, `[N, F]`.
  package let input: Tensor
  /// The number of frames of each utterance, N in all.
  package let sequences: Ragged
  /// The statistics of each utterance, `[S, G]`. G may be 0.
  package let statistics: Tensor

  package init(input: Tensor, sequences: Ragged, statistics: Tensor) {
    precondition(
      input.rows == sequences.rows && statistics.rows == sequences.count,
      "input \(input.shape), statistics \(statistics.shape) for \(sequences.lengths)")
    (self.input, self.sequences, self.statistics) = (input, sequences, statistics)
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
