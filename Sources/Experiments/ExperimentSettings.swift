// An experiment with every default spelled out: what is run, on what, how often. Two experiments
// whose canonical JSON is equal ask for the same numbers.
import Files
package import Settings

/// A resolved experiment.
package struct ExperimentSettings: Codable, Hashable, Sendable {
  /// The experiment's name, which also names its folder.
  package var name: String
  /// Where the settings started from.
  package var profile: Profile
  /// The corpora; none means the four stand-ins.
  package var corpora: [CorpusChoice]
  /// The folder of the pretrained network that variants with `model.backbone: pretrained` use.
  package var backbone: String?
  /// The seeds, each a run of its own; not negative, no two equal.
  package var seeds: [Int]
  /// The folds, counted from 1; none means all.
  package var folds: [Int]
  /// Leaks that a corpus may have, by the names of `AuditAllowance`; nil for none.
  package var allowedLeaks: [String]?
  /// How corpora are divided and scored.
  package var protocolSettings: ProtocolSettings
  /// The systems that are compared; names differ.
  package var variants: [Variant]

  /// A corpus by name.
  package struct CorpusChoice: Codable, Hashable, Sendable {
    package var name: String
    /// Where it lies; nil for its stand-in.
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

  /// One of the systems that are compared.
  package struct Variant: Codable, Hashable, Sendable {
    package var name: String
    package var settings: VariantSettings

    package init(name: String, settings: VariantSettings) {
      self.name = name
      self.settings = settings
    }

    package init(from decoder: any Decoder) throws {
      try decoder.requireKeys(among: CodingKeys.allCases.map(\.stringValue))
      let keys = try decoder.container(keyedBy: CodingKeys.self)
      name = try keys.decode(String.self, forKey: .name)
      settings = try keys.decode(VariantSettings.self, forKey: .settings)
    }

    private enum CodingKeys: CodingKey, CaseIterable { case name, settings }
  }

  /// The experiment of no file at all: the full system and the plain one.
  package init(profile: Profile) {
    name = "default"
    self.profile = profile
    corpora = []
    seeds = profile.seeds
    folds = []
    protocolSettings = ProtocolSettings()
    variants = Self.fullAndPlain(profile.settings)
  }

  /// Reads an experiment. Name, profile, protocol and variants must be there. A list that is
  /// missing is that of an experiment that names none. A key that is not known here is of a newer
  /// version.
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
    seeds = try value(.seeds, otherwise: seeds)
    folds = try value(.folds, otherwise: folds)
    allowedLeaks = try value(.allowedLeaks, otherwise: allowedLeaks)
  }

  private enum CodingKeys: CodingKey, CaseIterable {
    case name, profile, corpora, backbone, seeds, folds, allowedLeaks, protocolSettings, variants
  }

  /// The settings as they are, and the same without any of the method's three ideas.
  static func fullAndPlain(_ settings: VariantSettings) -> [Variant] {
    [
      Variant(name: "full", settings: settings),
      Variant(name: "plain", settings: settings.plain),
    ]
  }
}

extension VariantSettings {
  /// These settings without mixup, with mean pooling and the Kullback–Leibler loss alone.
  package var plain: VariantSettings {
    var plain = self
    plain.augmentation.mixup = .none
    plain.model.pooling = .mean
    for term in LossTerm.allCases where term != .kl { plain.loss[term] = 0 }
    return plain
  }
}
