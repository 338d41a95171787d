// An experiment in its folder, ready to run: its checked corpora and its cells. RunPreparation
// prepares the cells and CellWork processes them.
package import Audits
import Backbones
import Cells
import BuildStamp
import Corpora
import Evaluation
package import Experiments
import Files
import Foundation
import Planning
package import Runs
import Settings
import Training

/// An experiment, its corpora and its folder.
package struct ExperimentRun: Sendable {
  package let folder: String
  package let experiment: ExperimentSettings
  /// The facts of the corpora, in the experiment's order.
  package let corpora: [CorpusFacts]
  /// The corpora; nil for a run that was opened from its record.
  let sources: [Corpus]?
  /// The pretrained network of the variants that use one.
  let backbone: BackboneUse
  /// Why the sound of a corpus was not opened, one line each. Empty if it was, or if nobody asked.
  private let soundWarnings: [String]

  /// Reads the corpora of an experiment, and their sound.
  ///
  /// - Parameters:
  ///   - sound: how to read the sound; nil if nothing will be trained or recorded.
  ///   - frames: the folder of cached frames; by default `frames` in the run's own folder.
  ///   - mixtureBudget: bytes of mixtures' frames that may be cached; nil for the usual number. It
  ///     does not change results.
  /// - Throws: `CorpusError` for the first corpus that cannot be read or whose counts differ,
  ///   unless `protocol.allow_incomplete` is set; `RunError` if a fold then lacks utterances or a
  ///   variant its backbone; `CheckpointError` for an unusable backbone; `AudioError` for a clip
  ///   that cannot be decoded.
  package init(
    _ experiment: ExperimentSettings, folder: String, sound: SoundReading?, frames: String? = nil,
    mixtureBudget: Int? = nil
  ) throws {
    guard !experiment.isScored else { throw RunError.scored(run: folder) }
    try experiment.requireSeparateSelection()
    var backbone = try BackboneUse(
      of: experiment, frames: frames ?? folder + "/frames", mixtureBudget: mixtureBudget)
    let choice = experiment.protocolSettings
    let sources = try experiment.corpora.compactMap { corpus -> Corpus? in
      guard let path = corpus.path else { return nil }
      let read = try Corpus.read(
        named: corpus.name, at: path, preferring: choice.foldList(of: corpus.name),
        needsSound: experiment.needsSound)
      try experiment.requireFolds(of: read)
      if !read.hasSpeakers { try experiment.requireNoSpeakers(read.root) }
      try read.requireCompleteness(allowIncomplete: choice.allowIncomplete)
      return read
    }
    let restricted = try experiment.restricted(to: sources)
    for corpus in sources { try restricted.requireUtterances(corpus) }
    var facts = sources.map { CorpusFacts($0, nil) }
    backbone.given = try FramesUse(
      of: experiment, facts,
      threads: sound?.threads ?? ProcessInfo.processInfo.activeProcessorCount)
    if sound != nil {
      try makeFolder(folder)
      try requireOwnFolders(of: folder)
    }
    var warnings: [String] = []
    if let sound {
      let hearing = experiment.variants.first { $0.settings.model.backbone != .frames }
      for (index, corpus) in sources.enumerated() {
        do {
          facts[index] = try CorpusFacts(hearing: corpus, sound, hearing, of: folder)
        } catch  where !experiment.needsSound && isTroubleOfSound(error) {
          warnings.append(
            "\(corpus.title): its sound is not read, because frames need none, and the audit "
              + "cannot look for duplicates: \(error)")
        }
      }
    }
    for index in facts.indices { facts[index].frames = backbone.given.facts(facts[index].corpus) }
    (corpora, self.backbone, soundWarnings) = (facts, backbone, warnings)
    self.sources = sources
    (self.folder, self.experiment) = (folder, restricted)
  }

  /// Opens a run from its record to continue its cells.
  ///
  /// - Throws: `RunError.otherVersion` if the cells belong to another version; `CheckpointError`
  ///   for an unusable backbone; `RunError.otherFrames` if frames differ from the recorded ones.
  package init(
    _ record: RecordedRun, frames: String? = nil, mixtureBudget: Int? = nil
  ) throws {
    guard !record.isScored else { throw RunError.scored(run: record.folder) }
    guard record.programVersion == programVersion else {
      throw RunError.otherVersion(
        run: record.folder, made: record.programVersion, cells: record.finished.count)
    }
    var backbone = try BackboneUse(
      of: record.experiment, frames: frames ?? record.folder + "/frames",
      mixtureBudget: mixtureBudget)
    backbone.given = try record.requireFrames(
      threads: ProcessInfo.processInfo.activeProcessorCount)
    (self.backbone, soundWarnings) = (backbone, [])
    (folder, experiment) = (record.folder, record.experiment)
    (corpora, sources) = (record.corpora, nil)
  }

  /// Warnings about the backbone, frames from files, and sound that is not read.
  package func inputWarnings() throws -> [String] { try backbone.warnings() + soundWarnings }

  /// Plans the whole experiment without starting anything.
  ///
  /// - Throws: the errors of opening recordings.
  package func plan() throws -> RunPlan {
    try Planner(experiment, corpora, cells() + companions(), backbone).plan()
  }

  /// The corpora in the form that cells read.
  func preparedCorpora(
    for cells: [Cell], threads: Int, watch: @escaping @Sendable (RunEvent) -> Void
  ) throws -> PreparedCorpora {
    try PreparedCorpora(
      corpora, for: cells, in: folder + "/cache", backbone, threads: threads,
      requireSound: { corpus in
        // Corpora that were just read need no check.
        guard sources == nil else { return }
        var reading = SoundReading(index: folder + "/cache")
        reading.threads = threads
        reading.watch = { watch(.hashing(corpus: $0, done: $1, total: $2)) }
        try record().requireSound(of: corpus, reading)
      }, watch: { watch(.preparing(corpus: $0, done: $1, total: $2)) })
  }

  /// The run as recorded in its folder.
  package func record() throws -> RecordedRun { try RecordedRun(readingFolder: folder) }

  /// The folds of a corpus that the run uses.
  package func folds(of corpus: CorpusFacts) -> [Int] { experiment.folds(of: corpus.foldNames) }

  /// All trainings, including companions. Variants with equal settings share one.
  package func trainings() throws -> [Cell] {
    var seen: Set<String> = []
    return try (cells() + companions()).filter { seen.insert($0.hash).inserted }
  }

  /// Every cell of the results, by corpus, seed, fold and variant, so that cells to be compared
  /// finish together.
  package func cells() throws -> [Cell] {
    try corpora.flatMap { corpus in
      try experiment.seeds.flatMap { seed in
        try folds(of: corpus).flatMap { fold in
          try experiment.variants.map {
            try cell($0.name, $0.settings, corpus, fold: fold, seed: seed, isCompanion: false)
          }
        }
      }
    }
  }

  /// The companion trainings for the first seeds. Each is like its variant's cell, but holds
  /// speakers out of training and uses the epoch that is best on them. There are none if no test
  /// fold is scored, for a variant that selects epochs this way itself, and if an incomplete corpus
  /// has no speakers to hold out.
  package func companions() throws -> [Cell] {
    let choice = experiment.protocolSettings
    guard choice.evaluateOn == .test else { return [] }
    return try corpora.flatMap { corpus in
      let utterances = corpus.corpusUtterances
      return try experiment.seeds.prefix(choice.selectionSeeds).flatMap { seed in
        try folds(of: corpus).flatMap { fold -> [Cell] in
          try experiment.variants.compactMap { variant -> Cell? in
            let partition = Partition(
              utterances, fold: fold, folds: corpus.foldNames.count,
              evaluateOn: choice.evaluateOn, selection: .bestValidation)
            guard variant.settings.training.selection == .last, !partition.training.isEmpty,
              !partition.validation.isEmpty
            else { return nil }
            var settings = variant.settings
            settings.training.selection = .bestValidation
            return try cell(
              variant.name, settings, corpus, fold: fold, seed: seed, isCompanion: true)
          }
        }
      }
    }
  }

  private func cell(
    _ variant: String, _ settings: VariantSettings, _ corpus: CorpusFacts, fold: Int, seed: Int,
    isCompanion: Bool
  ) throws -> Cell {
    try Cell(
      variant: variant, isCompanion: isCompanion,
      identity: Cell.Identity(
        programVersion: programVersion, corpus: corpus.corpus,
        corpusFingerprint: corpus.fingerprint, sound: corpus.soundIdentity(for: settings),
        foldList: corpus.foldList,
        evaluateOn: experiment.protocolSettings.evaluateOn, fold: fold, seed: seed,
        settings: settings,
        backboneFingerprint: backbone.fingerprint(for: settings),
        frames: corpus.framesIdentity(for: settings)))
  }
}

extension ExperimentSettings {
  /// Throws if the corpus lacks a fold of the experiment. Folds of registered corpora were checked
  /// before.
  fileprivate func requireFolds(of corpus: Corpus) throws {
    guard let fold = folds.first(where: { !corpus.foldNames.indices.contains($0 - 1) }) else {
      return
    }
    throw ExperimentFileError.noSuchFold(
      Place(file: "folds", line: nil), fold: fold, corpus: corpus.id,
      folds: corpus.foldNames.count)
  }

  /// Returns the experiment with fold 1 only if a corpus has a fixed test set, which is its fold 1.
  ///
  /// - Throws: `RunError.fixedTestSet` if the experiment has other folds, or corpora without one.
  fileprivate func restricted(to corpora: [Corpus]) throws -> ExperimentSettings {
    guard let split = corpora.first(where: \.foldList.isSplit) else { return self }
    guard folds.isEmpty || folds == [1], corpora.allSatisfy(\.foldList.isSplit) || folds == [1]
    else { throw RunError.fixedTestSet(corpus: split.root) }
    var restricted = self
    restricted.folds = [1]
    return restricted
  }

  /// Throws if a variant normalises features by speaker.
  fileprivate func requireNoSpeakers(_ corpus: String) throws {
    for variant in variants where variant.settings.model.backbone == .compact {
      let features = variant.settings.features
      if features.normalization == .speaker || features.statistics {
        throw RunError.speakersNeeded(corpus: corpus, variant: variant.name)
      }
    }
  }

  /// Throws if the scored speakers would also select the epoch.
  fileprivate func requireSeparateSelection() throws {
    if protocolSettings.evaluateOn == .innerValidation,
      let variant = variants.first(where: { $0.settings.training.selection == .bestValidation })
    {
      throw RunError.selectionOnScored(variant: variant.name)
    }
  }

  /// Throws if a fold of an incomplete corpus leaves nothing to train on, select with or score.
  fileprivate func requireUtterances(_ corpus: Corpus) throws {
    for fold in folds(of: corpus.foldNames) {
      for variant in variants {
        let selection = variant.settings.training.selection
        let partition = Partition(
          corpus.utterances, fold: fold, folds: corpus.foldNames.count,
          evaluateOn: protocolSettings.evaluateOn, selection: selection)
        var role: String?
        if selection == .bestValidation, partition.validation.isEmpty { role = "choose by" }
        if partition.evaluation.isEmpty { role = "score" }
        if partition.training.isEmpty { role = "train on" }
        if let role { throw RunError.emptyFold(corpus: corpus.root, fold: fold, role: role) }
      }
    }
  }
}
