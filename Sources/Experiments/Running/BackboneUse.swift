// The pretrained network of a run: opened once, held to every variant that uses it.
import Checkpoints
import Models
import Settings
import Training

extension ExperimentRun {
  /// Opens the experiment's backbone, if a variant uses one, and checks that every variant can.
  ///
  /// - Throws: `RunError`, `CheckpointError`, `PretrainedBackboneError`.
  static func weights(of experiment: ExperimentSettings) throws -> FrozenWeights? {
    let users = experiment.variants.filter { $0.settings.model.backbone == .pretrained }
    guard let first = users.first else { return nil }
    guard let folder = experiment.backbone else {
      throw RunError.noBackbone(variant: first.name)
    }
    let weights = FrozenWeights(try Checkpoint(folder: folder))
    for variant in users {
      _ = try PretrainedBackbone(weights, variant.settings.pretrained)
      let (width, heads) = (
        weights.checkpoint.configuration.width, variant.settings.model.heads
      )
      guard variant.settings.model.pooling != .flam || width % heads == 0 && width <= 64 * heads
      else { throw RunError.headsOfBackbone(variant: variant.name, width: width, heads: heads) }
    }
    return weights
  }

  /// What gives a variant its frames; nil for a variant on features.
  func supply(_ settings: VariantSettings) throws -> FrameSupply? {
    guard settings.model.backbone == .pretrained, let weights else { return nil }
    return FrameSupply(
      try PretrainedBackbone(weights, settings.pretrained),
      cache: try FrameCache(folder: frames, precision: settings.pretrained.framePrecision))
  }
}

extension PretrainedBackbone {
  fileprivate init(_ weights: FrozenWeights, _ settings: PretrainedSettings) throws {
    try self.init(
      weights, layers: settings.layers,
      firstTrainedLayer: settings.trainableFromLayer < 0 ? nil : settings.trainableFromLayer,
      recomputes: settings.recompute)
  }
}
