// What the finished cells of a run say, read back from their files. Nothing is remembered from the
// training: a report drawn a year later reads the same files.
package import Corpora
package import Evaluation
import Files
import Foundation
package import Settings
import Threads

/// One variant on one corpus.
package struct VariantResult: Sendable {
  package let name: String
  package let settings: VariantSettings
  package let summary: ScoreSummary
  /// The log of each finished cell.
  package let logs: [(seed: Int, fold: Int, epochs: [EpochRecord])]
  /// The predictions of each finished cell.
  package let cells: [(seed: Int, fold: Int, predictions: [Prediction])]
  /// What choosing an epoch by other rules does to the figures; empty where nothing was watched.
  package let selection: SelectionPanel
  /// Cells that failed, and why.
  package let failures: [(seed: Int, fold: Int, reason: String)]
  /// The folders of the finished cells, by seed, then fold.
  package let folders: [CellFolder]
}

/// All variants on one corpus.
package struct CorpusResult: Sendable {
  package let corpus: Corpus
  package let variants: [VariantResult]
  /// Whether the results say nothing of real speech and real networks: generated speech, or a backbone
  /// of random weights.
  package let isSynthetic: Bool
}

extension ExperimentRun {
  /// Opens a run that was made before.
  ///
  /// - Throws: `RunError.notARun`, `FileError`, and what reading its corpora throws.
  package init(
    openingFolder folder: String, frames: String? = nil, mixtureBudget: Int = 20_000_000_000
  ) throws {
    let file = folder + "/experiment.json"
    guard FileManager.default.fileExists(atPath: file) else {
      throw RunError.notARun(folder: folder)
    }
    let experiment = try readJSON(
      ExperimentSettings.self, from: file,
      remedy: "start the run again, which writes it anew and keeps finished cells")
    try experiment.validate(at: Place(file: file, line: nil))
    try self.init(experiment, folder: folder, frames: frames, mixtureBudget: mixtureBudget)
  }

  /// What the run was made with, as recorded.
  func provenance() throws -> Provenance {
    let path = folder + "/provenance.json"
    let remedy = "start the run again, which writes it anew and keeps finished cells"
    let provenance = try readJSON(Provenance.self, from: path, remedy: remedy)
    // Calendars do not go on for ever.
    guard provenance.date > Date(timeIntervalSince1970: 0),
      provenance.date < Date(timeIntervalSince1970: 1e11)
    else {
      throw FileError.damaged(
        path: path, problem: "date: expected one after 1970, found another", remedy: remedy)
    }
    return provenance
  }

  /// Reads the results of all finished cells, and holds them to the corpora.
  ///
  /// Every reader of scores comes through here, so that none can forget to look at what was scored.
  ///
  /// - Throws: `FileError.damaged` where a file is not what its cell wrote; `IncomparableError` where a cell
  ///   scored other utterances than its fold has, or where one cell is a copy of another.
  package func results() throws -> [CorpusResult] {
    let cells = try cells()
    let companions = try companions()
    return try corpora.map { corpus in
      let found = CorpusResult(
        corpus: corpus,
        variants: try experiment.variants.map { variant in
          func folders(_ cells: [Cell]) -> [CellFolder] {
            cells.filter {
              $0.variant == variant.name && $0.identity.corpus == corpus.name.rawValue
            }.map { CellFolder(run: folder, cell: $0) }
          }
          return try result(of: variant, folders(cells), beside: folders(companions), corpus)
        },
        isSynthetic: corpus.isSynthetic || hasRandomBackbone)
      try requireNoCopies(found.variants)
      return found
    }
  }

  private func result(
    of variant: ExperimentSettings.Variant, _ cells: [CellFolder], beside: [CellFolder],
    _ corpus: Corpus
  ) throws -> VariantResult {
    let record = record(of: corpus)
    let read = try sideBySide(cells) { try StoredCell($0, record) }
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
    return VariantResult(
      name: variant.name, settings: variant.settings,
      summary: ScoreSummary(cells: scored, seeds: experiment.seeds, folds: folds(of: corpus)),
      logs: done.map { ($0.seed, $0.fold, $0.epochs) },
      cells: done.map { ($0.seed, $0.fold, $0.predictions.predictions) },
      selection: SelectionPanel(
        trainings: done.compactMap(\.trajectory),
        beside: watched.compactMap { $0?.trajectory },
        folds: folds(of: corpus)),
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

/// What a finished cell holds.
private struct StoredCell {
  let folder: CellFolder
  let predictions: PredictionFile
  let epochs: [EpochRecord]
  let trajectory: Trajectory?
  /// In what it differs from what the corpus has its fold score.
  let problems: [String]
  var seed: Int { folder.cell.identity.seed }
  var fold: Int { folder.cell.identity.fold }

  /// Nil where the cell is not finished.
  ///
  /// - Throws: `FileError.damaged` where a file is not what the cell wrote.
  init?(_ folder: CellFolder, _ record: CorpusRecord) throws {
    try folder.requireIntact()
    guard folder.isDone else { return nil }
    self.folder = folder
    let identity = folder.cell.identity
    epochs = try folder.epochs()
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
    // Indices of other classes would be counted in a matrix of these.
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

/// The scores of a finished cell after each epoch, held to the corpus.
private struct Watched {
  let trajectory: Trajectory?
  let problems: [String]

  /// - Parameter result: what the last epoch must have given; nil where another epoch's weights are scored.
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
