// Sequences of unequal length share one matrix without padding: their frames follow one another. No
// masks are needed.

/// The lengths of the sequences packed into the rows of a matrix, in order.
package struct Ragged: Sendable, Equatable {
  /// The number of frames of each sequence.
  package let lengths: [Int]
  /// The first row of each sequence, followed by the number of rows.
  package let offsets: [Int]

  /// Packs sequences of the given lengths, each at least 1.
  package init(_ lengths: [Int]) {
    precondition(lengths.allSatisfy { $0 > 0 }, "a sequence without frames in \(lengths)")
    self.lengths = lengths
    offsets = lengths.reduce(into: [0]) { $0.append($0.last! + $1) }
  }

  /// The number of sequences.
  package var count: Int { lengths.count }
  /// The number of rows of all sequences together.
  package var rows: Int { offsets[offsets.count - 1] }
}
