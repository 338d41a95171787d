// The network described by a checkpoint's `config.json`. WavLM, HuBERT and wav2vec 2.0 share one
// shape with a few switches.

/// The shape of a pretrained speech transformer, with the keys of its `config.json`.
package struct TransformerConfiguration: Sendable, Equatable {
  /// The supported networks.
  package enum Family: String, Sendable, CaseIterable {
    /// Gated relative position bias (Chen et al. 2022).
    case wavlm
    /// Hsu et al. 2021.
    case hubert
    /// Baevski et al. 2020.
    case wav2vec2
  }
  /// The axis of normalisation in the convolutional feature encoder.
  package enum EncoderNorm: String, Sendable, CaseIterable {
    /// Each channel of the first convolution, over all frames (base models).
    case group
    /// Each frame of every convolution (large models).
    case layer
  }

  /// The kind of network: `model_type`.
  package var family: Family
  /// The number of features of a frame, D: `hidden_size`.
  package var width: Int
  /// The number of transformer layers, L: `num_hidden_layers`.
  package var layers: Int
  /// The number of attention heads, a divisor of D: `num_attention_heads`.
  package var heads: Int
  /// The number of hidden units of a feed-forward block: `intermediate_size`.
  package var feedForward: Int
  /// The ε of layer norms: `layer_norm_eps`. The norms in the feature encoder always use 1e-5.
  package var epsilon: Float
  /// Whether norms precede attention and feed-forward blocks (large models):
  /// `do_stable_layer_norm`.
  package var normalizesFirst: Bool
  /// The norm of the feature encoder: `feat_extract_norm`.
  package var encoderNorm: EncoderNorm
  /// The channels of each convolution of the feature encoder: `conv_dim`.
  package var convolutionChannels: [Int]
  /// The kernels of these convolutions: `conv_kernel`.
  package var convolutionKernels: [Int]
  /// The strides of these convolutions: `conv_stride`.
  package var convolutionStrides: [Int]
  /// Whether these convolutions have biases: `conv_bias`.
  package var convolutionBias: Bool
  /// Whether the projection of frames is normalised: `feat_proj_layer_norm` of HuBERT, true for
  /// others.
  package var normalizesProjection: Bool
  /// The taps of the convolutional position embedding: `num_conv_pos_embeddings`.
  package var positionKernel: Int
  /// The groups of the convolutional position embedding: `num_conv_pos_embedding_groups`.
  package var positionGroups: Int
  /// The number of buckets of WavLM's relative positions: `num_buckets`.
  package var positionBuckets: Int
  /// The distance in frames from which all positions share a bucket: `max_bucket_distance`.
  package var greatestPositionDistance: Int

  package init(
    family: Family, width: Int, layers: Int, heads: Int, feedForward: Int, epsilon: Float,
    normalizesFirst: Bool, encoderNorm: EncoderNorm, convolutionChannels: [Int],
    convolutionKernels: [Int], convolutionStrides: [Int], convolutionBias: Bool,
    normalizesProjection: Bool, positionKernel: Int, positionGroups: Int, positionBuckets: Int,
    greatestPositionDistance: Int
  ) {
    self.family = family
    self.width = width
    self.layers = layers
    self.heads = heads
    self.feedForward = feedForward
    self.epsilon = epsilon
    self.normalizesFirst = normalizesFirst
    self.encoderNorm = encoderNorm
    self.convolutionChannels = convolutionChannels
    self.convolutionKernels = convolutionKernels
    self.convolutionStrides = convolutionStrides
    self.convolutionBias = convolutionBias
    self.normalizesProjection = normalizesProjection
    self.positionKernel = positionKernel
    self.positionGroups = positionGroups
    self.positionBuckets = positionBuckets
    self.greatestPositionDistance = greatestPositionDistance
  }

  /// Returns the number of frames of a recording: `⌊(n - kernel) / stride⌋ + 1` for each
  /// convolution in turn. Returns 0 for a recording that is too short.
  package func frameCount(samples: Int) -> Int {
    zip(convolutionKernels, convolutionStrides).reduce(samples) { length, convolution in
      length < convolution.0 ? 0 : (length - convolution.0) / convolution.1 + 1
    }
  }
}
