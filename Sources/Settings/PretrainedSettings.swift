// The settings of a pretrained backbone, and their place in what a cell is known by: settings that were
// never touched leave it as it was before there were any.

/// What of a transformer's hidden states a network reads.
package enum LayerChoice: String, Codable, Sendable, CaseIterable {
  /// The output of the last layer.
  case last
  /// `Σ softmax(a)ᵢ hᵢ` over the L + 1 hidden states, with trained weights a.
  case weighted
}

/// How numbers are kept on disk.
package enum FramePrecision: String, Codable, Sendable, CaseIterable {
  /// As they were computed.
  case float32
  /// In half the space, rounded to the nearest half-precision number: to about 3 decimal digits.
  case float16

  package var bits: Int { self == .float32 ? 32 : 16 }
  package var bytes: Int { bits / 8 }
}

/// What the frozen part of a backbone computes its products with.
package enum FrozenArithmetic: String, Codable, Sendable, CaseIterable {
  /// 32-bit floats.
  case float32
  /// 16-bit integers in blocks with a scale each: faster, to about 3 decimal digits.
  case int16
}

/// How a pretrained backbone is used, with `model.backbone: pretrained`.
package struct PretrainedSettings: Codable, Hashable, Sendable {
  /// Which hidden states become the frames (P for `last`).
  package var layers = LayerChoice.last
  /// The first layer that is trained, 0 for all but the feature encoder; -1 trains none (P).
  package var trainableFromLayer = -1
  /// Factor on the learning rate from each trained layer to the one below it (choice).
  package var layerDecay = 1.0
  /// Whether a trained layer's activations are computed again instead of kept (choice).
  package var recompute = false
  /// The precision of frames that are kept on disk (choice).
  package var framePrecision = FramePrecision.float32
  /// What the frozen part computes its products with (choice).
  package var arithmetic = FrozenArithmetic.float32
  package init() {}
}

extension PretrainedSettings {
  private enum CodingKeys: CodingKey {
    case layers, trainableFromLayer, layerDecay, recompute, framePrecision, arithmetic
  }

  /// Reads settings; those written before there was a choice of arithmetic name none.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    layers = try container.decode(LayerChoice.self, forKey: .layers)
    trainableFromLayer = try container.decode(Int.self, forKey: .trainableFromLayer)
    layerDecay = try container.decode(Double.self, forKey: .layerDecay)
    recompute = try container.decode(Bool.self, forKey: .recompute)
    framePrecision = try container.decode(FramePrecision.self, forKey: .framePrecision)
    arithmetic =
      try container.decodeIfPresent(FrozenArithmetic.self, forKey: .arithmetic) ?? .float32
  }

  /// Writes settings, without the arithmetic where it is float32: so the cells of older runs keep their
  /// addresses.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(layers, forKey: .layers)
    try container.encode(trainableFromLayer, forKey: .trainableFromLayer)
    try container.encode(layerDecay, forKey: .layerDecay)
    try container.encode(recompute, forKey: .recompute)
    try container.encode(framePrecision, forKey: .framePrecision)
    if arithmetic != .float32 { try container.encode(arithmetic, forKey: .arithmetic) }
  }
}

extension VariantSettings {
  private enum CodingKeys: CodingKey {
    case signal, features, augmentation, model, pretrained, loss, training
  }

  /// Reads settings; those written before there were pretrained backbones have no such section.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    signal = try container.decode(SignalSettings.self, forKey: .signal)
    features = try container.decode(FeatureSettings.self, forKey: .features)
    augmentation = try container.decode(AugmentationSettings.self, forKey: .augmentation)
    model = try container.decode(ModelSettings.self, forKey: .model)
    pretrained =
      try container.decodeIfPresent(PretrainedSettings.self, forKey: .pretrained)
      ?? PretrainedSettings()
    loss = try container.decode(LossSettings.self, forKey: .loss)
    training = try container.decode(TrainingSettings.self, forKey: .training)
  }

  /// Writes settings, without the section on pretrained backbones where it holds only defaults: so
  /// the cells of older runs keep their addresses.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(signal, forKey: .signal)
    try container.encode(features, forKey: .features)
    try container.encode(augmentation, forKey: .augmentation)
    try container.encode(model, forKey: .model)
    if pretrained != PretrainedSettings() { try container.encode(pretrained, forKey: .pretrained) }
    try container.encode(loss, forKey: .loss)
    try container.encode(training, forKey: .training)
  }
}
