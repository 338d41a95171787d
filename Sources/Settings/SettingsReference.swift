// The table of all settings: unit, source, allowed values and meaning of each. Defaults and types
// are not here, they are read off the settings. A test holds the table to exactly the keys there are.

/// Where a value comes from.
package enum SettingSource: String, Hashable, Sendable, CaseIterable {
  case paper = "P"
  case labelAdaptiveMixup = "L"
  case wavLM = "W"
  case supervisedContrastive = "K"
  case focalLoss = "Lin"
  case choice

  /// The source in full.
  package var title: String {
    switch self {
    case .paper: "the paper, arXiv 2512.04551"
    case .labelAdaptiveMixup: "label-adaptive mixup, Kang et al. 2023, arXiv 2305.06273"
    case .wavLM: "WavLM, Chen et al. 2022"
    case .supervisedContrastive: "supervised contrastive loss, Khosla et al. 2020"
    case .focalLoss: "focal loss, Lin et al. 2017"
    case .choice: "stated by no source; ours"
    }
  }
}

/// What there is to know about one setting, apart from its type and its default.
package struct SettingEntry: Hashable, Sendable {
  /// The path of the key: section and name, such as `training.learning_rate`.
  package let path: String
  /// The unit; empty for a pure number.
  package let unit: String
  package let source: SettingSource
  /// The values allowed; nil where the type says it all.
  package let allowed: AllowedRange?
  /// What it does, in a sentence.
  package let meaning: String

  init(
    _ path: String, _ unit: String, _ source: SettingSource, _ allowed: AllowedRange?,
    _ meaning: String
  ) {
    self.path = path
    self.unit = unit
    self.source = source
    self.allowed = allowed
    self.meaning = meaning
  }
}

/// The table of all settings.
package enum SettingsReference {
  /// The settings of an experiment as a tree: those of a variant, then the `protocol` section.
  package static func tree(
    of variant: VariantSettings = VariantSettings(),
    protocol settings: ProtocolSettings = ProtocolSettings()
  ) -> SettingsTree {
    guard case .section(let parts) = SettingsTree(of: variant) else { return .section([]) }
    return .section(
      parts + [SettingsTree.Part(key: "protocol", value: SettingsTree(of: settings))])
  }

  /// One entry per setting, in the order of declaration.
  package static let entries: [SettingEntry] =
    signal + features + augmentation + model + pretrained + loss + training + protocolEntries
}
