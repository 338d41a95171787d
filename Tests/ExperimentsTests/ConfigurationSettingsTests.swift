// Every settings key survives JSON, and the table of settings has each of them.
import Files
import Foundation
import Settings
import TestSupport
import Testing

@Suite struct `The settings as a tree` {
  @Test func `have the keys of their JSON, and no others`() throws {
    // Newer settings are written only if they differ from their default.
    let changed = SettingsTree(of: VariantSettings()).changedEverywhere
    let touched = try decodeJSON(VariantSettings.self, from: canonicalJSON(changed))
    let changedProtocol = SettingsTree(of: ProtocolSettings()).changedEverywhere
    let scored = try decodeJSON(ProtocolSettings.self, from: canonicalJSON(changedProtocol))
    let trees: [(SettingsTree, Data)] = [
      (SettingsTree(of: touched), try canonicalJSON(touched)),
      (SettingsTree(of: scored), try canonicalJSON(scored)),
    ]
    for (tree, data) in trees {
      let keys = jsonPaths(try JSONSerialization.jsonObject(with: data))
      #expect(tree.leaves.map(\.path).sorted() == keys.sorted())
      #expect(tree.leaves.count > 2)
      #expect(try canonicalJSON(tree) == data)
    }
  }

  @Test func `come back from JSON with every key changed`() throws {
    let changed = SettingsTree(of: VariantSettings()).changedEverywhere
    let settings = try decodeJSON(VariantSettings.self, from: canonicalJSON(changed))
    let before = SettingsTree(of: VariantSettings()).leaves
    let after = SettingsTree(of: settings).leaves
    #expect(SettingsTree(of: settings) == changed)
    for (old, new) in zip(before, after) {
      #expect(old.value != new.value, "\(old.path) was not changed")
    }
    #expect(try decodeJSON(VariantSettings.self, from: canonicalJSON(settings)) == settings)
  }

  @Test func `say nothing of a pretrained backbone that was not touched`() throws {
    let data = try canonicalJSON(VariantSettings())
    #expect(!String(decoding: data, as: UTF8.self).contains("pretrained"))
    #expect(try decodeJSON(VariantSettings.self, from: data) == VariantSettings())
  }

  @Test func `say nothing of the arithmetic where it is the old one`() throws {
    var settings = PretrainedSettings()
    settings.recompute = true
    let data = try canonicalJSON(settings)
    #expect(!String(decoding: data, as: UTF8.self).contains("arithmetic"))
    #expect(try decodeJSON(PretrainedSettings.self, from: data) == settings)
    settings.arithmetic = .int16
    #expect(try decodeJSON(PretrainedSettings.self, from: canonicalJSON(settings)) == settings)
  }

  @Test func `come back for the protocol too`() throws {
    let changed = SettingsTree(of: ProtocolSettings()).changedEverywhere
    let settings = try decodeJSON(ProtocolSettings.self, from: canonicalJSON(changed))
    #expect(SettingsTree(of: settings) == changed)
    #expect(settings.ravdessFolds == .contiguous)
    #expect(settings.allowIncomplete)
  }
}

/// The paths of all leaves of a JSON object.
private func jsonPaths(_ value: Any) -> [String] {
  guard let object = value as? [String: Any] else { return [""] }
  return object.flatMap { key, value in
    jsonPaths(value).map { $0.isEmpty ? key : key + "." + $0 }
  }
}

@Suite struct `The table of settings` {
  @Test func `has one entry for each setting, in order`() {
    #expect(SettingsReference.entries.map(\.path) == SettingsReference.tree().leaves.map(\.path))
  }

  @Test func `allows its own defaults`() throws {
    for leaf in SettingsReference.tree().leaves {
      let entry = try #require(SettingsReference.entries.first { $0.path == leaf.path })
      if let quantity = leaf.value.quantity {
        let allowed = try #require(entry.allowed, "\(leaf.path) has no range")
        #expect(allowed.contains(quantity), "\(leaf.path)")
      }
      #expect(!entry.declaration.meaning.isEmpty)
    }
  }

  @Test func `is what docs/settings.md says`() throws {
    let path = packageRoot + "/docs/settings.md"
    let committed = String(decoding: try Data(readingFile: path), as: UTF8.self)
    #expect(
      committed == SettingsReference.markdown,
      "run: reprise settings --format markdown > docs/settings.md")
  }

  @Test func `takes defaults from the settings`() {
    #expect(
      SettingsReference.markdown.contains(
        "| `learning_rate` | \(VariantSettings().training.learningRate) |"))
    #expect(SettingsReference.text.contains("training.epochs"))
  }
}

@Suite struct `Checking settings` {
  struct Fault: Sendable, CustomTestStringConvertible {
    let path: String
    let change: @Sendable (inout VariantSettings) -> Void
    var testDescription: String { path }
  }

  @Test(arguments: [
    Fault(path: "training.epochs") { $0.training.epochs = 0 },
    Fault(path: "augmentation.mix_probability") { $0.augmentation.mixProbability = 1.5 },
    Fault(path: "augmentation.lowest_signal_to_noise") { $0.augmentation.lowestSignalToNoise = 11 },
    Fault(path: "features.high_frequency") { $0.features.highFrequency = 8_001 },
    Fault(path: "features.low_frequency") { $0.features.lowFrequency = 8_000 },
    Fault(path: "model.width") { $0.model.width = 100 },
    Fault(path: "model.kernel") { $0.model.kernel = 4 },
    Fault(path: "model.dropout") { $0.model.dropout = 1 },
    Fault(path: "training.learning_rate") { $0.training.learningRate = .nan },
    Fault(path: "training.learning_rate") { $0.training.learningRate = .infinity },
    Fault(path: "training.decay") { $0.training.decay = 0 },
    Fault(path: "features.hop") { $0.features.hop = 26 },
    Fault(path: "features.statistics") { $0.features.prosody = false },
    Fault(path: "features.lowest_pitch") { $0.features.lowestPitch = 500 },
    Fault(path: "loss.temperature") { $0.loss.temperature = 0 },
    Fault(path: "pretrained.layer_decay") { $0.pretrained.layerDecay = 1.5 },
    Fault(path: "pretrained.trainable_from_layer") { $0.pretrained.trainableFromLayer = -2 },
    Fault(path: "features.statistics") { $0.model.backbone = .pretrained },
    Fault(path: "augmentation.tempo") { $0.usePretrained { $0.augmentation.tempo = 0.1 } },
    Fault(path: "augmentation.time_masks") { $0.usePretrained { $0.augmentation.timeMasks = 1 } },
    Fault(path: "signal.sample_rate") { $0.usePretrained { $0.signal.sampleRate = 24_000 } },
    Fault(path: "augmentation.mixup") { $0.useFrames { $0.augmentation.mixup = .eam } },
    Fault(path: "features.statistics") {
      $0.useFrames { ($0.features.prosody, $0.features.statistics) = (true, true) }
    },
    Fault(path: "augmentation.noise") { $0.useFrames { $0.augmentation.noise = 0.1 } },
    Fault(path: "pretrained.trainable_from_layer") {
      $0.useFrames { $0.pretrained.trainableFromLayer = 0 }
    },
    Fault(path: "pretrained.layer_decay") { $0.useFrames { $0.pretrained.layerDecay = 0.9 } },
    Fault(path: "pretrained.recompute") { $0.useFrames { $0.pretrained.recompute = true } },
    Fault(path: "pretrained.arithmetic") { $0.useFrames { $0.pretrained.arithmetic = .int16 } },
    Fault(path: "pretrained.frame_precision") {
      $0.useFrames { $0.pretrained.framePrecision = .float16 }
    },
    Fault(path: "loss.kl") {
      $0.loss.kl = 0
      $0.loss.focal = 0
      $0.loss.center = 0
      $0.loss.supcon = 0
    },
  ])
  func `names the setting at fault`(fault: Fault) throws {
    var settings = VariantSettings()
    try settings.validate()
    fault.change(&settings)
    let error = #expect(throws: SettingsError.self) { try settings.validate() }
    #expect(error?.path == fault.path)
  }

  @Test func `says what is allowed and what was found`() {
    var settings = VariantSettings()
    settings.augmentation.mixProbability = 1.5
    let error = #expect(throws: SettingsError.self) { try settings.validate() }
    #expect(error?.description == "augmentation.mix_probability: expected 0 to 1, found 1.5")
    settings = VariantSettings()
    settings.model.width = 100
    let conflict = #expect(throws: SettingsError.self) { try settings.validate() }
    #expect(
      conflict?.description
        == "model.width: expected a multiple of model.heads, which is 16, found 100")
  }
}

@Suite struct `A profile` {
  @Test(arguments: Profile.allCases)
  func `holds valid settings, its plain variant too`(profile: Profile) throws {
    try profile.settings.validate()
    #expect(!profile.seeds.isEmpty)
  }

  @Test func `of the paper has the paper's values`() {
    let paper = Profile.paper.settings
    #expect(paper.signal.gain == .peak)
    #expect(paper.features.normalization == .utterance)
    #expect(paper.training.epochs == 20)
    #expect(paper.training.learningRate == 1e-4)
    #expect(paper.training.schedule == .exponential)
    #expect(paper.training.decay == 7.0 / 8)
    #expect(paper.augmentation.tempo == 0)
    #expect(paper.loss.labelSmoothing == 0)
    #expect(paper.training.gradientClip == 0)
  }

  @Test func `called standard is the defaults`() {
    #expect(Profile.standard.settings == VariantSettings())
    #expect(Profile.quick.settings != VariantSettings())
  }
}

extension VariantSettings {
  /// The paper's settings on a pretrained backbone, which are valid, with a change.
  fileprivate mutating func usePretrained(_ change: (inout VariantSettings) -> Void) {
    self = Profile.paper.settings
    model.backbone = .pretrained
    #expect(throws: Never.self) { try validate() }
    change(&self)
  }

  /// The paper's settings on frames from files, which are valid, with a change. The width of the
  /// frames decides which heads fit.
  fileprivate mutating func useFrames(_ change: (inout VariantSettings) -> Void) {
    self = Profile.paper.settings
    (model.backbone, model.heads, augmentation.mixup) = (.frames, 13, .none)
    #expect(throws: Never.self) { try validate() }
    change(&self)
  }
}
