// The protocol between an utterance's input and its frames. The trainer treats compact and
// pretrained backbones alike.
package import Autograd
package import Layers
package import Tensors

/// A network that turns packed input sequences into packed frames of D features.
package protocol Backbone: Sendable {
  /// The number of features of a frame, D.
  var width: Int { get }

  /// Returns the frames of each sequence. Sequences do not affect one another, and there is no
  /// padding.
  ///
  /// - Parameters:
  ///   - input: all sequences one after the other: `[N, F]` features, or `[N, 1]` samples.
  ///   - sequences: their lengths, N in all.
  /// - Returns: `[M, D]` and the lengths of the sequences in frames, M in all.
  func frames(
    of input: Variable, _ sequences: Ragged, _ pass: Pass
  ) -> (frames: Variable, sequences: Ragged)
}

/// Passes its input frames on unchanged. It computes and trains nothing.
struct GivenFrames: Backbone {
  let width: Int

  func frames(
    of input: Variable, _ sequences: Ragged, _ pass: Pass
  ) -> (frames: Variable, sequences: Ragged) { (input, sequences) }
}
