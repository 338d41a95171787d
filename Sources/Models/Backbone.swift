// The protocol between an utterance's input and its frames. The trainer treats compact and
// pretrained backbones alike.
package import Autograd
package import Layers
package import Tensors

/// A network that turns packed input sequences into packed frames of D features.
package protocol Backbone: Sendable {
  /// The number of features of a frame, D.
  var width: Int { get }
  /// Whether frames are the input itself: nothing between them and the pooling is trained.
  var passesInputOn: Bool { get }

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

extension Backbone {
  package var passesInputOn: Bool { false }
}

/// Passes on frames that were computed elsewhere: unchanged, or a trained sum of several layers.
struct GivenFrames: Backbone {
  let width: Int
  private let layers: Int
  /// a of `Σ softmax(a)ᵢ hᵢ`, `[layers, 1]`.
  private let mixture: Parameters.ID?

  /// - Parameter layers: the number of layers side by side in a frame; nil for a frame that is
  ///   used as it is.
  init(width: Int, layers: Int?, in parameters: inout Parameters) {
    self.width = width
    self.layers = layers ?? 1
    mixture = layers.map { layers in
      parameters.add("backbone.layer_weights", .zeros([layers, 1]), decays: false)
    }
  }

  var passesInputOn: Bool { mixture == nil }

  func frames(
    of input: Variable, _ sequences: Ragged, _ pass: Pass
  ) -> (frames: Variable, sequences: Ragged) {
    guard let mixture else { return (input, sequences) }
    let shares = pass.tape.softmax(pass[mixture], within: Ragged([layers]))
    return (
      pass.tape.mixture(frozen: input.value, [], width: width, weights: shares), sequences
    )
  }
}
