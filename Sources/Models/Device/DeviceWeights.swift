// The weights of a frozen network in the memory of a device.
import Autograd
import Checkpoints
import Devices
import Tensors

/// A matrix on a device, `[rows, columns]`.
struct DeviceMatrix {
  let buffer: DeviceBuffer
  let rows: Int
  let columns: Int
}

/// A product's weight `[O, I]` and bias `[O]`.
struct DeviceAffine {
  let weight: DeviceMatrix
  let bias: DeviceBuffer?
}

/// A layer norm's gain and bias.
struct DeviceNorm {
  let gain: DeviceBuffer
  let bias: DeviceBuffer
}

/// All weights of a checkpoint, laid out for the kernels.
struct DeviceWeights {
  struct Convolution {
    /// `[O, K · I]`, the channels of a tap together.
    let product: DeviceAffine
    /// The norm of each frame, or of each channel.
    let norm: DeviceNorm?
    let inputs: Int
    let kernel: Int
    let stride: Int
  }

  struct Gate {
    /// `[8, E]`.
    let weight: DeviceBuffer
    /// `[8]`.
    let bias: DeviceBuffer
    /// `[H]`.
    let constant: DeviceBuffer
  }

  struct Layer {
    /// Queries, keys and values, `[3D, D]`.
    let projection: DeviceAffine
    let output: DeviceAffine
    let norm: DeviceNorm
    let intermediate: DeviceAffine
    let dense: DeviceAffine
    let finalNorm: DeviceNorm
    /// WavLM's gate of relative positions.
    let gate: Gate?
  }

  let convolutions: [Convolution]
  let projectionNorm: DeviceNorm?
  let projection: DeviceAffine
  /// `[G, D / G, K · I]` with I a multiple of 4, and its bias.
  let positions: DeviceAffine
  /// The channels of a group in `positions`, padded to a multiple of 4.
  let positionChannels: Int
  let norm: DeviceNorm
  let layers: [Layer]

  /// Copies the weights of a checkpoint to a device.
  init(_ checkpoint: Checkpoint, on device: Device) throws(DeviceError) {
    let configuration = checkpoint.configuration
    func vector(_ name: String) throws(DeviceError) -> DeviceBuffer {
      try device.buffer(checkpoint.tensor(name))
    }
    func matrix(_ tensor: Tensor) throws(DeviceError) -> DeviceMatrix {
      DeviceMatrix(
        buffer: try device.buffer(tensor), rows: tensor.shape[0],
        columns: tensor.count / max(1, tensor.shape[0]))
    }
    func affine(_ name: String) throws(DeviceError) -> DeviceAffine {
      let made = DeviceAffine(
        weight: try matrix(checkpoint.tensor(name + ".weight")), bias: try vector(name + ".bias"))
      checkpoint.forget(name + ".weight")
      return made
    }
    func norm(_ name: String) throws(DeviceError) -> DeviceNorm {
      DeviceNorm(gain: try vector(name + ".weight"), bias: try vector(name + ".bias"))
    }
    /// Several products of the same input as one.
    func together(_ names: [String]) throws(DeviceError) -> DeviceAffine {
      let made = DeviceAffine(
        weight: try matrix(.stacked(names.map { checkpoint.tensor($0 + ".weight") })),
        bias: try device.buffer(.stacked(names.map { checkpoint.tensor($0 + ".bias") })))
      for name in names { checkpoint.forget(name + ".weight") }
      return made
    }

    var convolutions: [Convolution] = []
    var inputs = 1
    for index in configuration.convolutionChannels.indices {
      let name = "feature_extractor.conv_layers.\(index)."
      let hasNorm = configuration.encoderNorm == .layer || index == 0
      convolutions.append(
        Convolution(
          product: DeviceAffine(
            weight: try matrix(
              FeatureEncoder.rows(of: checkpoint.tensor(name + "conv.weight"), threads: 1)),
            bias: configuration.convolutionBias ? try vector(name + "conv.bias") : nil),
          norm: hasNorm ? try norm(name + "layer_norm") : nil, inputs: inputs,
          kernel: configuration.convolutionKernels[index],
          stride: configuration.convolutionStrides[index]))
      inputs = configuration.convolutionChannels[index]
    }
    self.convolutions = convolutions
    projectionNorm =
      configuration.normalizesProjection ? try norm("feature_projection.layer_norm") : nil
    projection = try affine("feature_projection.projection")
    let position = Self.positionWeight(checkpoint)
    positionChannels = position.channels
    positions = DeviceAffine(
      weight: try matrix(position.weight),
      bias: try vector("encoder.pos_conv_embed.conv.bias"))
    self.norm = try norm("encoder.layer_norm")
    var layers: [Layer] = []
    for index in 0..<configuration.layers {
      let name = "encoder.layers.\(index)."
      let attention = name + "attention."
      layers.append(
        Layer(
          projection: try together(["q_proj", "k_proj", "v_proj"].map { attention + $0 }),
          output: try affine(attention + "out_proj"), norm: try norm(name + "layer_norm"),
          intermediate: try affine(name + "feed_forward.intermediate_dense"),
          dense: try affine(name + "feed_forward.output_dense"),
          finalNorm: try norm(name + "final_layer_norm"),
          gate: configuration.family == .wavlm
            ? Gate(
              weight: try vector(attention + "gru_rel_pos_linear.weight"),
              bias: try vector(attention + "gru_rel_pos_linear.bias"),
              constant: try vector(attention + "gru_rel_pos_const")) : nil))
    }
    self.layers = layers
  }

  /// The normalised weight of the position convolution, `[D, K · I]`, with zeros for channels that
  /// fill I up to a multiple of 4.
  private static func positionWeight(
    _ checkpoint: Checkpoint
  ) -> (weight: Tensor, channels: Int) {
    let name = "encoder.pos_conv_embed.conv.weight"
    let tape = Tape(recording: false)
    let direction = checkpoint.tensor(name + "_v")
    let weight = tape.weightNorm(
      gain: Variable(constant: checkpoint.tensor(name + "_g")),
      direction: Variable(constant: direction)
    ).value
    let (d, inputs, taps) = (direction.shape[0], direction.shape[1], direction.shape[2])
    let channels = (inputs + 3) / 4 * 4
    guard channels != inputs else { return (weight, channels) }
    var padded = Tensor.zeros([d, taps * channels])
    let target = padded.ownAddress()
    for row in 0..<d * taps {
      (target + row * channels).update(from: weight.address + row * inputs, count: inputs)
    }
    withExtendedLifetime(weight) {}
    return (padded, channels)
  }
}
