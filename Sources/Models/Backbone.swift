// What stands between an utterance and its frames: one protocol, so that a pretrained backbone
// joins without the trainer noticing.
package import Autograd
package import Layers
package import Tensors

/// A network that turns packed input sequences into packed frames of D features.
package protocol Backbone: Sendable {
  /// Features of a frame, D.
  var width: Int { get }

  /// Returns the frames of each sequence alone: nothing flows between sequences, and there is no
  /// padding that could flow.
  ///
  /// - Parameters:
  ///   - input: what the backbone reads, all sequences end to end: `[N, F]` features, or `[N, 1]`
  ///     samples.
  ///   - sequences: the lengths of the sequences, N in all.
  /// - Returns: `[M, D]` and the lengths of the sequences in frames, M in all.
  func frames(
    of input: Variable, _ sequences: Ragged, _ pass: Pass
  ) -> (frames: Variable, sequences: Ragged)
}

/// Frames as they come: nothing is computed, and nothing is trained.
struct GivenFrames: Backbone {
  let width: Int

  func frames(
    of input: Variable, _ sequences: Ragged, _ pass: Pass
  ) -> (frames: Variable, sequences: Ragged) { (input, sequences) }
}
