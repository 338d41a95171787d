// A whole experiment in its folder: its corpora, read and checked, and its cells. How they are prepared and
// worked off is in RunPreparation and CellWork.
import BuildStamp
import Checkpoints
package import Corpora
package import Evaluation
import Models
import Settings
package import Training

/// An experiment, its corpora and its folder.
package struct ExperimentRun: Sendable {
  package let folder: String
  package let experiment: ExperimentSettings
  /// The corpora, read and held to their counts, in the experiment's order.
  package let corpora: [Corpus]
  /// The weights that variants with a pretrained backbone share; nil if there is no such variant.
  let weights: FrozenWeights?
  /// The folder of frames that pretrained backbones computed, for this run and any other.
  package let frames: String
  /// Bytes of mixtures' frames that the run may write there.
  package let mixtureBudget: Int

  /// Reads the corpora of an experiment.
  ///
  /// - Throws: `CorpusError` for the first corpus that cannot be read or whose counts differ, unless
  ///   `protocol.allow_incomplete` is set; `RunError` where a fold then lacks utterances or a variant
  ///   its backbone; `CheckpointError` for a backbone that cannot be used.
  ///
  /// - Parameters:
  ///   - frames: the folder of cached frames; `frames` in the run's own by default.
  ///   - mixtureBudget: bytes of mixtures' frames that may be kept there; results do not depend on it.
  package init(
    _ experiment: ExperimentSettings, folder: String, frames: String? = nil,
    mixtureBudget: Int = 20_000_000_000
  ) throws {
    self.folder = folder
    self.frames = frames ?? folder + "/frames"
    self.mixtureBudget = mixtureBudget
    self.experiment = experiment
    let choice = experiment.protocolSettings
    if choice.evaluateOn == .innerValidation,
      let variant = experiment.variants.first(where: {
        $0.settings.training.selection == .bestValidation
      })
    {
      throw RunError.selectionOnScored(variant: variant.name)
    }
    weights = try Self.weights(of: experiment)
    corpora = try experiment.corpora.compactMap { corpus in
      guard let name = CorpusName(rawValue: corpus.name), let path = corpus.path else { return nil }
      let read = try Corpus.read(
        name, at: path, ravdessFolds: choice.ravdessFolds == .emobox ? .emobox : .contiguous)
      try read.requireCompleteness(allowIncomplete: choice.allowIncomplete)
      return read
    }
    for corpus in corpora { try requireUtterances(corpus) }
  }

  /// Throws where a fold of an incomplete corpus leaves nothing to train on, choose by or score.
  private func requireUtterances(_ corpus: Corpus) throws {
    for fold in folds(of: corpus) {
      for variant in experiment.variants {
        let selection = variant.settings.training.selection
        let partition = Partition(
          corpus.utterances, fold: fold, folds: corpus.foldNames.count,
          evaluateOn: experiment.protocolSettings.evaluateOn, selection: selection)
        var role: String?
        if selection == .bestValidation, partition.validation.isEmpty { role = "choose by" }
        if partition.evaluation.isEmpty { role = "score" }
        if partition.training.isEmpty { role = "train on" }
        if let role { throw RunError.emptyFold(corpus: corpus.root, fold: fold, role: role) }
      }
    }
  }

  /// The folds of a corpus that are run.
  package func folds(of corpus: Corpus) -> [Int] {
    let all = Array(1...corpus.foldNames.count)
    return experiment.folds.isEmpty ? all : all.filter(experiment.folds.contains)
  }

  /// All trainings, those beside included; variants of equal settings share theirs.
  package func trainings() throws -> [Cell] {
    var seen: Set<String> = []
    return try (cells() + companions()).filter { seen.insert($0.hash).inserted }
  }

  /// Every cell of the results: by corpus, seed, fold and variant, so that what is compared is
  /// finished together.
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

  /// The trainings beside, for the first seeds: as the cell of their variant, but with speakers held
  /// out of training, whose best epoch is chosen. None where nothing of a test fold is scored, for a
  /// variant that chooses so itself, and where an incomplete corpus has nobody to hold out.
  package func companions() throws -> [Cell] {
    let choice = experiment.protocolSettings
    guard choice.evaluateOn == .test else { return [] }
    return try corpora.flatMap { corpus in
      try experiment.seeds.prefix(choice.selectionSeeds).flatMap { seed in
        try folds(of: corpus).flatMap { fold in
          try experiment.variants.compactMap { variant in
            let partition = Partition(
              corpus.utterances, fold: fold, folds: corpus.foldNames.count,
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
    _ variant: String, _ settings: VariantSettings, _ corpus: Corpus, fold: Int, seed: Int,
    isCompanion: Bool
  ) throws -> Cell {
    try Cell(
      variant: variant, isCompanion: isCompanion,
      identity: Cell.Identity(
        programVersion: programVersion, corpus: corpus.name.rawValue,
        corpusFingerprint: corpus.fingerprint,
        ravdessFolds: experiment.protocolSettings.ravdessFolds,
        evaluateOn: experiment.protocolSettings.evaluateOn, fold: fold, seed: seed,
        settings: settings,
        backboneFingerprint: settings.model.backbone == .pretrained
          ? weights?.checkpoint.fingerprint : nil))
  }
}

/// What happens during a run, for whoever watches.
package enum RunEvent: Sendable {
  /// Recordings of a corpus are being read.
  case preparing(corpus: CorpusName, done: Int, total: Int)
  /// A corpus is held to leaks.
  case auditing(corpus: CorpusName)
  case started(cells: Int, epochs: Int)
  case epoch(Cell, EpochRecord)
  /// `epochs` counts those that were not announced one by one.
  case finished(Cell, epochs: Int, reused: Bool)
  case failed(Cell, reason: String)
  /// Fewer cells run side by side than were asked for.
  case limited(jobs: Int, asked: Int, reason: String)
  /// Nothing is left but what others are on.
  case waiting(others: [String])
  /// What the caches of pretrained backbones' frames did for the run.
  case framesCached(FrameCache.Savings)
}
