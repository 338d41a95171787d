// The results of a run's finished cells, read from their files and checked against the recorded
// facts of the corpora. All code that uses scores gets them here.
import BuildStamp
package import Evaluation
package import Experiments
import Files
import Foundation
package import Settings
import Threads

/// One variant on one corpus.
package struct VariantResult: Sendable {
  package let name: String
  package let settings: VariantSettings
  /// The predictions of a system that another program trained; nil for one of our own.
  package let scored: ScoredSystem?
  package let summary: ScoreSummary
  /// The log of each finished cell.
  package let logs: [(seed: Int, fold: Int, epochs: [EpochRecord])]
  /// The predictions of each finished cell.
  package let cells: [(seed: Int, fold: Int, predictions: [Prediction])]
  /// How other selection rules would change the figures; empty if nothing was recorded.
  package let selection: SelectionPanel
  /// The accuracy after each epoch, as far as it was recorded.
  package let courses: [EpochCourse]
  /// Cells that failed, with the reasons.
  package let failures: [(seed: Int, fold: Int, reason: String)]
  /// The folders of the finished cells, by seed, then fold.
  package let folders: [CellFolder]
}

/// All variants on one corpus.
package struct CorpusResult: Sendable {
  package let corpus: CorpusFacts
  /// Which utterances of a fold are scored: `test` or `inner-validation`.
  package let evaluateOn: String
  /// The folds that the run uses.
  package let folds: [Int]
  package let variants: [VariantResult]
  /// Whether the results say nothing about real speech and real networks, because of generated
  /// speech or a backbone of random weights.
  package let isSynthetic: Bool
}

extension RecordedRun {
  /// Reads the results of all finished cells and checks them against the corpora.
  ///
  /// All code that uses scores gets them here, so the check cannot be forgotten.
  ///
  /// - Throws: `FileError.damaged` if a file has changed; `IncomparableError` if a cell scored
  ///   other utterances than its fold has, or one cell is a copy of another.
  package func results() throws -> [CorpusResult] {
    let hasRandomBackbone = hasRandomBackbone
    return try corpora.map { corpus in
      let found = CorpusResult(
        corpus: corpus, evaluateOn: evaluateOn, folds: folds(of: corpus),
        variants: try experiment.variants.map { variant in
          func folders(_ cells: [Cell]) -> [CellFolder] {
            cells.filter {
              $0.variant == variant.name && $0.identity.corpus == corpus.corpus
            }.map { CellFolder(run: folder, cell: $0) }
          }
          return try result(of: variant, folders(cells), beside: folders(companions), corpus)
        },
        isSynthetic: corpus.isSynthetic || hasRandomBackbone)
      try requireNoCopies(found.variants)
      return found
    }
  }

  private var evaluateOn: String { experiment.protocolSettings.evaluateOn.rawValue }

  /// Whether some variant's backbone has random weights, or it is not recorded whether it has.
  package var hasRandomBackbone: Bool {
    guard experiment.variants.contains(where: { $0.settings.model.backbone == .pretrained }) else {
      return false
    }
    return (try? Provenance(ofRun: folder))?.backbone?.isRandom ?? true
  }

  private func result(
    of variant: ExperimentSettings.Variant, _ cells: [CellFolder], beside: [CellFolder],
    _ corpus: CorpusFacts
  ) throws -> VariantResult {
    let record = corpus.record(evaluateOn: evaluateOn)
    let read = try sideBySide(cells) { try StoredCell($0, record, corpus) }
    let watched = try sideBySide(beside) { folder -> Watched? in
      try folder.requireIntact()
      return folder.isDone ? try Watched(folder, folder.epochs(), record) : nil
    }
    let done = read.compactMap(\.self)
    try requireNoProblems(done.flatMap(\.problems) + watched.compactMap(\.self).flatMap(\.problems))
    let scored = done.map { cell in
      ScoredCell(
        seed: cell.seed, fold: cell.fold,
        matrix: ConfusionMatrix(
          classes: cell.predictions.classes, predictions: cell.predictions.predictions))
    }
    let logs =
      variant.scored == nil ? done.map { (seed: $0.seed, fold: $0.fold, epochs: $0.epochs) } : []
    let trajectories = (done.compactMap(\.trajectory), watched.compactMap { $0?.trajectory })
    return VariantResult(
      name: variant.name, settings: variant.settings, scored: variant.scored,
      summary: ScoreSummary(cells: scored, seeds: experiment.seeds, folds: folds(of: corpus)),
      logs: logs,
      cells: done.map { ($0.seed, $0.fold, $0.predictions.predictions) },
      selection: SelectionPanel(
        trainings: trajectories.0, beside: trajectories.1, folds: folds(of: corpus)),
      courses: EpochCourse.all(trainings: trajectories.0, beside: trajectories.1, logs: logs),
      failures: cells.compactMap { folder in
        folder.isDone
          ? nil
          : failure(of: folder.cell).map {
            (folder.cell.identity.seed, folder.cell.identity.fold, $0)
          }
      },
      folders: done.map(\.folder))
  }

  private func sideBySide<Value>(
    _ folders: [CellFolder], _ body: (CellFolder) throws -> Value
  ) throws -> [Value] {
    try parallelMap(
      count: folders.count, threads: ProcessInfo.processInfo.activeProcessorCount
    ) { try body(folders[$0]) }
  }
}

/// The contents of a finished cell.
private struct StoredCell {
  let folder: CellFolder
  let predictions: PredictionFile
  let epochs: [EpochRecord]
  let trajectory: Trajectory?
  /// How it differs from what its fold should score.
  let problems: [String]
  var seed: Int { folder.cell.identity.seed }
  var fold: Int { folder.cell.identity.fold }

  /// Nil if the cell is not finished.
  ///
  /// - Throws: `FileError.damaged` if a file has changed.
  init?(_ folder: CellFolder, _ record: CorpusRecord, _ corpus: CorpusFacts) throws {
    try folder.requireIntact()
    guard folder.isDone else { return nil }
    self.folder = folder
    let identity = folder.cell.identity
    epochs = try folder.epochs()
    if let problem = try folder.foreignness(corpus) {
      (predictions, trajectory) = (PredictionFile(classes: [], predictions: []), nil)
      problems = ["\(folder.name)/configuration.json: \(problem)"]
      return
    }
    let file: PredictionFile
    do {
      file = try folder.predictions()
    } catch let error as PredictionFileError {
      guard case .duplicate = error else { throw error }
      (predictions, trajectory) = (PredictionFile(classes: [], predictions: []), nil)
      problems = ["\(error)"]
      return
    }
    predictions = file
    let differences = record.differences(of: file, fold: identity.fold)
    // Indices of other classes would be counted in the wrong matrix.
    guard file.classes == record.classes, differences.isEmpty else {
      trajectory = nil
      problems = differences.map { "\(folder.name)/predictions.csv: \($0)" }
      return
    }
    let last = ConfusionMatrix(classes: file.classes, predictions: file.predictions)
    let watched = try Watched(
      folder, epochs, record,
      result: identity.settings.training.selection == .last ? last : nil)
    trajectory = watched?.trajectory
    problems = watched?.problems ?? []
  }
}

extension CellFolder {
  /// How a finished cell's corpus differs from the run's record; nil if it does not.
  fileprivate func foreignness(_ corpus: CorpusFacts) throws -> String? {
    let own = try configuration().identity
    if own.corpusFingerprint != corpus.fingerprint {
      return
        """
        belongs to another \(corpus.title): fingerprint \(own.corpusFingerprint.prefix(12)), \
        recorded is \(corpus.fingerprint.prefix(12))
        """
    }
    let (sound, frames) = (
      corpus.soundIdentity(for: cell.identity.settings),
      corpus.framesIdentity(for: cell.identity.settings)
    )
    if own.sound != sound {
      return "was trained on other sound: digest \((own.sound ?? "none").prefix(12)), recorded is "
        + "\((sound ?? "none").prefix(12))"
    }
    if own.frames != frames {
      return
        "was trained on other frames: digest \((own.frames ?? "none").prefix(12)), recorded is "
        + "\((frames ?? "none").prefix(12))"
    }
    let cell = cell.identity
    guard own.fold == cell.fold, own.seed == cell.seed, own.corpus == cell.corpus,
      own.evaluateOn == cell.evaluateOn, own.programVersion == cell.programVersion
    else {
      return "belongs to another fold, seed, corpus, protocol or version than its folder says"
    }
    guard own.settings == cell.settings, own.scored == cell.scored else {
      return "has other settings than its variant"
    }
    // Another version may write the same identity differently.
    if own.programVersion == programVersion, sha256(try canonicalJSON(own)) != self.cell.hash {
      return "does not match its address"
    }
    return nil
  }
}

/// The scores of a finished cell after each epoch, checked against the corpus.
private struct Watched {
  let trajectory: Trajectory?
  let problems: [String]

  /// - Parameter result: the expected scores of the last epoch; nil if another epoch's weights are
  ///   scored.
  init?(
    _ folder: CellFolder, _ epochs: [EpochRecord], _ record: CorpusRecord,
    result: ConfusionMatrix? = nil
  ) throws {
    let scores = try folder.trajectory()
    guard !scores.isEmpty else { return nil }
    let supports = record.supports(inFold: folder.cell.identity.fold)
    func complaint(_ what: String) -> [String] {
      ["\(folder.name)/\(CellFolder.trajectoryFile): \(what)"]
    }
    if let other = scores.first(where: {
      $0.matrix.classes != record.classes || $0.matrix.counts.map { $0.reduce(0, +) } != supports
    }) {
      trajectory = nil
      problems = complaint("epoch \(other.epoch) counts other utterances than its fold scores")
      return
    }
    if let result, scores.count == epochs.count, scores.last?.matrix != result {
      trajectory = nil
      problems = complaint("the last epoch's counts are not those of predictions.csv")
      return
    }
    trajectory = try folder.watchedTrajectory(epochs)
    problems = []
  }
}
