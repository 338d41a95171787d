// The tensors that a configuration requires, with their names in the bare model and PyTorch's
// shapes.

extension TransformerConfiguration {
  /// Every tensor of the network: name and shape.
  package var expectedTensors: [(name: String, shape: [Int])] {
    encoderTensors + frontTensors + (0..<layers).flatMap(layerTensors)
  }

  private var encoderTensors: [(name: String, shape: [Int])] {
    convolutionChannels.indices.flatMap { layer -> [(name: String, shape: [Int])] in
      let name = "feature_extractor.conv_layers.\(layer)."
      let outputs = convolutionChannels[layer]
      let inputs = layer == 0 ? 1 : convolutionChannels[layer - 1]
      let weight = [(name + "conv.weight", [outputs, inputs, convolutionKernels[layer]])]
      let bias = convolutionBias ? [(name + "conv.bias", [outputs])] : []
      let isNormed = encoderNorm == .layer || layer == 0
      return weight + bias + (isNormed ? affine(name + "layer_norm", [outputs]) : [])
    }
  }

  private var frontTensors: [(name: String, shape: [Int])] {
    let features = convolutionChannels.last ?? 1
    let position = "encoder.pos_conv_embed.conv."
    return (normalizesProjection ? affine("feature_projection.layer_norm", [features]) : [])
      + affine("feature_projection.projection", [width, features])
      + [
        (position + "weight_g", [1, 1, positionKernel]),
        (position + "weight_v", [width, width / positionGroups, positionKernel]),
        (position + "bias", [width]),
      ] + affine("encoder.layer_norm", [width])
  }

  private func layerTensors(_ layer: Int) -> [(name: String, shape: [Int])] {
    let name = "encoder.layers.\(layer)."
    let attention = ["q_proj", "k_proj", "v_proj", "out_proj"].flatMap {
      affine(name + "attention." + $0, [width, width])
    }
    let gate =
      affine(name + "attention.gru_rel_pos_linear", [8, width / heads])
      + [(name + "attention.gru_rel_pos_const", [1, heads, 1, 1])]
    let table = [(name + "attention.rel_attn_embed.weight", [positionBuckets, heads])]
    return attention + (family == .wavlm ? gate : [])
      + (family == .wavlm && layer == 0 ? table : [])
      + affine(name + "layer_norm", [width])
      + affine(name + "feed_forward.intermediate_dense", [feedForward, width])
      + affine(name + "feed_forward.output_dense", [width, feedForward])
      + affine(name + "final_layer_norm", [width])
  }

  /// A weight and a bias with one number per output.
  private func affine(_ name: String, _ shape: [Int]) -> [(name: String, shape: [Int])] {
    [(name + ".weight", shape), (name + ".bias", Array(shape.prefix(1)))]
  }
}
