// The section `pretrained` of the settings. It is not written if nothing in it differs from the
// defaults, so that cells from before it existed keep their addresses.

/// The use of a pretrained backbone, for `model.backbone: pretrained`.
package struct PretrainedSettings: SettingsSection {
  @Setting(
    .paper,
    "hidden states to use as frames: the last, or a trained softmax-weighted sum of all")
  package var layers = LayerChoice.last
  @Setting(
    .paper, .between(-1, 255),
    "first transformer layer to train; 0 trains all but the feature encoder, -1 trains nothing")
  package var trainableFromLayer = -1
  @Setting(
    .choice, .between(0.01, 1),
    "learning rate of each trained layer, as a factor of the layer above it")
  package var layerDecay = 1.0
  @Setting(
    .choice,
    "compute the activations of trained layers again for the gradient, to save memory")
  package var recompute = false
  @Setting(.choice, "precision of frames kept on disk")
  package var framePrecision = FramePrecision.float32
  @Setting(
    .choice,
    "arithmetic of the frozen layers; int16 is faster and keeps about 3 digits; gpu-… need a GPU",
    isWrittenUnchanged: false)
  package var arithmetic = FrozenArithmetic.float32
  package init() {}

  package static let isWrittenUnchanged = false
}

/// The hidden states of a transformer that the network reads.
package enum LayerChoice: String, SettingChoice {
  /// The output of the last layer.
  case last
  /// `Σ softmax(a)ᵢ hᵢ` over the L + 1 hidden states, with trained weights a.
  case weighted
}

/// The precision of frames on disk.
package enum FramePrecision: String, SettingChoice {
  /// The precision of the computation.
  case float32
  /// Half the space: rounded to the nearest half-precision number, about 3 decimal digits.
  case float16

  package var bits: Int { self == .float32 ? 32 : 16 }
  package var bytes: Int { bits / 8 }
}

/// The arithmetic of products in the frozen part of a backbone.
package enum FrozenArithmetic: String, SettingChoice {
  /// 32-bit floats.
  case float32
  /// 16-bit integers in blocks with a common scale: faster, about 3 decimal digits.
  case int16
  /// 32-bit floats on a GPU, every sum in a fixed order: the same bits on any GPU, and on the CPU
  /// in the place of one.
  case gpuFloat32 = "gpu-float32"
  /// Products of a GPU's tensor cores in three parts: about the precision of 32-bit floats. The
  /// bits depend on the kind of GPU.
  case gpuThreeTF32 = "gpu-3xtf32"
  /// Products of a GPU's tensor cores with factors of 11 bits, about 3 decimal digits.
  case gpuTF32 = "gpu-tf32"

  /// Whether a device computes the frozen layers.
  package var needsDevice: Bool {
    switch self {
    case .float32, .int16: false
    case .gpuFloat32, .gpuThreeTF32, .gpuTF32: true
    }
  }
}
