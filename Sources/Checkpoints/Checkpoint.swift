// A pretrained network's folder as Hugging Face lays it out, opened for reading.
package import Tensors

/// A checkpoint whose tensors lie in mapped files: opening reads headers alone.
package struct Checkpoint: Sendable {
  package let configuration: TransformerConfiguration
  /// Whether recordings are brought to mean 0 and variance 1 first: `do_normalize` of
  /// `preprocessor_config.json`; true without that file for models with layer-normalised encoders.
  package let normalizesInput: Bool
  /// SHA-256 over what determines the network's numbers: configuration and every tensor used, by
  /// name, shape and bytes as 32-bit floats' source type.
  private let digest: String
  private let tensors: [String: Tensor]

  package init(
    configuration: TransformerConfiguration, normalizesInput: Bool, fingerprint: String,
    tensors: [String: Tensor]
  ) {
    self.configuration = configuration
    self.normalizesInput = normalizesInput
    digest = fingerprint
    self.tensors = tensors
  }

  /// Returns a tensor by its name within the bare model, such as
  /// `encoder.layers.0.attention.q_proj.weight`, in PyTorch's shape. 32-bit floats are the mapped
  /// memory itself; 16-bit ones are converted by this call.
  ///
  /// The weight of the position convolution is found as `encoder.pos_conv_embed.conv.weight_g` and
  /// `.weight_v`, whichever names the file uses.
  ///
  /// - Precondition: the name is one that the configuration asks for; opening has checked that
  ///   these are all there, in their shapes.
  package func fingerprint() throws -> String { digest }
  package func forget(_ name: String) {}
  package func tensor(_ name: String) -> Tensor { tensors[name]! }
}
