// A pretrained speech transformer as one variant uses it: a frozen part, whose frames are computed
// once and kept, and a trained part on top of it.
package import Checkpoints
package import Layers
package import Settings
import Tensors

/// A checkpoint and what of it is trained.
package struct PretrainedBackbone: Sendable {
  package let weights: FrozenWeights
  package let layers: LayerChoice
  /// The first trained layer k: layers k … L - 1 are trained, and with 0 everything but the feature
  /// encoder; nil if the whole network is frozen.
  package let firstTrainedLayer: Int?
  /// Whether the activations within a trained layer are computed again for the gradient instead of
  /// being kept.
  package let recomputes: Bool
  /// What the frozen part's convolutions and linear maps compute with.
  package let arithmetic: FrozenArithmetic

  package var checkpoint: Checkpoint { weights.checkpoint }

  /// - Parameter weights: shared by all variants that use the checkpoint.
  /// - Throws: `PretrainedBackboneError` if the first trained layer is none of the network's.
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

  /// Raised whenever the same weights would give frames of other bits, so that frames which an
  /// older program kept are not taken for this one's.
  private static let revision = 2

  /// The frozen part: waveforms at 16 kHz in, frames out.
  package var source: any FrameSource {
    FrozenTransformer(
      weights: weights, states: states, arithmetic: arithmetic == .int16 ? .int16 : .float32,
      fingerprint: checkpoint.fingerprint + " " + states.description
        + (arithmetic == .int16 ? " int16" : "") + " revision \(Self.revision)")
  }

  /// What of the frozen part's states the trained part reads.
  var states: FrozenStates {
    switch (firstTrainedLayer, layers) {
    case (nil, .last): .last
    case (nil, .weighted): .all
    case (0, _): .features
    case (let first?, .last): .input(of: first)
    case (let first?, .weighted): .inputs(through: first)
    }
  }

  /// Makes the trained part, with parameters named `backbone.` and the checkpoint's names.
  ///
  /// - Parameter dropout: the rate behind attention and feed-forward blocks.
  package func trained(dropout: Double = 0, in parameters: inout Parameters) -> any Backbone {
    TransformerBackbone(self, dropout: dropout, in: &parameters)
  }
}

/// What is wrong with the use of a pretrained network.
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
