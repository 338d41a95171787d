// Experiment files: their meaning, and the messages for wrong ones.
import Experiments
import Files
import Foundation
import Settings
import TestSupport
import Testing
import YAML

private let known = [
  KnownCorpus(name: "iemocap", folds: 5), KnownCorpus(name: "msp-improv", folds: 6),
  KnownCorpus(name: "ravdess", folds: 6), KnownCorpus(name: "savee", folds: 4),
]

private func parse(_ text: String, profile: Profile? = nil) throws -> ExperimentSettings {
  try ExperimentSettings(parsing: text, file: "dir/x.yaml", profile: profile, known: known)
}

@Suite struct `An experiment file` {
  @Test func `that is empty is the default experiment`() throws {
    #expect(try parse("") == ExperimentSettings(profile: .standard))
    #expect(try parse("# nothing\n") == ExperimentSettings(profile: .standard))
    #expect(try parse("", profile: .quick) == ExperimentSettings(profile: .quick))
  }

  @Test func `has the full and the plain system unless it names others`() throws {
    let experiment = try parse("training: {epochs: 7}")
    #expect(experiment.variants.map(\.name) == ["full", "plain"])
    #expect(experiment.variants.map(\.settings.training.epochs) == [7, 7])
    #expect(experiment.variants[0].settings.loss.focal == 1)
    let plain = experiment.variants[1].settings
    #expect(plain.augmentation.mixup == .none)
    #expect(plain.model.pooling == .mean)
    #expect([plain.loss.focal, plain.loss.center, plain.loss.supcon] == [0, 0, 0])
    #expect(plain.loss.kl == 1)
  }

  @Test func `lays profile, base and variant over each other`() throws {
    let experiment = try parse(
      """
      name: layers
      profile: paper
      corpora: {ravdess: data/ravdess, savee: /abs/savee, iemocap: }
      seeds: [4, 0]
      folds: [2, 1]
      protocol: {ravdess_folds: contiguous, allow_incomplete: true}
      augmentation:
        lowest_signal_to_noise: -3
      training:
        learning_rate: 1e-3
      variants:
        - name: base
        - name: wide
          model: {width: 256}
          training: {learning_rate: 5e-4, epochs: 3}
      """)
    #expect(experiment.name == "layers")
    #expect(experiment.profile == .paper)
    #expect(experiment.corpora.map(\.name) == ["ravdess", "savee", "iemocap"])
    #expect(experiment.corpora.map(\.path) == ["dir/data/ravdess", "/abs/savee", nil])
    #expect(experiment.seeds == [4, 0])
    #expect(experiment.folds == [2, 1])
    #expect(experiment.protocolSettings.ravdessFolds == .contiguous)
    #expect(experiment.protocolSettings.allowIncomplete)
    var base = Profile.paper.settings
    base.augmentation.lowestSignalToNoise = -3
    base.training.learningRate = 1e-3
    var wide = base
    wide.model.width = 256
    wide.training.learningRate = 5e-4
    wide.training.epochs = 3
    #expect(experiment.variants.map(\.name) == ["base", "wide"])
    #expect(experiment.variants.map(\.settings) == [base, wide])
  }

  @Test func `gives way to the profile of the command line`() throws {
    let experiment = try parse("profile: paper", profile: .quick)
    #expect(experiment == ExperimentSettings(profile: .quick))
  }

  @Test func `comes back from its canonical JSON`() throws {
    let experiment = try parse("corpora: [savee]\naugmentation: {highest_signal_to_noise: 20}")
    let data = try canonicalJSON(experiment)
    #expect(try decodeJSON(ExperimentSettings.self, from: data) == experiment)
    #expect(String(decoding: data, as: UTF8.self).contains(#""highest_signal_to_noise":20"#))
    #expect(try canonicalJSON(try parse("corpora: [savee]")) != data)
  }

  @Test(arguments: [
    "full-vs-plain.yaml", "ablations.yaml", "speed.yaml", "paper-iemocap.yaml",
    "paper-msp-improv.yaml", "paper-ravdess.yaml", "paper-savee.yaml", "frames.yaml",
    "loss-scaling.yaml",
  ])
  func `given as an example is right`(name: String) throws {
    let path = packageRoot + "/docs/experiments/" + name
    let experiment = try ExperimentSettings(readingFile: path, known: known)
    #expect(experiment.name == String(name.dropLast(5)))
  }

  @Test(arguments: ["iemocap", "msp-improv", "ravdess", "savee"])
  func `of the paper has its values on a frozen backbone, and on a fine-tuned one`(
    corpus: String
  ) throws {
    let path = packageRoot + "/docs/experiments/paper-\(corpus).yaml"
    let experiment = try ExperimentSettings(readingFile: path, known: known)
    #expect(experiment.corpora.map(\.name) == [corpus] && experiment.seeds.count == 3)
    #expect(experiment.backbone == nil && experiment.folds.isEmpty)
    var full = Profile.paper.settings
    full.model.backbone = .pretrained
    var tuned = full
    tuned.pretrained.trainableFromLayer = 0
    #expect(experiment.variants.map(\.name) == ["full", "plain", "full-tuned"])
    #expect(experiment.variants.map(\.settings) == [full, full.plain, tuned])
    #expect(tuned != full && tuned.training.learningRate == 1e-4)
  }

  @Test(arguments: ["iemocap", "msp-improv", "ravdess", "savee"])
  func `of the paper may train its frozen variants on a GPU`(corpus: String) throws {
    let path = packageRoot + "/docs/experiments/paper-\(corpus).yaml"
    let text = String(decoding: try Data(readingFile: path), as: UTF8.self)
      .replacing("\nvariants:", with: "\ntraining: {arithmetic: gpu-float32}\nvariants:")
    let experiment = try ExperimentSettings(parsing: text, file: path, known: known)
    #expect(
      experiment.variants.map(\.settings.training.arithmetic)
        == [.gpuFloat32, .gpuFloat32, .float32])
  }

  @Test func `of loss scales holds speakers out, and changes the scale alone`() throws {
    let path = packageRoot + "/docs/experiments/loss-scaling.yaml"
    let experiment = try ExperimentSettings(readingFile: path, known: known)
    #expect(experiment.protocolSettings.evaluateOn == .innerValidation)
    #expect(!experiment.protocolSettings.testTrajectory)
    let full = VariantSettings()
    var (unit, equal) = (full, full)
    unit.loss.scaling = .unit
    (equal.loss.scaling, equal.loss.center, equal.loss.supcon) = (.unit, 1, 1)
    #expect(experiment.variants.map(\.settings) == [full, unit, equal])
  }

  @Test func `of frames has the paper's values without mixup, and places beside the file`() throws {
    let path = packageRoot + "/docs/experiments/frames.yaml"
    let experiment = try ExperimentSettings(readingFile: path, known: known)
    var full = Profile.paper.settings
    (full.model.backbone, full.augmentation.mixup) = (.frames, .none)
    #expect(experiment.variants.map(\.settings) == [full, full.plain])
    #expect(experiment.frames == nil && !experiment.needsSound)
    #expect(try parse("corpora: [savee]").needsSound)
    let placed = try parse("frames: {savee: data/x, ravdess: /abs/y.safetensors}")
    #expect(placed.frames?.map(\.name) == ["savee", "ravdess"])
    #expect(placed.frames?.map(\.path) == ["dir/data/x", "/abs/y.safetensors"])
    #expect(try decodeJSON(ExperimentSettings.self, from: canonicalJSON(placed)) == placed)
    for wrong in ["frames: data/x", "frames: [savee]", "frames: {savee: [a]}", "frames: {savee: }"]
    {
      let error = #expect(throws: ExperimentFileError.self) { try parse(wrong) }
      #expect(error?.description.contains("frames") == true)
    }
  }

  @Test func `of ablations changes one thing at a time`() throws {
    let path = packageRoot + "/docs/experiments/ablations.yaml"
    let variants = try ExperimentSettings(readingFile: path, known: known).variants
    let settings = Dictionary(uniqueKeysWithValues: variants.map { ($0.name, $0.settings) })
    let full = try #require(settings["full"])
    for (name, pooling) in [("mean-pooling", ModelSettings.Pooling.mean), ("max-pooling", .max)] {
      var expected = full
      expected.model.pooling = pooling
      #expect(settings[name] == expected)
    }
    for (name, mixup) in [("no-mixup", AugmentationSettings.Mixup.none), ("lam", .lam)] {
      var expected = full
      expected.augmentation.mixup = mixup
      #expect(settings[name] == expected)
    }
    let losses = ["kl", "kl-focal", "kl-focal-center"].map { settings[$0]?.loss }
    #expect(losses.map { $0?.focal } == [0, 1, 1])
    #expect(losses.map { $0?.center } == [0, 0, full.loss.center])
    #expect(losses.map { $0?.supcon } == [0, 0, 0])
  }
}

@Suite struct `The command line over an experiment` {
  @Test func `replaces corpora, seeds and folds`() throws {
    var experiment = try parse("corpora: [savee]\nseeds: [5]")
    let ravdess = ExperimentSettings.CorpusChoice(name: "ravdess", path: "/r")
    try experiment.override(corpora: [ravdess], folds: [6], known: known)
    #expect(experiment.corpora == [ravdess])
    #expect(experiment.seeds == [5])
    #expect(experiment.folds == [6])
  }

  @Test func `is held to the same rules, with the flag for the place`() throws {
    var experiment = ExperimentSettings(profile: .quick)
    #expect(
      throws: ExperimentFileError.noSuchFold(
        Place(file: "--folds", line: nil), fold: 5, corpus: "savee", folds: 4)
    ) { try experiment.override(folds: [5], known: known) }
    #expect(throws: ExperimentFileError.empty(Place(file: "--seeds", line: nil), key: "seeds")) {
      try experiment.override(seeds: [], known: known)
    }
    var six = try parse("corpora: [ravdess]\nfolds: [6]")
    let savee = ExperimentSettings.CorpusChoice(name: "savee", path: "/s")
    #expect(
      throws: ExperimentFileError.noSuchFold(
        Place(file: "--corpus", line: nil), fold: 6, corpus: "savee", folds: 4)
    ) { try six.override(corpora: [savee], known: known) }
  }
}

@Suite struct `A wrong experiment file` {
  struct Case: Sendable, CustomTestStringConvertible {
    let yaml: String
    let message: String
    var testDescription: String { message }
  }

  @Test(arguments: [
    Case(
      yaml: "training:\n  learnign_rate: 1",
      message: """
        x.yaml:2: unknown key training.learnign_rate; did you mean training.learning_rate?
        """),
    Case(
      yaml: "sedes: [1]", message: "x.yaml:1: unknown key sedes; did you mean seeds?"),
    Case(
      yaml: "\nepochs: 3", message: "x.yaml:2: unknown key epochs; did you mean training.epochs?"),
    Case(
      yaml: "loss: {width: 3}",
      message: "x.yaml:1: unknown key loss.width; did you mean model.width?"),
    Case(
      yaml: "qqqqqqqqqqqqq: 3",
      message:
        """
        x.yaml:1: unknown key qqqqqqqqqqqqq; expected one of name, profile, corpora, backbone, \
        frames, seeds, folds, protocol, signal, features, augmentation, model, pretrained, loss, \
        training, variants
        """
    ),
    Case(
      yaml: "training:\n  epochs: many",
      message: "x.yaml:2: training.epochs: expected a whole number, found many"),
    Case(
      yaml: "training:\n  epochs: 2.5",
      message: "x.yaml:2: training.epochs: expected a whole number, found 2.5"),
    Case(
      yaml: "training:\n  epochs: \"20\"",
      message: "x.yaml:2: training.epochs: expected a whole number, found the text \"20\""),
    Case(
      yaml: "features: {prosody: yes}",
      message: "x.yaml:1: features.prosody: expected true or false, found yes"),
    Case(
      yaml: "model: {pooling: flamm}",
      message: "x.yaml:1: model.pooling: expected one of flam, mean, max, found flamm"),
    Case(
      yaml: "model: {dropout: [1]}",
      message: "x.yaml:1: model.dropout: expected a number, found a list"),
    Case(
      yaml: "model: {dropout: }",
      message: "x.yaml:1: model.dropout: expected a number, found nothing"),
    Case(
      yaml: "loss: 3",
      message: "x.yaml:1: loss: expected a map of kl, focal, focal_gamma, center, supcon, "
        + "temperature, label_smoothing, scaling, found 3"),
    Case(
      yaml: "model:\n  dropout: 1.5\n",
      message: "x.yaml:2: model.dropout: expected 0 to below 1, found 1.5 (in variant full)"),
    Case(
      yaml: "variants:\n- name: a\n- name: b\n  model:\n    width: 100",
      message: "x.yaml:5: model.width: expected a multiple of model.heads, which is 16, found 100 "
        + "(in variant b)"),
    Case(
      yaml: "variants:\n- name: a\n- name: A",
      message: "x.yaml:3: variant A occurs twice; remove or rename one"),
    Case(
      yaml: "variants:\n- model: {width: 64}",
      message: "x.yaml:2: variants: expected a name for each variant, found none"),
    Case(
      yaml: "variants: []",
      message: "x.yaml:1: variants: expected at least one entry, found none; leave the key out for "
        + "the default"),
    Case(
      yaml: "variants:\n- name: a/b",
      message: "x.yaml:2: name: expected a name of letters, digits, '-', '_', '+' and '.' that "
        + "begins with a letter or digit, found \"a/b\""),
    Case(
      yaml: "variants:\n- {name: a, seeds: [1]}",
      message: "x.yaml:2: unknown key seeds; expected one of name, signal, features, augmentation, "
        + "model, pretrained, loss, training"),
    Case(
      yaml: "seeds: []",
      message:
        "x.yaml:1: seeds: expected at least one entry, found none; leave the key out for the "
        + "default"),
    Case(
      yaml: "seeds: [1, -2]",
      message: "x.yaml:1: seeds: expected whole numbers of at least 0, found -2"),
    Case(yaml: "seeds: [3, 3]", message: "x.yaml:1: seed 3 occurs twice; remove or rename one"),
    Case(
      yaml: "seeds: 3",
      message: "x.yaml:1: seeds: expected a list of whole numbers such as [1, 2, 3], found 3"),
    Case(
      yaml: "corpora: [ravdes]",
      message: "x.yaml:1: unknown corpus ravdes; did you mean ravdess? Known are iemocap, "
        + "msp-improv, ravdess, savee. Another corpus needs a manifest: "
        + "ravdes=FOLDER/manifest.csv"),
    Case(
      yaml: "corpora: [savee]\nfolds: [5]",
      message: "x.yaml:2: expected folds from 1 to 4 for savee, found 5"),
    Case(yaml: "folds: [0]", message: "x.yaml:1: expected folds from 1 to 5 for iemocap, found 0"),
    Case(
      yaml: "profile: fast",
      message: "x.yaml:1: profile: expected one of quick, standard, paper, found fast"),
    Case(
      yaml: "name: a\nname: b",
      message: "x.yaml:1: key name occurs twice; remove or rename one"),
    Case(
      yaml: "- a",
      message: """
        x.yaml:1: the file: expected a map of name, profile, corpora, backbone, frames, \
        seeds, folds, protocol, signal, features, augmentation, model, pretrained, loss, training, \
        variants, found a list
        """),
  ])
  func `is refused in one line with place, key, expectation and finding`(wrong: Case) {
    let error = #expect(throws: ExperimentFileError.self) { try parse(wrong.yaml) }
    #expect(error?.description == "dir/" + wrong.message)
  }

  @Test func `that is not YAML at all is refused with its line`() {
    let error = #expect(throws: ExperimentFileError.self) { try parse("name: x\nseeds: [1, 2") }
    guard case .document(.syntax(let place, _))? = error else {
      Issue.record("not a syntax error: \(String(describing: error))")
      return
    }
    #expect(place.file == "dir/x.yaml")
    #expect((place.line ?? 0) >= 2)
    #expect(error?.description.contains("\n") == false)
  }

  @Test func `that is not UTF-8 or not there is refused by name`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/x.yaml"
      try Data([0x6E, 0x3A, 0x20, 0xE9]).writeAtomically(to: path)
      #expect(throws: ExperimentFileError.notUTF8(file: path)) {
        try ExperimentSettings(readingFile: path, known: known)
      }
      #expect(throws: FileError.self) {
        try ExperimentSettings(readingFile: folder + "/absent.yaml", known: known)
      }
    }
  }
}
