// Predictions of other programs: read in many forms, checked row by row, recorded as a run.
import Evaluation
import Experiments
import Files
import Foundation
import Runs
import Scoring
import TestSupport
import Testing

@Suite struct `Scored predictions` {
  @Test func `give a run with the scores that a count gives`() throws {
    try written(scored([("p.csv", wholeTable())], names: ["svm"])) { run, results in
      #expect(run.isScored && run.cells.count == 2)
      let variant = try #require(results.first?.variants.first)
      #expect(variant.name == "svm" && variant.summary.isComplete && variant.logs.isEmpty)
      let matrix = try #require(variant.summary.pooledMatrix(seed: 1))
      #expect(matrix.total == 48 && ClassificationScores(matrix).accuracy == 0.75)
      #expect(
        results[0].signature(of: variant).fingerprint?.digest == toy.fingerprint)
      #expect(try run.status().cells.allSatisfy { $0.state == .finished })
    }
  }

  @Test func `have no calibration without probabilities`() throws {
    try written(scored([("p.csv", shortTable())])) { _, results in
      let predictions = try #require(results[0].variants[0].predictions)
      #expect(predictions.utterances.count == 48)
      #expect(predictions.utterances.allSatisfy { $0.probabilities.isEmpty })
    }
    try written(scored([("p.csv", wholeTable())])) { _, results in
      let predictions = try #require(results[0].variants[0].predictions)
      #expect(predictions.utterances.allSatisfy { $0.probabilities.count == 3 })
    }
  }

  @Test func `have other cells for other predictions, and the same for the same`() throws {
    func hashes(_ lines: [String], _ name: String) throws -> [String] {
      try written(scored([("p.csv", lines)], names: [name])) { run, _ in run.cells.map(\.hash) }
    }
    let own = try hashes(wholeTable(), "a")
    #expect(try own == hashes(wholeTable(), "a"))
    #expect(try own != hashes(wholeTable(), "b"))
    #expect(try own != hashes(wholeTable(shift: 2), "a"))
  }

  @Test func `turn logits into probabilities`() throws {
    let lines =
      ["id,logit_angry,logit_happy,logit_sad"]
      + toyUtterances.map { utterance in
        let label = guess(utterance)
        return utterance.id + ","
          + toy.corpus.classes.map { $0 == label ? "2" : "-1000" }.joined(separator: ",")
      }
    try written(scored([("p.csv", lines)])) { _, results in
      let rows = try #require(results[0].variants[0].predictions).utterances
      #expect(rows.allSatisfy { $0.probabilities[$0.predicted] == 1 })
      #expect(rows.count { $0.predicted == $0.truth } == 36)
    }
  }

  /// A file with one change, and what the error says.
  struct Broken: Sendable, CustomTestStringConvertible {
    let name: String
    let row: Int
    let line: String
    let told: [String]
    var testDescription: String { name }
  }

  static let broken = [
    Broken(
      name: "unknown id", row: 1, line: "X_1,angry,angry,S_A,1,0.5,0.25,0.25",
      told: [":2: id \"X_1\"", "no such utterance", "A_angry_1"]),
    Broken(
      name: "id twice", row: 2, line: "A_angry_1,happy,angry,S_A,1,0.25,0.5,0.25",
      told: [":3: A_angry_1 has a second prediction", "line 2", "keep one row"]),
    Broken(
      name: "wrong truth", row: 1, line: "A_angry_1,happy,sad,S_A,1,0.25,0.5,0.25",
      told: [":2: A_angry_1: the true class is sad here and angry in the protocol"]),
    Broken(
      name: "wrong speaker", row: 1, line: "A_angry_1,happy,angry,S_B,1,0.25,0.5,0.25",
      told: [":2: A_angry_1: the speaker is \"S_B\" here and S_A in the protocol"]),
    Broken(
      name: "wrong fold", row: 1, line: "A_angry_1,happy,angry,S_A,2,0.25,0.5,0.25",
      told: [":2: A_angry_1: the fold is \"2\" here and 1 in the protocol"]),
    Broken(
      name: "unknown label", row: 1, line: "A_angry_1,bored,angry,S_A,1,0.25,0.5,0.25",
      told: [
        ":2: column prediction: there is no class \"bored\"", "angry, happy, sad", "--labels",
      ]),
    Broken(
      name: "sum", row: 1, line: "A_angry_1,happy,angry,S_A,1,0.25,0.5,0.2",
      told: [":2: the probabilities sum to 0.95, expected 1"]),
    Broken(
      name: "NaN", row: 1, line: "A_angry_1,happy,angry,S_A,1,nan,0.5,0.5",
      told: [":2: column p_angry: expected a probability from 0 to 1, found \"nan\""]),
    Broken(
      name: "above 1", row: 1, line: "A_angry_1,happy,angry,S_A,1,-0.5,1.5,0",
      told: [":2: column p_angry: expected a probability", "-0.5"]),
    Broken(
      name: "not the greatest", row: 1, line: "A_angry_1,sad,angry,S_A,1,0.25,0.5,0.25",
      told: [":2: A_angry_1: predicts sad, but happy has the greatest probability"]),
    Broken(
      name: "fields", row: 1, line: "A_angry_1,sad", told: [":2: expected 8 fields, found 2"]),
  ]

  @Test(arguments: broken) func `are refused with line, value and remedy`(_ broken: Broken) {
    var lines = wholeTable()
    // Negative control.
    #expect(complaint { _ = try scored([("p.csv", lines)]) }.isEmpty)
    lines[broken.row] = broken.line
    let said = complaint { _ = try scored([("p.csv", lines)]) }
    for part in broken.told { #expect(said.contains(part), "\(said)") }
  }

  @Test func `are refused with missing utterances, unless that is allowed`() throws {
    let lines = shortTable().filter { !$0.hasPrefix("B_") }
    let said = complaint { _ = try scored([("p.csv", lines)]) }
    #expect(said.contains("12 of 48 utterances have no prediction: B_angry_1, "), "\(said)")
    #expect(said.contains("and 9 more") && said.contains("--allow-missing"), "\(said)")
    let systems = try scored([("p.csv", lines)]) { $0.allowMissing = true }
    try written(systems) { run, results in
      #expect(results[0].corpus.isIncomplete && results[0].corpus.utterances.count == 36)
      #expect(results[0].signature.text.hasPrefix("toy-INCOMPLETE|n:36|"))
      #expect(results[0].signature.fingerprint?.digest != toy.fingerprint)
    }
  }

  @Test func `need columns of ids and classes, which may be named`() throws {
    let lines = shortTable().map { $0.replacing("id,prediction", with: "thing,emotion") }
    let said = complaint { _ = try scored([("p.csv", lines)]) }
    #expect(said.contains("thing, emotion") && said.contains("--id-column"), "\(said)")
    let other = complaint { _ = try scored([("p.csv", lines)]) { $0.columns.id = "thing" } }
    #expect(other.contains("--prediction-column"), "\(other)")
    let named = try scored([("p.csv", lines)]) {
      $0.columns.id = "thing"
      $0.columns.prediction = "emotion"
    }
    #expect(named.remarks.first?.hasSuffix("id=thing, prediction=emotion") == true)
    let wrong = complaint {
      _ = try scored([("p.csv", shortTable())]) { $0.columns.id = "nothing" }
    }
    #expect(wrong.contains("--id-column nothing: there is no such column"), "\(wrong)")
  }

  @Test func `accept common spellings of classes, and the user's`() throws {
    let short = ["angry": "ANG", "happy": "Happiness", "sad": "2"]
    let lines =
      ["file,pred"] + toyUtterances.map { "x/\($0.id).wav,\(short[guess($0)] ?? "")" }
    let said = complaint { _ = try scored([("p.csv", lines)]) }
    #expect(said.contains("there is no class \"2\""), "\(said)")
    let systems = try scored([("p.csv", lines)]) {
      $0.labels = [LabelSpelling("2", "sad")]
    }
    try written(systems) { _, results in
      let matrix = try #require(results[0].variants[0].summary.pooledMatrix(seed: 1))
      #expect(ClassificationScores(matrix).accuracy == 0.75)
    }
    #expect(throws: ScoreError.self) {
      try scored([("p.csv", lines)]) { $0.labels = [LabelSpelling("2", "bored")] }
    }
    #expect(try LabelSpelling.parsing("2=sad,1=happy").map(\.label) == ["sad", "happy"])
    #expect(throws: ScoreError.self) { try LabelSpelling.parsing("2=") }
  }
}

@Suite struct `Seeds and systems` {
  @Test func `come from a column`() throws {
    let lines =
      ["id,prediction,seed"]
      + [3, 5].flatMap { seed in
        toyUtterances.map { "\($0.id),\(guess($0, shift: seed == 3 ? 1 : 2)),\(seed)" }
      }
    #expect(try scored([("p.csv", lines)]).seeds == [3, 5])
    let bad = lines.map { $0.replacing(",5", with: ",-5") }
    #expect(complaint { _ = try scored([("p.csv", bad)]) }.contains("expected a seed"))
  }

  @Test func `are one for each file with the same utterances`() throws {
    let files = [("a.csv", shortTable()), ("b.csv", shortTable(shift: 2))]
    #expect(try scored(files).seeds == [1, 2])
    let named = try scored(files, names: ["x", "y"])
    #expect(named.seeds == [1] && named.systems.map(\.name) == ["x", "y"])
    try written(named) { run, results in
      #expect(run.cells.count == 4 && results[0].variants.count == 2)
    }
  }

  @Test func `are one for files of separate folds, in any order`() throws {
    func fold(_ number: Int, shift: Int) -> [String] {
      ["id,prediction"]
        + toyUtterances.filter { $0.fold == number }.map { "\($0.id),\(guess($0, shift: shift))" }
    }
    let one = try scored([("1.csv", fold(1, shift: 1)), ("2.csv", fold(2, shift: 1))])
    #expect(one.seeds == [1])
    let two = try scored([
      ("1a.csv", fold(1, shift: 1)), ("1b.csv", fold(1, shift: 2)),
      ("2a.csv", fold(2, shift: 1)), ("2b.csv", fold(2, shift: 2)),
    ])
    #expect(two.seeds == [1, 2])
  }

  @Test func `are never copies`() throws {
    let twice = complaint { _ = try scored([("a.csv", shortTable()), ("b.csv", shortTable())]) }
    #expect(twice.contains("b.csv: is a copy of"), "\(twice)")
    // The same predictions in another order are a copy too.
    let turned = [wholeTable()[0]] + wholeTable().dropFirst().reversed()
    let said = complaint {
      _ = try scored([("a.csv", wholeTable()), ("b.csv", turned)], names: ["x", "y"])
    }
    #expect(said.contains("x, seed 1 and y, seed 1: have the same predictions"), "\(said)")
    #expect(
      complaint {
        _ = try scored(
          [("a.csv", wholeTable()), ("b.csv", wholeTable(most: 0.6))], names: ["x", "y"])
      }.isEmpty)
  }

  @Test func `have names that fit into paths`() {
    for name in ["../x", "", "a b", String(repeating: "x", count: 65)] {
      let said = complaint { _ = try scored([("a.csv", shortTable())], names: [name]) }
      #expect(said.hasPrefix("--name"), "\(said)")
    }
    let few = complaint {
      _ = try scored(
        [("a.csv", shortTable()), ("b.csv", shortTable(shift: 2)), ("c.csv", wholeTable())],
        names: ["x", "y"])
    }
    #expect(few.contains("2 names for 3 files"), "\(few)")
  }
}

@Suite struct `The folder of a score` {
  @Test func `is written once, and never over something else`() throws {
    try withTemporaryFolder { folder in
      let (first, other) = (
        try scored([("p.csv", shortTable())]), try scored([("p.csv", shortTable(shift: 2))])
      )
      let run = folder + "/above/run"
      try first.write(to: run, name: "run") { _, _ in }
      try first.write(to: run, name: "run") { _, _ in Issue.record("it was written again") }
      let said = complaint { try other.write(to: run, name: "run") { _, _ in } }
      #expect(said.contains("already holds something else"), "\(said)")
      #expect(try RecordedRun(readingFolder: run).cells.count == 2)
      #expect(try fileNames(in: folder + "/above") == ["run"])
    }
  }

  @Test func `is not left behind by a failure`() throws {
    struct Failed: Error {}
    try withTemporaryFolder { folder in
      let systems = try scored([("p.csv", shortTable())])
      #expect(throws: Failed.self) {
        try systems.write(to: folder + "/run", name: "run") { _, _ in throw Failed() }
      }
      #expect(try fileNames(in: folder).isEmpty)
    }
  }
}
