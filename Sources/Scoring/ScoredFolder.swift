// Writes scored predictions as the folder of a run, so that every command that reads runs reads
// them too. The folder appears by one rename, complete.
import BuildStamp
import Evaluation
import Experiments
import Files
import Foundation
package import Runs
import Settings
import Surroundings

extension ScoredSystems {
  /// Writes the folder of a run, unless it holds the same predictions already.
  ///
  /// - Parameters:
  ///   - folder: a folder that does not exist, that is empty, or that holds these predictions.
  ///   - finish: adds to the folder before it takes its name.
  /// - Returns: the run in the folder.
  /// - Throws: `ScoreError` if something else is in the folder; `FileError`.
  @discardableResult package func write(
    to folder: String, name: String,
    finish: (_ run: RecordedRun, _ results: [CorpusResult]) throws -> Void
  ) throws -> RecordedRun {
    let (experiment, cells) = try (experiment(name), cells())
    if let run = try written(cells, in: folder) { return run }
    let above = parentFolder(of: folder)
    if !above.isEmpty { try makeFolder(above) }
    let place = partialPath(of: folder)
    do {
      try makeFolder(place)
      try write(experiment, cells, to: place)
      let run = try RecordedRun(readingFolder: place)
      try finish(run, run.results())
      syncFiles()
      guard rename(place, folder) == 0 else {
        throw FileError.cannotWrite(path: folder, reason: String(cString: strerror(errno)))
      }
      return run.renamed(to: folder)
    } catch {
      try? FileManager.default.removeItem(atPath: place)
      throw error
    }
  }

  private func experiment(_ name: String) throws -> ExperimentSettings {
    var experiment = ExperimentSettings(profile: .standard)
    experiment.name = name
    experiment.corpora = [.init(name: facts.corpus, path: facts.path)]
    experiment.seeds = seeds
    let folds = scoredFolds
    experiment.folds = folds.count == facts.foldNames.count ? [] : folds
    experiment.protocolSettings.allowIncomplete = !facts.incompleteness.isEmpty
    experiment.protocolSettings.testTrajectory = false
    experiment.protocolSettings.selectionSeeds = 0
    if let list = ProtocolSettings.RAVDESSFolds(rawValue: facts.foldList) {
      experiment.protocolSettings.ravdessFolds = list
    }
    if let list = ProtocolSettings.MSPIMPROVFolds(rawValue: facts.foldList) {
      experiment.protocolSettings.mspImprovFolds = list
    }
    experiment.variants = systems.map(ExperimentSettings.Variant.init(scored:))
    try experiment.validate(at: Place(file: "reprise score", line: nil))
    return experiment
  }

  /// The folds that have utterances, in ascending order.
  private var scoredFolds: [Int] {
    Set(facts.utterances.filter(facts.tests).map(\.fold)).sorted()
  }

  /// The cells in the order of a run's table: by seed, fold and system.
  private func cells() throws -> [(system: Int, seed: Int, cell: Cell)] {
    try seeds.indices.flatMap { seed in
      try scoredFolds.flatMap { fold in
        try systems.indices.map { system in
          let identity = Cell.Identity(
            programVersion: programVersion, corpus: facts.corpus,
            corpusFingerprint: facts.fingerprint, sound: nil, foldList: facts.foldList,
            evaluateOn: .test, fold: fold, seed: seeds[seed], settings: VariantSettings(),
            scored: systems[system])
          return (system, seed, try Cell(variant: systems[system].name, identity: identity))
        }
      }
    }
  }

  /// The run in the folder if it holds these predictions; nil if nothing is there.
  private func written(
    _ cells: [(system: Int, seed: Int, cell: Cell)], in folder: String
  ) throws -> RecordedRun? {
    guard FileManager.default.fileExists(atPath: folder) else { return nil }
    if try fileNames(in: folder).isEmpty { return nil }
    let record = try? RecordedRun(readingFolder: folder)
    if let record, record.cells.map(\.hash) == cells.map(\.cell.hash),
      record.cells.allSatisfy({ CellFolder(run: folder, cell: $0).isIntact })
    {
      return record
    }
    throw ScoreError(
      folder, "already holds something else", remedy: "choose another --out, or remove it first")
  }

  private func write(
    _ experiment: ExperimentSettings, _ cells: [(system: Int, seed: Int, cell: Cell)],
    to folder: String
  ) throws {
    let inventory = Inventory(run: folder)
    try inventory.write(facts, to: CorpusFacts.document(facts.corpus))
    try inventory.write(experiment, to: "experiment.json")
    var provenance = Provenance.ofThisProcess
    provenance.corpora = [Provenance.CorpusSource(facts)]
    try inventory.write(provenance, to: "provenance.json")
    for entry in cells {
      let cell = CellFolder(run: folder, cell: entry.cell)
      let rows = predictions[entry.system][entry.seed].filter {
        $0.fold == entry.cell.identity.fold
      }
      try makeFolder(cell.path)
      let contents = [
        ("configuration.json", try canonicalJSON(entry.cell, pretty: true)),
        (
          "predictions.csv",
          Data(PredictionFile(classes: facts.classes, predictions: rows).table.text.utf8)
        ),
      ]
      for (name, data) in contents { try data.writeUnsynced(to: cell.file(name)) }
      let done = CellFolder.Done(
        cell: entry.cell.hash,
        files: contents.map { CellFolder.Done.File(name: $0.0, sha256: sha256($0.1)) })
      try canonicalJSON(done, pretty: true).sealed.writeUnsynced(to: cell.file("done.json"))
    }
    try inventory.enterUnsynced(cells.map { "cells/" + $0.cell.folderName })
    try inventory.write(
      RunTable(programVersion: programVersion, cells: cells.map(\.cell)), to: RunTable.document)
  }
}
