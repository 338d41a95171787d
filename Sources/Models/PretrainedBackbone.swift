// A pretrained speech transformer as one variant uses it: a frozen part, whose frames are computed
// once and kept, and a trained part on top of it.
package import Checkpoints

/// What of a transformer's hidden states a network reads.
package enum LayerChoice: String, Sendable, CaseIterable {
  /// The output of the last layer.
  case last
  /// `Σ softmax(a)ᵢ hᵢ` over the L + 1 hidden states, with trained weights a.
  case weighted
}

/// A checkpoint and what of it is trained.
package struct PretrainedBackbone: Sendable {
  package let checkpoint: Checkpoint
  package let layers: LayerChoice
  /// The first trained layer k: layers k … L - 1 are trained, and with 0 everything but the feature
  /// encoder; nil if the whole network is frozen.
  package let firstTrainedLayer: Int?
  /// Whether the activations within a trained layer are computed again for the gradient instead of
  /// being kept.
  package let recomputes: Bool

  package init(
    _ checkpoint: Checkpoint, layers: LayerChoice, firstTrainedLayer: Int?, recomputes: Bool
  ) {
    self.checkpoint = checkpoint
    self.layers = layers
    self.firstTrainedLayer = firstTrainedLayer
    self.recomputes = recomputes
  }
}
