// By hand: the results of a run with hand-written cells, one of them missing.
import Corpora
import Evaluation
import Cells
import Execution
import Experiments
import Runs
import Files
import Foundation
import Settings
import TestSupport
import Testing
import Training

/// A run of one variant, two seeds and two folds on a few RAVDESS names; seed 2 failed on fold 2.
struct HandMadeRun {
  let run: ExperimentRun

  init(below root: String) throws {
    let corpus = root + "/corpus"
    try makeFolder(corpus)
    for id in ["01-01-01-01-01", "01-01-02-01-01", "02-01-01-01-01"].map({ "03-01-" + $0 })
      + ["01-01-01-01-04", "02-01-01-01-04", "02-02-01-01-04", "03-01-01-01-04"].map({
        "03-01-" + $0
      })
    { try Data("no sound".utf8).writeAtomically(to: "\(corpus)/\(id).wav") }
    var experiment = ExperimentSettings(profile: .quick)
    experiment.name = "by hand"
    experiment.corpora = [.init(name: "ravdess", path: corpus)]
    (experiment.seeds, experiment.folds) = ([1, 2], [1, 2])
    experiment.protocolSettings.allowIncomplete = true
    experiment.variants = [experiment.variants[0]]
    run = try ExperimentRun(experiment, folder: root + "/run", sound: nil)
    try run.writeRecord()
    for cell in try run.cells() {
      let folder = CellFolder(run: run.folder, cell: cell)
      let identity = cell.identity
      if (identity.seed, identity.fold) == (2, 2) {
        let failed = CellFolder(
          path: "\(run.folder)/queue/failed/\(cell.folderName)", cell: cell)
        try makeFolder(failed.path)
        try failed.fail("it was too loud")
      } else {
        // Truth and prediction as class indices.
        try finish(
          folder,
          identity.fold == 1
            ? [(0, 0), (0, identity.seed - 1), (1, 1)] : [(0, 0), (1, 0), (1, 0), (2, 2)])
      }
    }
  }

  private func finish(_ folder: CellFolder, _ pairs: [(truth: Int, predicted: Int)]) throws {
    let classes = CorpusDefinition.ravdess.classes
    let header =
      "id,speaker,fold,truth,predicted," + classes.map { "p_" + $0 }.joined(separator: ",")
    let fold = folder.cell.identity.fold
    let clips =
      fold == 1
      ? ["01-01-01-01-01", "01-01-02-01-01", "02-01-01-01-01"].map { "03-01-\($0),Actor_01" }
      : ["01-01-01", "02-01-01", "02-02-01", "03-01-01"].map { "03-01-\($0)-01-04,Actor_04" }
    let rows = pairs.enumerated().map { index, pair in
      "\(clips[index]),\(fold),\(classes[pair.truth]),"
        + "\(classes[pair.predicted])," + Array(repeating: "0.125", count: 8).joined(separator: ",")
    }
    let epoch =
      #"{"epoch":1,"losses":{"kl":2,"focal":1.5,"center":0,"supcon":0.25,"total":3.75},"#
      + #""training_accuracy":0.5,"learning_rate":0.002,"center_learning_rate":0.005,"#
      + #""gradient_norm":1.25,"seconds":0.5}"#
    let texts = [
      "configuration.json": String(decoding: try canonicalJSON(folder.cell), as: UTF8.self),
      "epochs.jsonl": epoch + "\n",
      "predictions.csv": ([header] + rows).joined(separator: "\n") + "\n", "embeddings.npy": "none",
      "weights.safetensors": "none",
    ]
    try makeFolder(folder.path)
    for (name, text) in texts { try Data(text.utf8).writeAtomically(to: folder.file(name)) }
    let names = [
      "configuration.json", "epochs.jsonl", "predictions.csv", "embeddings.npy",
      "weights.safetensors",
    ]
    let files = names.map { #"{"name":"\#($0)","sha256":"\#(sha256(texts[$0] ?? ""))"}"# }
    try Data(#"{"cell":"\#(folder.cell.hash)","files":[\#(files.joined(separator: ","))]}"#.utf8)
      .writeAtomically(to: folder.file("done.json"))
  }
}

/// The results of a run for other programs.
private func document(of run: RecordedRun) throws -> ResultsDocument {
  ResultsDocument(try run.results(), run: run)
}

@Suite struct `The results of a run` {
  @Test func `are the figures by hand`() throws {
    try withTemporaryFolder { root in
      let run = try HandMadeRun(below: root).run
      let document = try document(of: run.record())
      let corpus = try #require(document.corpora.first)
      #expect(document.corpora.count == 1 && corpus.corpus == "ravdess" && corpus.utterances == 7)
      #expect(corpus.isIncomplete && !corpus.isSynthetic)
      let variant = try #require(corpus.variants.first)
      #expect((variant.variant, variant.cells, variant.expectedCells) == ("full", 3, 4))
      // Seed 1: fold 1 has two of three correct, recalls 1 and 1; fold 2 has two of four, recalls
      // 1, 0, 1. Seed 2: fold 1 has one neutral predicted as calm.
      #expect(variant.folds.map(\.seed) == [1, 1, 2] && variant.folds.map(\.fold) == [1, 2, 1])
      #expect(variant.folds.map(\.utterances) == [3, 4, 3])
      expectClose(variant.folds.map(\.wa), [1, 0.5, 2.0 / 3])
      expectClose(variant.folds.map(\.ua), [1, 2.0 / 3, 0.75])
      #expect(variant.failures.map(\.reason) == ["it was too loud"])
      #expect(variant.failures.map(\.seed) == [2] && variant.failures.map(\.fold) == [2])
      // Pooled over seed 1: neutral 3 of 3 (predicted 5 times), calm 1 of 3 (once), happy 1 of 1.
      let pooled = try #require(variant.pooled.first)
      #expect(variant.pooled.count == 1 && pooled.seed == 1)
      let f1 = [2.0 * 3 / 8, 2.0 * 1 / 4, 1]
      expectClose(
        [pooled.wa, pooled.ua, pooled.macroF1, pooled.weightedF1],
        [5.0 / 7, 7.0 / 9, (f1[0] + f1[1] + f1[2]) / 3, (3 * f1[0] + 3 * f1[1] + f1[2]) / 7])
    }
  }

  @Test func `come back from JSON`() throws {
    try withTemporaryFolder { root in
      let run = try HandMadeRun(below: root).run
      let document = try document(of: run.record())
      let data = try canonicalJSON(document, pretty: true)
      #expect(try decodeJSON(ResultsDocument.self, from: data) == document)
      #expect(document != ResultsDocument([], run: try run.record()))
      let text = String(decoding: data, as: UTF8.self)
      for key in ["macro_f1", "weighted_f1", "is_synthetic", "expected_cells"] {
        #expect(text.contains("\"\(key)\""))
      }
    }
  }

  @Test func `are the same when the folder is opened again`() throws {
    try withTemporaryFolder { root in
      let run = try HandMadeRun(below: root).run
      let again = try RecordedRun(readingFolder: run.folder)
      #expect(again.experiment == run.experiment)
      #expect(try document(of: again) == document(of: run.record()))
      let logs = try again.results()[0].variants[0].logs
      #expect(logs.map(\.seed) == [1, 1, 2] && logs[0].epochs.map(\.losses.total) == [3.75])
    }
  }

  @Test func `are refused where the predictions of a finished cell were changed`() throws {
    try withTemporaryFolder { root in
      let run = try HandMadeRun(below: root).run
      let cell = CellFolder(run: run.folder, cell: try run.cells()[0])
      let path = cell.file("predictions.csv")
      let text = String(decoding: try Data(readingFile: path), as: UTF8.self)
      #expect(cell.isDone && cell.isIntact)
      try Data(text.replacingOccurrences(of: "neutral,neutral", with: "neutral,calm").utf8)
        .writeAtomically(to: path)
      #expect(cell.isDone && !cell.isIntact)
      let error = #expect(throws: FileError.self) { try run.record().results() }
      #expect("\(error as Any)".contains(path))
      try Data(text.utf8).writeAtomically(to: path)
      #expect(try run.record().results()[0].variants[0].folders.count == 3)
    }
  }
}

@Suite struct `What a run scored` {
  /// Writes other predictions into a finished cell and updates its checksums.
  private func forge(
    _ run: ExperimentRun, _ index: Int, _ change: ([String]) -> [String]
  ) throws {
    let cell = CellFolder(run: run.folder, cell: try run.cells()[index])
    let path = cell.file("predictions.csv")
    let old = try Data(readingFile: path)
    let lines = String(decoding: old, as: UTF8.self).split(separator: "\n").map(String.init)
    let new = Data((change(lines).joined(separator: "\n") + "\n").utf8)
    try new.writeAtomically(to: path)
    let done = String(decoding: try Data(readingFile: cell.file("done.json")), as: UTF8.self)
    try Data(done.replacing(sha256(old), with: sha256(new)).utf8)
      .writeAtomically(to: cell.file("done.json"))
    #expect(cell.isIntact)
  }

  private func expectRefusal(
    _ parts: String..., of run: ExperimentRun, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: IncomparableError.self, sourceLocation: sourceLocation) {
      try run.record().results()
    }
    for part in parts {
      #expect(
        error?.description.contains(part) == true, "\(error as Any)", sourceLocation: sourceLocation
      )
    }
  }

  @Test func `is held to the corpus, whatever the checksums say`() throws {
    let forgeries: [(String, ([String]) -> [String])] = [
      (
        "1 have another class than the corpus",
        { $0.map { $0.replacing(",calm,calm", with: ",happy,calm") } }
      ),
      ("1 of the 3 utterances of fold 1 are missing: 03-01-02-01-01-01-01", { $0.dropLast() }),
      (
        "1 ids are not in RAVDESS: 09-",
        { [$0[0], $0[1].replacing("03-01-01-01-01", with: "09-01-01-01-01")] + $0[2...] }
      ),
      ("3 have another speaker", { $0.map { $0.replacing("Actor_01", with: "Actor_02") } }),
      (
        "expected neutral, calm, happy",
        { $0.map { $0.replacing("p_calm,p_happy", with: "p_happy,p_calm") } }
      ),
    ]
    for (complaint, change) in forgeries {
      try withTemporaryFolder { root in
        let run = try HandMadeRun(below: root).run
        try forge(run, 0) { $0 }
        #expect(try run.record().results()[0].variants[0].folders.count == 3)
        try forge(run, 0, change)
        expectRefusal(complaint, "cells/ravdess-fold1-seed1", "start the run again", of: run)
      }
    }
  }

  @Test func `is scored by a training of its own for each seed`() throws {
    try withTemporaryFolder { root in
      let run = try HandMadeRun(below: root).run
      // Seed 2 of fold 1 predicts calm for one neutral utterance; seed 1 does not.
      try forge(run, 2) { $0.map { $0.replacing(",neutral,calm,", with: ",neutral,neutral,") } }
      expectRefusal("fold1-seed1", "fold1-seed2", "one is a copy of the other", of: run)
    }
  }
}
