// Reads a run from its folder. Reading needs no corpus, checkpoint, fixtures, or the version that
// made it.
package import Experiments
import Files
import Foundation
package import Queueing
import Settings

/// A run, read from its folder.
package struct RecordedRun: Sendable {
  package private(set) var folder: String
  package let experiment: ExperimentSettings
  /// The program version that made its cells.
  package let programVersion: String
  /// The version of the folder's format.
  package let format: Int
  /// The facts of the corpora, in the experiment's order.
  package let corpora: [CorpusFacts]
  /// Every cell of the results: by corpus, seed, fold and variant.
  package let cells: [Cell]
  /// The companion trainings.
  package let companions: [Cell]
  /// Remarks about the record itself, one sentence each.
  package let notes: [String]

  init(
    folder: String, experiment: ExperimentSettings, programVersion: String, format: Int,
    corpora: [CorpusFacts], cells: [Cell], companions: [Cell], notes: [String] = []
  ) {
    (self.folder, self.experiment) = (folder, experiment)
    (self.programVersion, self.format) = (programVersion, format)
    (self.corpora, self.cells, self.companions) = (corpora, cells, companions)
    self.notes = notes
  }

  /// The same run after its folder was renamed.
  package func renamed(to folder: String) -> RecordedRun {
    var run = self
    run.folder = folder
    return run
  }

  /// Reads the run in a folder.
  ///
  /// - Throws: `RunFolderError.notARun`; `RunFormatError`; `FileError`; `ExperimentFileError`.
  package init(readingFolder folder: String) throws {
    let experiment = try ExperimentSettings(ofRun: folder)
    guard let table = try RunTable(ofRun: folder) else {
      self = try EarlierRun(folder: folder, experiment: experiment).recorded()
      return
    }
    let corpora = try experiment.corpora.map { try CorpusFacts(ofRun: folder, $0.name) }
    let cells = try table.cells.map {
      try Self.cell($0, of: table, experiment, corpora, folder: folder)
    }
    try Self.requireGrid(cells, experiment, corpora, folder: folder)
    self.init(
      folder: folder, experiment: experiment, programVersion: table.programVersion,
      format: table.format, corpora: corpora, cells: cells.filter { !$0.isCompanion },
      companions: cells.filter(\.isCompanion))
  }

  /// All trainings, including companions. Variants with equal settings share one.
  package var trainings: [Cell] {
    var seen: Set<String> = []
    return (cells + companions).filter { seen.insert($0.hash).inserted }
  }

  /// Whether it holds systems that another program trained.
  package var isScored: Bool { experiment.isScored }

  /// The path of a corpus's facts below a run.
  package static func facts(_ corpus: String) -> String { CorpusFacts.document(corpus) }

  /// The run with some of its corpora, or their frames, moved to the paths that `place` and
  /// `frames` give.
  package func relocating(
    _ place: (_ corpus: String) -> String?, frames: (_ corpus: String) -> String? = { _ in nil }
  ) -> RecordedRun {
    var (corpora, experiment) = (corpora, experiment)
    for index in corpora.indices {
      if let moved = place(corpora[index].corpus) { corpora[index].move(to: moved) }
    }
    for index in experiment.corpora.indices {
      experiment.corpora[index].path =
        place(experiment.corpora[index].name) ?? experiment.corpora[index].path
    }
    experiment.moveFrames(frames)
    return RecordedRun(
      folder: folder, experiment: experiment, programVersion: programVersion, format: format,
      corpora: corpora, cells: cells, companions: companions, notes: notes)
  }

  /// The facts of a corpus.
  package func corpus(_ name: String) -> CorpusFacts? { corpora.first { $0.corpus == name } }

  /// The folds of a corpus that the run uses.
  package func folds(of corpus: CorpusFacts) -> [Int] { experiment.folds(of: corpus.foldNames) }

  /// The queue that all processes of the run share.
  package var queue: WorkQueue { runQueue(folder) }

  package var inventory: Inventory { Inventory(run: folder) }

  private static func cell(
    _ entry: RunTable.Entry, of table: RunTable, _ experiment: ExperimentSettings,
    _ corpora: [CorpusFacts], folder: String
  ) throws -> Cell {
    func damaged(_ problem: String) -> FileError {
      .damaged(
        path: folder + "/" + RunTable.document,
        problem:
          "\(entry.corpus) \(entry.variant) fold \(entry.fold) seed \(entry.seed): \(problem)",
        remedy: "reprise run \(folder) rewrites it and keeps finished cells")
    }
    guard let corpus = corpora.first(where: { $0.corpus == entry.corpus }) else {
      throw damaged("the experiment has no such corpus")
    }
    guard let variant = experiment.variants.first(where: { $0.name == entry.variant }) else {
      throw damaged("the experiment has no such variant")
    }
    guard experiment.folds(of: corpus.foldNames).contains(entry.fold) else {
      throw damaged("the experiment has no such fold")
    }
    guard experiment.seeds.contains(entry.seed) else {
      throw damaged("the experiment has no such seed")
    }
    let isCompanion = entry.isCompanion ?? false
    guard !isCompanion || variant.scored == nil else {
      throw damaged("a scored system has no companion")
    }
    var settings = variant.settings
    if isCompanion { settings.training.selection = .bestValidation }
    return Cell(
      variant: variant.name, isCompanion: isCompanion,
      identity: Cell.Identity(
        programVersion: table.programVersion, corpus: corpus.corpus,
        corpusFingerprint: corpus.fingerprint, sound: corpus.soundIdentity(for: settings),
        foldList: corpus.foldList,
        evaluateOn: experiment.protocolSettings.evaluateOn, fold: entry.fold, seed: entry.seed,
        settings: settings, frames: corpus.framesIdentity(for: settings), scored: variant.scored),
      recordedHash: entry.hash)
  }
}

extension RecordedRun {
  /// Throws unless the table is the whole grid of the experiment, with each cell once.
  private static func requireGrid(
    _ cells: [Cell], _ experiment: ExperimentSettings, _ corpora: [CorpusFacts], folder: String
  ) throws {
    func damaged(_ problem: String) -> FileError {
      .damaged(
        path: folder + "/" + RunTable.document, problem: problem,
        remedy: "reprise run \(folder) rewrites it and keeps finished cells")
    }
    var seen: Set<String> = []
    for cell in cells {
      let place = "\(cell.identity.corpus) \(cell.title)"
      guard seen.insert(place).inserted else { throw damaged("\(cell.title) stands there twice") }
    }
    let expected = corpora.reduce(0) { count, corpus in
      count + experiment.seeds.count * experiment.folds(of: corpus.foldNames).count
        * experiment.variants.count
    }
    let found = cells.count { !$0.isCompanion }
    guard found == expected else {
      throw damaged("cells: expected \(expected) as the experiment asks for, found \(found)")
    }
  }
}

/// The queue of a run.
package func runQueue(_ folder: String) -> WorkQueue {
  WorkQueue(folder: folder + "/queue", finished: folder + "/cells")
}

extension ExperimentSettings {
  /// Moves frames to the paths that `place` gives.
  package mutating func moveFrames(_ place: (_ corpus: String) -> String?) {
    frames = frames?.map { CorpusChoice(name: $0.name, path: place($0.name) ?? $0.path) }
  }

  /// Reads the experiment of a run.
  ///
  /// - Throws: `RunFolderError.notARun`, `FileError`, `ExperimentFileError`.
  package init(ofRun folder: String) throws {
    let file = folder + "/experiment.json"
    guard FileManager.default.fileExists(atPath: file) else {
      throw RunFolderError.notARun(folder: folder)
    }
    self = try readJSON(
      ExperimentSettings.self, from: file,
      remedy: "start the run again, which rewrites it and keeps finished cells")
    try validate(at: Place(file: file, line: nil))
  }

  /// The folds that the run uses, out of those of a corpus.
  package func folds(of names: [String]) -> [Int] {
    let all = Array(names.indices.map { $0 + 1 })
    return folds.isEmpty ? all : all.filter(folds.contains)
  }
}

extension CorpusFacts {
  /// Reads the recorded facts of a corpus.
  ///
  /// - Throws: `FileError`.
  init(ofRun folder: String, _ corpus: String) throws {
    let path = folder + "/" + Self.document(corpus)
    let remedy = "reprise run \(folder) rewrites it from the corpus and keeps finished cells"
    self = try readJSON(CorpusFacts.self, from: path, remedy: remedy)
    let problem =
      self.corpus == corpus ? problem : "corpus: expected \(corpus), found \(self.corpus)"
    if let problem { throw FileError.damaged(path: path, problem: problem, remedy: remedy) }
  }
}

/// The folder does not contain what was requested.
package enum RunFolderError: Error, Equatable, Sendable {
  case notARun(folder: String)
  /// No cell, or more than one, has this name.
  case noSuchCell(run: String, name: String, found: Int, example: String)
  /// The run's queue lacks cells: it was never laid out, or by another experiment.
  case notLaidOut(folder: String)
}

extension RunFolderError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notARun(let folder):
      "\(folder): is not a run (it has no experiment.json); give the folder that "
        + "`reprise run` wrote with --out"
    case .noSuchCell(let run, let name, let found, let example):
      """
      \(run): expected one cell called \(name), found \(found); name its folder, such as \
      \(example) (reprise status \(run) --list open lists them)
      """
    case .notLaidOut(let folder):
      """
      \(folder): not all of its cells are in its queue; reprise run \(folder) --prepare puts them \
      there
      """
    }
  }
}
