// Runs of version 0.5 and earlier. Their folders have neither a table of cells nor the facts of
// their corpora. Both are reconstructed from the finished cells.
import Corpora
import Evaluation
import Experiments
import Files
import Foundation
import Settings

/// A run of format 1.
struct EarlierRun {
  let folder: String
  let experiment: ExperimentSettings

  /// A finished cell and its recorded identity.
  private struct Finished {
    let cell: Cell
    let name: String
  }

  /// The run in the form of later formats.
  ///
  /// - Throws: `FileError` if a finished cell has changed.
  func recorded() throws -> RecordedRun {
    let finished = try finishedCells()
    let versions = Set(finished.map(\.cell.identity.programVersion))
    // Cells of different versions are never shown in one table. Those of the version that wrote the
    // record count.
    let version = versions.count == 1 ? versions.first : try recordedVersion() ?? versions.max()
    let own = finished.map(\.cell).filter { $0.identity.programVersion == version }
    var notes: [String] = []
    if own.count < finished.count {
      notes.append(
        """
        \(finished.count - own.count) finished cells of other versions than \(version ?? "") are \
        not used: one table never mixes cells of different versions.
        """)
    }
    let corpora = try experiment.corpora.map { try facts(of: $0, own) }
    let grid = try grid(corpora, own, version: version ?? "unknown")
    return RecordedRun(
      folder: folder, experiment: experiment, programVersion: version ?? "unknown", format: 1,
      corpora: corpora, cells: grid.filter { !$0.isCompanion },
      companions: grid.filter(\.isCompanion), notes: notes)
  }

  private func recordedVersion() throws -> String? {
    let program = try? Provenance(ofRun: folder).program
    return program.flatMap { $0.split(separator: " ").last.map(String.init) }
  }

  private func finishedCells() throws -> [Finished] {
    try fileNames(in: folder + "/cells").compactMap { name in
      let place = "\(folder)/cells/\(name)"
      guard access(place + "/done.json", F_OK) == 0 else { return nil }
      let cell = try readJSON(
        Cell.self, from: place + "/configuration.json",
        remedy: "reprise fsck \(folder) sets the cell aside")
      // Other files with such a name are not results.
      guard cell.folderName == name else { return nil }
      return Finished(cell: cell, name: name)
    }
  }

  // MARK: Corpora

  /// The facts of a corpus as far as predictions reveal them: every scored utterance.
  private func facts(
    of choice: ExperimentSettings.CorpusChoice, _ finished: [Cell]
  ) throws -> CorpusFacts {
    let cells = finished.filter { $0.identity.corpus == choice.name }
    let known = try CorpusDefinition.registered(as: choice.name)
    let folds = known.folds(preferring: experiment.protocolSettings.foldList(of: choice.name))
    let foldNames = folds.names
    let audit = try? CorpusAudit(ofRun: folder, choice.name)
    let document = try? ResultsDocument(ofRun: folder)
    let entry = document?.corpora.first { $0.corpus == choice.name }
    let classes = known.classes
    var seen: Set<String> = []
    var utterances: [CorpusFacts.Utterance] = []
    for cell in cells {
      let file = try CellFolder(run: folder, cell: cell).predictions()
      guard file.classes == classes else { continue }
      for row in file.predictions where seen.insert(row.id).inserted {
        utterances.append(
          CorpusFacts.Utterance(
            id: row.id, label: classes[row.truth], speaker: row.speaker, session: nil,
            fold: testFold(of: cell.identity, folds: foldNames.count)))
      }
    }
    return CorpusFacts(
      corpus: choice.name, title: known.title, path: choice.path ?? "", classes: classes,
      foldList: folds.name, foldNames: foldNames,
      fingerprint: cells.first?.identity.corpusFingerprint ?? entry?.fingerprint ?? "",
      synthetic: entry?.isSynthetic == true || audit?.isSynthetic == true
        ? .init(program: "of version 0.5 or before", seed: 0) : nil,
      incompleteness: entry?.isIncomplete == true
        ? ["in what was not recorded by version 0.5"] : [],
      publishedCounts: publishedClassCounts(choice.name),
      // The digest of an empty list.
      exclusions: entry?.signature?.contains("|excluded:e3b0c4|") == true ? [] : nil,
      utterances: utterances.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) })
  }

  /// The fold whose test part a cell scored.
  private func testFold(of identity: Cell.Identity, folds: Int) -> Int {
    identity.evaluateOn == .test ? identity.fold : identity.fold % max(1, folds) + 1
  }

  // MARK: Cells

  /// Every cell of the experiment: finished ones as recorded, others as they would be.
  private func grid(
    _ corpora: [CorpusFacts], _ finished: [Cell], version: String
  ) throws -> [Cell] {
    let selection = experiment.protocolSettings.selectionSeeds
    return try corpora.flatMap { corpus in
      try experiment.seeds.enumerated().flatMap { index, seed in
        try experiment.folds(of: corpus.foldNames).flatMap { fold in
          try experiment.variants.flatMap { variant -> [Cell] in
            func cell(_ settings: VariantSettings, isCompanion: Bool) throws -> Cell {
              let found = finished.first { cell in
                let own = cell.identity
                return own.corpus == corpus.corpus && own.fold == fold && own.seed == seed
                  && own.settings == settings
                  && own.evaluateOn == experiment.protocolSettings.evaluateOn
              }
              if let found {
                return Cell(
                  variant: variant.name, isCompanion: isCompanion, identity: found.identity,
                  recordedHash: found.hash)
              }
              return try Cell(
                variant: variant.name, isCompanion: isCompanion,
                identity: Cell.Identity(
                  programVersion: version, corpus: corpus.corpus,
                  corpusFingerprint: corpus.fingerprint, sound: nil, foldList: corpus.foldList,
                  evaluateOn: experiment.protocolSettings.evaluateOn, fold: fold, seed: seed,
                  settings: settings))
            }
            var cells = [try cell(variant.settings, isCompanion: false)]
            if index < selection, experiment.protocolSettings.evaluateOn == .test,
              variant.settings.training.selection == .last
            {
              var settings = variant.settings
              settings.training.selection = .bestValidation
              cells.append(try cell(settings, isCompanion: true))
            }
            return cells
          }
        }
      }
    }
  }
}
