// The pretrained network of a run: opened once, held to every variant that uses it.
import Checkpoints
import Files
import Foundation
import Models
import Reporting
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
    _ = try weights.checkpoint.warnings()
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
  ///
  /// - Parameter caches: one for each precision.
  func supply(
    _ settings: VariantSettings, _ caches: [FramePrecision: FrameCache]
  ) throws -> FrameSupply? {
    guard let backbone = try pretrained(settings),
      let cache = caches[settings.pretrained.framePrecision]
    else { return nil }
    return FrameSupply(backbone, cache: cache)
  }

  /// The backbone as a variant uses it; nil for a variant on features.
  func pretrained(_ settings: VariantSettings) throws -> PretrainedBackbone? {
    guard settings.model.backbone == .pretrained, let weights else { return nil }
    return try PretrainedBackbone(weights, settings.pretrained)
  }

  /// Whether some variant's backbone has random weights.
  var hasRandomBackbone: Bool { weights?.checkpoint.isRandom ?? false }

  /// What a user should know of the backbone; none for a run without.
  package func backboneWarnings() throws -> [String] {
    guard let checkpoint = weights?.checkpoint else { return [] }
    return try checkpoint.warnings().map { "\(checkpoint.folder): \($0)" }
  }

  /// What `provenance.json` says of the backbone; nil for a run without.
  func backboneProvenance() throws -> Provenance.Backbone? {
    guard let checkpoint = weights?.checkpoint else { return nil }
    return Provenance.Backbone(
      folder: checkpoint.folder, fingerprint: checkpoint.fingerprint,
      normalizesInput: checkpoint.normalizesInput,
      normalizesInputSource: checkpoint.input.sourceText, warnings: try checkpoint.warnings())
  }

  /// Opens the caches that the variants need, one for each precision.
  func caches() throws -> [FramePrecision: FrameCache] {
    let uses = experiment.variants.map(\.settings).filter { $0.model.backbone == .pretrained }
    return try Dictionary(
      uniqueKeysWithValues: Set(uses.map(\.pretrained.framePrecision)).map {
        ($0, try FrameCache(folder: frames, precision: $0, mixtureBudget: mixtureBudget))
      })
  }
}

extension ExperimentRun {
  /// What a report says of the backbone; nothing without one.
  func backboneRows() throws -> [KeyValueSection.Row] {
    guard let checkpoint = weights?.checkpoint else { return [] }
    let shape = checkpoint.configuration
    let kind =
      "\(shape.family.rawValue), \(shape.layers) layers of \(shape.width) features"
      + (checkpoint.isRandom ? ", SYNTHETIC: random weights" : "")
    let savings = try RunCost(ofRun: folder)?.savings
    return [
      KeyValueSection.Row("Backbone", kind),
      KeyValueSection.Row("  fingerprint", checkpoint.fingerprint),
      KeyValueSection.Row("  frozen part in", arithmetics),
      KeyValueSection.Row(
        "  input",
        (checkpoint.normalizesInput ? "mean 0 and variance 1" : "as it is")
          + ", \(checkpoint.input.sourceText)"),
    ] + (savings.map { [KeyValueSection.Row("  cached frames", $0.description)] } ?? [])
  }

  /// What the variants' frozen parts compute in: `float32`, or which variants in which where they differ.
  private var arithmetics: String {
    let users = experiment.variants.filter { $0.settings.model.backbone == .pretrained }
    let kinds = FrozenArithmetic.allCases.compactMap { arithmetic in
      let names = users.filter { $0.settings.pretrained.arithmetic == arithmetic }.map(\.name)
      return names.isEmpty ? nil : (arithmetic.rawValue, names.joined(separator: ", "))
    }
    return kinds.count == 1
      ? kinds[0].0 : kinds.map { "\($0.0): \($0.1)" }.joined(separator: "; ")
  }
}

extension PretrainedBackbone {
  fileprivate init(_ weights: FrozenWeights, _ settings: PretrainedSettings) throws {
    try self.init(
      weights, layers: settings.layers,
      firstTrainedLayer: settings.trainableFromLayer < 0 ? nil : settings.trainableFromLayer,
      recomputes: settings.recompute, arithmetic: settings.arithmetic)
  }
}
