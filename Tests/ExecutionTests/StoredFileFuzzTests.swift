// Property: a run, baseline or history with any content and matching checksums is read or rejected
// with a message. Nothing crashes the process, and the gate never passes a run that scored
// something else.
import Corpora
import Evaluation
import Execution
import Surroundings
import Experiments
import Runs
import Files
import Foundation
import Judging
import Randomness
import Settings
import Statistics
import Tensors
import TestSupport
import Testing

/// Number of changed files; set `REPRISE_FUZZ` for more.
private let fuzzCount =
  ProcessInfo.processInfo.environment["REPRISE_FUZZ"].flatMap { Int($0) } ?? 20_000

/// A finished run of two seeds on all folds of 24 clips, made by hand, and its baseline.
private struct FuzzedRun {
  let run: ExperimentRun
  let folder: String
  var baseline: String { folder + "/b.json" }
  var table: String { folder + "/b.ravdess.full.csv" }

  init(below root: String) throws {
    folder = root
    let corpus = root + "/corpus"
    try makeFolder(corpus)
    for (actor, emotion) in [1, 4, 8, 3, 2, 6].flatMap({ a in [1, 2, 3, 4].map { (a, $0) } }) {
      try Data("no sound".utf8).write(
        to: URL(fileURLWithPath: "\(corpus)/03-01-0\(emotion)-01-01-01-0\(actor).wav"))
    }
    var experiment = ExperimentSettings(profile: .quick)
    experiment.corpora = [.init(name: "ravdess", path: corpus)]
    experiment.seeds = [1, 2]
    experiment.protocolSettings.allowIncomplete = true
    experiment.protocolSettings.selectionSeeds = 0
    experiment.variants = [experiment.variants[0]]
    run = try ExperimentRun(experiment, folder: root + "/run", sound: nil)
    try makeFolder(run.folder)
    try run.writeRecord()
    try writeSealedJSON(
      Provenance.current(date: Date(timeIntervalSince1970: 1.7e9)),
      to: run.folder + "/provenance.json")
    var random = RandomStream(seed: 5)
    for cell in try run.cells() { try finish(cell, &random) }
    let rules = RecordingRules(
      margin: .init(metric: .unweightedAverageRecall, points: 1, confidence: 0.95),
      allowed: Set(RecordingFault.allCases))
    _ = try Evidence(of: run.record()).record(as: "b", to: baseline, rules)
  }

  private func finish(_ cell: Cell, _ random: inout RandomStream) throws {
    let folder = CellFolder(run: run.folder, cell: cell)
    let fold = cell.identity.fold
    let part = run.corpora[0].corpusUtterances.filter { $0.fold == fold }
    let classes = CorpusDefinition.ravdess.classes
    let predictions = PredictionFile(
      classes: classes,
      predictions: part.map { utterance in
        let weights = classes.indices.map { _ in Float(random.integer(in: 1...1000)) }
        let shares = weights.map { $0 / weights.reduce(0, +) }
        let best = shares.indices.reduce(0) { shares[$1] > shares[$0] ? $1 : $0 }
        return Prediction(
          id: utterance.id, speaker: utterance.speaker, fold: fold, truth: utterance.classIndex,
          predicted: best, probabilities: shares)
      })
    let matrix = ConfusionMatrix(classes: classes, predictions: predictions.predictions)
    let epoch =
      #"{"epoch":1,"losses":{"kl":2,"focal":1.5,"center":0,"supcon":0.25,"total":3.75},"#
      + #""training_accuracy":0.5,"learning_rate":0.002,"center_learning_rate":0.005,"#
      + #""gradient_norm":1.25,"seconds":0.5}"#
    let counts = String(decoding: try canonicalJSON(matrix), as: UTF8.self)
    try makeFolder(folder.path)
    let files: [(String, Data)] = [
      ("configuration.json", try canonicalJSON(cell)), ("epochs.jsonl", Data((epoch + "\n").utf8)),
      ("predictions.csv", Data(predictions.table.text.utf8)),
      ("embeddings.npy", Tensor(shape: [4, 2], values: (0..<8).map { Float($0) }).npy),
      ("weights.safetensors", Data("none".utf8)),
      ("trajectory.jsonl", Data(("{\"epoch\":1,\"matrix\":\(counts)}\n").utf8)),
    ]
    for (name, data) in files { try data.write(to: URL(fileURLWithPath: folder.file(name))) }
    try vouch(folder)
  }

  /// Updates the checksums of a cell.
  func vouch(_ folder: CellFolder) throws {
    let names = [
      "configuration.json", "epochs.jsonl", "predictions.csv", "embeddings.npy",
      "weights.safetensors", "trajectory.jsonl",
    ]
    let files = try names.map {
      "{\"name\":\"\($0)\",\"sha256\":\"\(sha256(try Data(readingFile: folder.file($0))))\"}"
    }
    try Data("{\"cell\":\"\(folder.cell.hash)\",\"files\":[\(files.joined(separator: ","))]}".utf8)
      .sealed.write(to: URL(fileURLWithPath: folder.file("done.json")))
  }
}

/// The outcome of changed files.
private struct Tally {
  var read = 0, refused = 0

  /// Counts what `body` does. An error must have a message for people.
  mutating func count(
    _ index: Int, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
  ) {
    do {
      try body()
      read += 1
    } catch {
      refused += 1
      let text = "\(error)"
      for raw in ["DecodingError", "EncodingError", "NSCocoa", "Error Domain", "Swift."] {
        #expect(!text.contains(raw), "change \(index): \(text)", sourceLocation: sourceLocation)
      }
    }
  }
}

@Suite struct `Changed files of any kind` {
  @Test func `of baselines are judged or refused`() throws {
    try withTemporaryFolder { root in
      let made = try FuzzedRun(below: root)
      let candidate = try #require(try Evidence(of: made.run.record()).candidates.first)
      let whole = try Data(readingFile: made.baseline)
      let gate = Gate(metric: .unweightedAverageRecall, margin: 0.01)
      func judge(_ data: Data) throws -> [GateResult] {
        let file = try BaselineFile(parsing: data, file: "b.json")
        _ = ClaimRow.rows(file.baselines, systems: [], classCounts: { _ in [2, 3] })
        return try file.baselines.map { baseline in
          gate.judge(
            candidate, against: baseline, recorded: try baseline.predictions(in: root),
            random: RandomStream(seed: 1))
        }
      }
      #expect(try judge(whole).map(\.verdict) == [.pass])
      var tally = Tally()
      for index in 0..<fuzzCount * 3 / 10 {
        var random = RandomStream(seed: 11).split("\(index)")
        let data =
          index % 4 == 0
          ? mutatedBytes(whole, &random) : mutatedJSON(whole, &random).sealed
        tally.count(index) {
          let results = try judge(data)
          let report = GateReport(run: "r", results: results)
          #expect(!report.text.isEmpty && !report.markdown.isEmpty && !report.junit.isEmpty)
        }
      }
      #expect(tally.refused > fuzzCount / 10 && tally.read > fuzzCount / 100, "\(tally)")
    }
  }

  @Test func `of recorded predictions are judged or refused`() throws {
    try withTemporaryFolder { root in
      let made = try FuzzedRun(below: root)
      let candidate = try #require(try Evidence(of: made.run.record()).candidates.first)
      let whole = try Data(readingFile: made.table)
      var baseline = try #require(try BaselineFile(readingFile: made.baseline).baselines.first)
      let gate = Gate(metric: .accuracy, margin: 0.01)
      var tally = Tally()
      for index in 0..<fuzzCount / 4 {
        var random = RandomStream(seed: 12).split("\(index)")
        let data =
          index % 3 == 0 ? mutatedBytes(whole, &random) : mutatedTable(whole, &random)
        try data.write(to: URL(fileURLWithPath: made.table))
        baseline.measurement?.predictions = .init(file: "b.ravdess.full.csv", sha256: sha256(data))
        tally.count(index) {
          let result = gate.judge(
            candidate, against: baseline, recorded: try baseline.predictions(in: root),
            random: RandomStream(seed: 1))
          // Rows in another order are equivalent. Every other change is noticed before judging.
          #expect(result.verdict == .pass, "change \(index): \(result.because)")
        }
      }
      #expect(tally.refused > fuzzCount / 20, "\(tally)")
    }
  }

  @Test func `of a history are taken in or refused`() throws {
    try withTemporaryFolder { root in
      let path = root + "/h.jsonl"
      func entry(_ index: Int) -> History.Entry {
        History.Entry(
          date: "d\(index)", commit: "c", corpus: "ravdess", system: "full", metric: .accuracy,
          fingerprint: "f", value: 0.7 - 0.01 * Double(index / 3), deviation: 0.002)
      }
      let lines = try (0..<12).map { try canonicalJSON(entry($0)) }
      var tally = Tally()
      for index in 0..<fuzzCount * 3 / 10 {
        var random = RandomStream(seed: 13).split("\(index)")
        var changed = lines
        let place = random.integer(below: lines.count)
        changed[place] =
          index % 3 == 0
          ? mutatedBytes(lines[place], &random)
          : mutatedJSON(lines[place], pretty: false, &random)
        try Data(changed.map { $0 + Data("\n".utf8) }.joined())
          .write(to: URL(fileURLWithPath: path))
        tally.count(index) { _ = try History(path: path).drift(of: entry(0)) }
      }
      #expect(tally.refused > fuzzCount / 100 && tally.read > 0, "\(tally)")
    }
  }

  @Test func `of a run are used, or named before a number is`() throws {
    try withTemporaryFolder { root in
      let made = try FuzzedRun(below: root)
      let cells = try made.run.cells().map { CellFolder(run: made.run.folder, cell: $0) }
      let names = [
        "predictions.csv", "predictions.csv", "predictions.csv", "epochs.jsonl", "trajectory.jsonl",
        "embeddings.npy", "done.json", "configuration.json",
      ]
      let request = CheckRequest(baseline: made.baseline)
      #expect(try GateCheck(made.run.record()).report(request).verdict == .pass)
      var tally = Tally()
      for index in 0..<fuzzCount * 14 / 100 {
        var random = RandomStream(seed: 14).split("\(index)")
        let cell = cells[random.integer(below: cells.count)]
        let name = names[random.integer(below: names.count)]
        let path = cell.file(name)
        let whole = try Data(readingFile: path)
        let changed =
          name.hasSuffix("csv") && index % 3 > 0
          ? mutatedTable(whole, &random)
          : name.contains("json") && index % 3 > 0
            ? mutatedJSON(whole, pretty: false, &random) : mutatedBytes(whole, &random)
        try changed.write(to: URL(fileURLWithPath: path))
        if name != "done.json" { try made.vouch(cell) }
        tally.count(index) {
          let report = try GateCheck(made.run.record()).report(request)
          // A passed run scored what the corpus has. A changed number is incomparable, or another
          // probability of the same class.
          #expect(report.verdict == .pass || report.verdict == .incomparable, "\(report.text)")
          if index % 40 == 0 {
            _ = try Evidence(of: made.run.record())
              .explanation(of: "ravdess full ua pooled")
          }
          if index % 10 == 0 {
            _ = try made.run.record().status()
            _ = try cell.embeddings(rows: 4)
          }
        }
        try whole.write(to: URL(fileURLWithPath: path))
        try made.vouch(cell)
      }
      #expect(tally.refused > fuzzCount / 100 && tally.read > fuzzCount / 50, "\(tally)")
      #expect(try GateCheck(made.run.record()).report(request).verdict == .pass)
    }
  }

  @Test func `that open a run are used or named`() throws {
    try withTemporaryFolder { root in
      let made = try FuzzedRun(below: root)
      var tally = Tally()
      for index in 0..<fuzzCount / 50 {
        var random = RandomStream(seed: 15).split("\(index)")
        let names = ["experiment.json", "provenance.json", "run.json", "corpora/ravdess.json"]
        let name = names[index % names.count]
        let path = made.run.folder + "/" + name
        let whole = try Data(readingFile: path)
        try (index % 5 == 0 ? mutatedBytes(whole, &random) : mutatedJSON(whole, &random).sealed)
          .write(to: URL(fileURLWithPath: path))
        tally.count(index) {
          let run = try RecordedRun(readingFolder: made.run.folder)
          _ = try GateCheck(run).report(
            CheckRequest(baseline: made.baseline, history: root + "/h.jsonl"))
        }
        try whole.write(to: URL(fileURLWithPath: path))
      }
      #expect(tally.refused > fuzzCount / 1000 && tally.read > 0, "\(tally)")
    }
  }

  @Test func `of a run of version 0.5 are used or named`() throws {
    try withTemporaryFolder { root in
      try FileManager.default.copyItem(
        atPath: packageRoot + "/Tests/Kept/run-0.5/run", toPath: root + "/run")
      let names = try fileNames(in: root + "/run/cells")
      let whole = try Evidence(of: RecordedRun(readingFolder: root + "/run"))
        .explanation(of: "ravdess full ua pooled")
      #expect(whole.utterances == 96 && whole.seeds == [1, 2])
      var tally = Tally()
      for index in 0..<fuzzCount / 50 {
        var random = RandomStream(seed: 16).split("\(index)")
        let cell = "cells/" + names[random.integer(below: names.count)]
        let documents = ["experiment.json", "results.json", "provenance.json"]
        let name =
          index % 2 == 0
          ? cell + "/configuration.json" : documents[random.integer(below: documents.count)]
        let path = root + "/run/" + name
        let bytes = try Data(readingFile: path)
        let changed =
          index % 5 == 0 ? mutatedBytes(bytes, &random) : mutatedJSON(bytes, &random)
        try (index % 2 == 0 ? changed : changed.sealed).write(to: URL(fileURLWithPath: path))
        tally.count(index) {
          let run = try RecordedRun(readingFolder: root + "/run")
          _ = try run.status()
          let explained = try Evidence(of: run).explanation(of: "ravdess full ua pooled")
          // Moving a cell to another place loses it. No other number results.
          if explained.utterances == 96, explained.seeds == [1, 2] {
            #expect(explained.value == whole.value, "change \(index)")
          }
        }
        try bytes.write(to: URL(fileURLWithPath: path))
      }
      #expect(tally.refused > fuzzCount / 1000 && tally.read > 0, "\(tally)")
    }
  }
}
