// How sequences of unequal length share one matrix without padding: their frames lie end to end.
// Nothing is ever masked, because there is nothing to mask.

/// The lengths of the sequences packed into the rows of a matrix, in order.
package struct Ragged: Sendable, Equatable {
  /// Frames of each sequence.
  package let lengths: [Int]
  /// The row at which each sequence starts, and at the end the number of rows.
  package let offsets: [Int]

  /// Packs sequences of the given lengths, each at least 1.
  package init(_ lengths: [Int]) {
    precondition(lengths.allSatisfy { $0 > 0 }, "a sequence without frames in \(lengths)")
    self.lengths = lengths
    offsets = lengths.reduce(into: [0]) { $0.append($0.last! + $1) }
  }

  /// How many sequences there are.
  package var count: Int { lengths.count }
  /// How many rows they fill together.
  package var rows: Int { offsets[offsets.count - 1] }
}
