// The table of all settings, derived from their declarations.

/// The origin of a value.
package enum SettingSource: String, Hashable, Sendable, CaseIterable {
  case paper = "P"
  case labelAdaptiveMixup = "L"
  case wavLM = "W"
  case supervisedContrastive = "K"
  case focalLoss = "Lin"
  case choice

  /// The full name of the source.
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

/// The declaration of a setting with its path.
package struct SettingEntry: Hashable, Sendable {
  /// The path of the key, section and name, such as `training.learning_rate`.
  package let path: String
  package let declaration: SettingDeclaration

  /// The allowed values, or nil if the type allows all of its values.
  package var allowed: AllowedRange? { declaration.allowed }
}

/// The table of all settings.
package enum SettingsReference {
  /// The settings of an experiment as a tree: those of a variant, then the section `protocol`.
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
    VariantSettings().entries(at: "") + ProtocolSettings().entries(at: "protocol")
}
