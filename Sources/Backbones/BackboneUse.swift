// The pretrained network of a run. It is opened once and checked against every variant that uses
// it.
import Checkpoints
import Devices
package import Models
package import Experiments
package import Runs
package import Settings
package import Training

/// The pretrained network shared by the variants of an experiment, and the caches of its frames.
package struct BackboneUse: Sendable {
  /// The settings of the variants that use it.
  private let users: [VariantSettings]
  /// The shared weights, or nil if no variant uses them.
  private let weights: FrozenWeights?
  /// The folder of frames from pretrained backbones. All runs share it.
  package let frames: String
  /// The bytes of mixtures' frames that may be written there. Nil if the user has not said: then
  /// the usual number for a source on the CPU, and none for a device, which computes frames faster
  /// than a disk stores them.
  package let mixtureBudget: Int?
  /// The usual bytes of mixtures' frames.
  private static let usualBudget = 20_000_000_000
  /// The frames that another program wrote. They can be opened only when the corpora are known.
  package var given = FramesUse()

  /// Opens the experiment's backbone if a variant uses one, and checks every variant against it.
  ///
  /// - Throws: `BackboneUseError`, `CheckpointError`, `PretrainedBackboneError`.
  package init(of experiment: ExperimentSettings, frames: String, mixtureBudget: Int?) throws {
    (self.frames, self.mixtureBudget) = (frames, mixtureBudget)
    let users = experiment.variants.filter { $0.settings.model.backbone == .pretrained }
    self.users = users.map(\.settings)
    guard let first = users.first else {
      weights = nil
      return
    }
    guard let folder = experiment.backbone else {
      throw BackboneUseError.noBackbone(variant: first.name)
    }
    let weights = FrozenWeights(try Checkpoint(folder: folder))
    _ = try weights.checkpoint.warnings()
    for variant in users {
      _ = try PretrainedBackbone(weights, variant.settings.pretrained)
      let (width, heads) = (
        weights.checkpoint.configuration.width, variant.settings.model.heads
      )
      guard variant.settings.model.pooling != .flam || width % heads == 0 && width <= 64 * heads
      else {
        throw BackboneUseError.heads(variant: variant.name, width: width, heads: heads)
      }
    }
    self.weights = weights
  }

  /// Returns the fingerprint of the weights, or nil for a variant that does not use them.
  ///
  /// The bits of a GPU's tensor cores depend on their generation, so the fingerprint then says
  /// which one it is.
  package func fingerprint(for settings: VariantSettings) -> String? {
    guard settings.model.backbone == .pretrained, let weights else { return nil }
    let own = weights.checkpoint.fingerprint
    return (try? pretrained(settings))?.generation.map { own + " " + $0 } ?? own
  }

  /// Describes the device that computes what the variants give to one; nil if none does.
  package func device(of experiment: ExperimentSettings) throws -> String? {
    let needsDevice =
      users.contains { $0.pretrained.arithmetic.needsDevice }
      || experiment.variants.contains { $0.settings.training.arithmetic != .float32 }
    return needsDevice ? try Device.ofThisProcess().description : nil
  }

  /// Returns the source of a variant's frames, or nil for a variant on features.
  ///
  /// - Parameter caches: one for each precision.
  package func supply(
    _ settings: VariantSettings, _ caches: [FramePrecision: FrameCache]
  ) throws -> FrameSupply? {
    guard let backbone = try pretrained(settings),
      let cache = caches[settings.pretrained.framePrecision]
    else { return nil }
    let source = backbone.source
    return FrameSupply(
      backbone, cache: cache,
      keepsMixtures: FrameSupply.keepsMixtures(of: source, budget: mixtureBudget), source: source)
  }

  /// Returns the backbone for a variant, or nil for a variant on features.
  package func pretrained(_ settings: VariantSettings) throws -> PretrainedBackbone? {
    guard settings.model.backbone == .pretrained, let weights else { return nil }
    return try PretrainedBackbone(weights, settings.pretrained)
  }

  /// Returns warnings about the backbone for the user. Empty for a run without one.
  package func warnings() throws -> [String] {
    guard let checkpoint = weights?.checkpoint else { return given.warnings }
    return try checkpoint.warnings().map { "\(checkpoint.folder): \($0)" } + given.warnings
  }

  /// Returns the entry of the backbone in `provenance.json`, or nil for a run without one.
  package func provenance() throws -> Provenance.Backbone? {
    guard let checkpoint = weights?.checkpoint else { return nil }
    let shape = checkpoint.configuration
    return Provenance.Backbone(
      folder: checkpoint.folder, fingerprint: checkpoint.fingerprint,
      normalizesInput: checkpoint.normalizesInput,
      normalizesInputSource: checkpoint.input.sourceText, warnings: try checkpoint.warnings(),
      shape: "\(shape.family.rawValue), \(shape.layers) layers of \(shape.width) features",
      isRandom: checkpoint.isRandom)
  }

  /// Opens the caches that the variants need, one for each precision.
  package func caches() throws -> [FramePrecision: FrameCache] {
    try Dictionary(
      uniqueKeysWithValues: Set(users.map(\.pretrained.framePrecision)).map {
        (
          $0,
          try FrameCache(
            folder: frames, precision: $0, mixtureBudget: mixtureBudget ?? Self.usualBudget)
        )
      })
  }
}

/// The reason why a variant cannot use a pretrained network.
package enum BackboneUseError: Error, Equatable, Sendable {
  /// A variant needs a pretrained network, and the experiment does not specify one.
  case noBackbone(variant: String)
  /// FLAM's heads do not divide the backbone's features, or are too wide.
  case heads(variant: String, width: Int, heads: Int)
}

extension BackboneUseError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noBackbone(let variant):
      "variant \(variant): model.backbone is pretrained, and the experiment has no backbone: add "
        + "`backbone: FOLDER` to its file or give --backbone FOLDER"
    case .heads(let variant, let width, let heads):
      "variant \(variant): model.heads: expected a divisor of the backbone's \(width) features and "
        + "heads of at most 64 features, found \(heads)"
    }
  }
}

extension PretrainedBackbone {
  fileprivate init(_ weights: FrozenWeights, _ settings: PretrainedSettings) throws {
    try self.init(
      weights, layers: settings.layers,
      firstTrainedLayer: settings.trainableFromLayer < 0 ? nil : settings.trainableFromLayer,
      recomputes: settings.recompute, arithmetic: settings.arithmetic,
      device: settings.arithmetic.needsDevice ? Device.ofThisProcess() : nil)
  }
}
