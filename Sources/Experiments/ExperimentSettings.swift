// An experiment with every default filled in: what runs, on which corpora, how often. Two
// experiments with equal canonical JSON give the same numbers.
import Files
package import Settings

/// A resolved experiment.
package struct ExperimentSettings: Codable, Hashable, Sendable {
  /// The experiment's name, also the name of its folder.
  package var name: String
  /// The profile that supplies the defaults.
  package var profile: Profile
  /// The corpora. An empty list means the four stand-ins.
  package var corpora: [CorpusChoice]
  /// The folder of the pretrained network for variants with `model.backbone: pretrained`.
  package var backbone: String?
  /// The frames of each corpus, for variants with `model.backbone: frames`: a folder or a file. Nil
  /// for none.
  package var frames: [CorpusChoice]?
  /// The seeds, one run each. They are unique and not negative.
  package var seeds: [Int]
  /// The folds, counted from 1. An empty list means all.
  package var folds: [Int]
  /// Leaks that a corpus may have, as names of `AuditAllowance`; nil for none.
  package var allowedLeaks: [String]?
  /// How corpora are split and scored.
  package var protocolSettings: ProtocolSettings
  /// The systems to compare. Their names differ.
  package var variants: [Variant]

  /// A corpus by name.
  package struct CorpusChoice: Codable, Hashable, Sendable {
    package var name: String
    /// Its folder; nil for its stand-in.
    package var path: String?

    package init(name: String, path: String?) {
      self.name = name
      self.path = path
    }

    package init(from decoder: any Decoder) throws {
      try decoder.requireKeys(among: CodingKeys.allCases.map(\.stringValue))
      let keys = try decoder.container(keyedBy: CodingKeys.self)
      name = try keys.decode(String.self, forKey: .name)
      path = try keys.decodeIfPresent(String.self, forKey: .path)
    }

    private enum CodingKeys: CodingKey, CaseIterable { case name, path }
  }

  /// One of the systems to compare.
  package struct Variant: Codable, Hashable, Sendable {
    package var name: String
    /// The settings of its training. They are meaningless for a scored system.
    package var settings: VariantSettings
    /// The predictions of a system that another program trained; nil for one of our own.
    package var scored: ScoredSystem?

    package init(name: String, settings: VariantSettings) {
      self.name = name
      self.settings = settings
    }

    package init(scored: ScoredSystem) {
      self.init(name: scored.name, settings: VariantSettings())
      self.scored = scored
    }

    package init(from decoder: any Decoder) throws {
      try decoder.requireKeys(among: CodingKeys.allCases.map(\.stringValue))
      let keys = try decoder.container(keyedBy: CodingKeys.self)
      name = try keys.decode(String.self, forKey: .name)
      scored = try keys.decodeIfPresent(ScoredSystem.self, forKey: .scored)
      settings =
        scored == nil ? try keys.decode(VariantSettings.self, forKey: .settings) : VariantSettings()
    }

    package func encode(to encoder: any Encoder) throws {
      var keys = encoder.container(keyedBy: CodingKeys.self)
      try keys.encode(name, forKey: .name)
      if let scored {
        try keys.encode(scored, forKey: .scored)
      } else {
        try keys.encode(settings, forKey: .settings)
      }
    }

    private enum CodingKeys: CodingKey, CaseIterable { case name, settings, scored }
  }

  /// The default experiment, without a file: the full system and the plain one.
  package init(profile: Profile) {
    name = "default"
    self.profile = profile
    corpora = []
    seeds = profile.seeds
    folds = []
    protocolSettings = ProtocolSettings()
    variants = Self.fullAndPlain(profile.settings)
  }

  /// Reads an experiment. Name, profile, protocol and variants are required. A missing list is
  /// empty. An unknown key belongs to a newer version and is an error.
  package init(from decoder: any Decoder) throws {
    try decoder.requireKeys(among: CodingKeys.allCases.map(\.stringValue))
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    func value<Value: Decodable>(_ key: CodingKeys, otherwise: Value) throws -> Value {
      try keys.decodeIfPresent(Value.self, forKey: key) ?? otherwise
    }
    self.init(profile: try keys.decode(Profile.self, forKey: .profile))
    name = try keys.decode(String.self, forKey: .name)
    protocolSettings = try keys.decode(ProtocolSettings.self, forKey: .protocolSettings)
    variants = try keys.decode([Variant].self, forKey: .variants)
    corpora = try value(.corpora, otherwise: corpora)
    backbone = try value(.backbone, otherwise: backbone)
    frames = try value(.frames, otherwise: frames)
    seeds = try value(.seeds, otherwise: seeds)
    folds = try value(.folds, otherwise: folds)
    allowedLeaks = try value(.allowedLeaks, otherwise: allowedLeaks)
  }

  private enum CodingKeys: CodingKey, CaseIterable {
    case name, profile, corpora, backbone, frames, seeds, folds, allowedLeaks, protocolSettings
    case variants
  }

  /// Whether it holds systems that another program trained.
  package var isScored: Bool { variants.contains { $0.scored != nil } }

  /// Whether training needs the sound of the corpora. Frames from files need none.
  package var needsSound: Bool {
    variants.contains { $0.settings.model.backbone != .frames }
  }

  /// Two variants: these settings, and the same without the method's three ideas.
  static func fullAndPlain(_ settings: VariantSettings) -> [Variant] {
    [
      Variant(name: "full", settings: settings),
      Variant(name: "plain", settings: settings.plain),
    ]
  }
}

extension VariantSettings {
  /// These settings with mean pooling, the Kullback–Leibler loss only, and no mixup.
  package var plain: VariantSettings {
    var plain = self
    plain.augmentation.mixup = .none
    plain.model.pooling = .mean
    for term in LossTerm.allCases where term != .kl { plain.loss[term] = 0 }
    return plain
  }
}
