// What a checkpoint's `config.json` says of its network: WavLM, HuBERT and wav2vec 2.0 share one
// shape, with a few switches.

/// The shape of a pretrained speech transformer, by the names of its `config.json`.
package struct TransformerConfiguration: Sendable, Equatable {
  /// Which of the three networks.
  package enum Family: String, Sendable, CaseIterable {
    /// Gated relative position bias (Chen et al. 2022).
    case wavlm
    /// Hsu et al. 2021.
    case hubert
    /// Baevski et al. 2020.
    case wav2vec2
  }
  /// What is normalised in the convolutional feature encoder.
  package enum EncoderNorm: String, Sendable, CaseIterable {
    /// Each channel of the first convolution, over all its frames (base models).
    case group
    /// Each frame of every convolution (large models).
    case layer
  }

  /// `model_type`.
  package var family: Family
  /// Features of a frame, D: `hidden_size`.
  package var width: Int
  /// Transformer layers, L: `num_hidden_layers`.
  package var layers: Int
  /// `num_attention_heads`, a divisor of D.
  package var heads: Int
  /// Hidden units of a feed-forward block: `intermediate_size`.
  package var feedForward: Int
  /// `layer_norm_eps`; the norms inside the feature encoder use 1e-5 whatever this is.
  package var epsilon: Float
  /// `do_stable_layer_norm`: whether norms stand before attention and feed-forward (large models).
  package var normalizesFirst: Bool
  /// `feat_extract_norm`.
  package var encoderNorm: EncoderNorm
  /// Channels of each convolution of the feature encoder: `conv_dim`.
  package var convolutionChannels: [Int]
  /// `conv_kernel`.
  package var convolutionKernels: [Int]
  /// `conv_stride`.
  package var convolutionStrides: [Int]
  /// `conv_bias`.
  package var convolutionBias: Bool
  /// `feat_proj_layer_norm` of HuBERT; true for the others.
  package var normalizesProjection: Bool
  /// Taps of the convolutional position embedding: `num_conv_pos_embeddings`.
  package var positionKernel: Int
  /// `num_conv_pos_embedding_groups`.
  package var positionGroups: Int
  /// Buckets of WavLM's relative positions: `num_buckets`.
  package var positionBuckets: Int
  /// Distance from which on all positions share a bucket, frames: `max_bucket_distance`.
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

  /// Returns how many frames a recording becomes: `⌊(n - kernel) / stride⌋ + 1` through every
  /// convolution; 0 for one that is too short.
  package func frameCount(samples: Int) -> Int {
    zip(convolutionKernels, convolutionStrides).reduce(samples) { length, convolution in
      length < convolution.0 ? 0 : (length - convolution.0) / convolution.1 + 1
    }
  }
}
