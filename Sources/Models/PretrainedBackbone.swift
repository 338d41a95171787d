// A pretrained speech transformer as used by one variant: a frozen part, whose frames are computed
// once and stored, and a trained part on top of it.
package import Checkpoints
package import Layers
package import Settings
import Tensors

/// A checkpoint and the choice of trained layers.
package struct PretrainedBackbone: Sendable {
  package let weights: FrozenWeights
  package let layers: LayerChoice
  /// The first trained layer k. Layers k … L - 1 are trained. With 0, everything but the feature
  /// encoder is trained. With nil, the whole network is frozen.
  package let firstTrainedLayer: Int?
  /// Whether the gradient recomputes the activations of trained layers instead of storing them.
  package let recomputes: Bool
  /// The arithmetic of the frozen part's convolutions and linear maps.
  package let arithmetic: FrozenArithmetic

  package var checkpoint: Checkpoint { weights.checkpoint }

  /// - Parameter weights: shared by all variants that use the checkpoint.
  /// - Throws: `PretrainedBackboneError` if the network has no such first trained layer.
  package init(
    _ weights: FrozenWeights, layers: LayerChoice, firstTrainedLayer: Int?, recomputes: Bool,
    arithmetic: FrozenArithmetic = .float32
  ) throws {
    let count = weights.checkpoint.configuration.layers
    if let first = firstTrainedLayer, !(0..<count).contains(first) {
      throw PretrainedBackboneError.noSuchLayer(first, layers: count)
    }
    self.weights = weights
    self.layers = layers
    self.firstTrainedLayer = firstTrainedLayer
    self.recomputes = recomputes
    self.arithmetic = arithmetic
  }

  /// Increased whenever the same weights give frames with other bits, so that stored frames of an
  /// older program are not reused.
  private static let revision = 2

  /// The frozen part: 16 kHz waveforms in, frames out.
  package var source: any FrameSource {
    FrozenTransformer(
      weights: weights, states: states, arithmetic: arithmetic == .int16 ? .int16 : .float32,
      fingerprint: checkpoint.fingerprint + " " + states.description
        + (arithmetic == .int16 ? " int16" : "") + " revision \(Self.revision)")
  }

  /// The states of the frozen part that the trained part reads.
  var states: FrozenStates {
    switch (firstTrainedLayer, layers) {
    case (nil, .last): .last
    case (nil, .weighted): .all
    case (0, _): .features
    case (let first?, .last): .input(of: first)
    case (let first?, .weighted): .inputs(through: first)
    }
  }

  /// Makes the trained part. Its parameters are named `backbone.` plus the checkpoint's names.
  ///
  /// - Parameter dropout: the rate after attention and feed-forward blocks.
  package func trained(dropout: Double = 0, in parameters: inout Parameters) -> any Backbone {
    TransformerBackbone(self, dropout: dropout, in: &parameters)
  }
}

/// An invalid use of a pretrained network.
package enum PretrainedBackboneError: Error, Equatable, CustomStringConvertible {
  case noSuchLayer(Int, layers: Int)

  package var description: String {
    switch self {
    case .noSuchLayer(let first, let layers):
      """
      model.trainable_from_layer: this backbone has layers 0 to \(layers - 1), found \(first); \
      give one of these, or -1 to train none
      """
    }
  }
}
