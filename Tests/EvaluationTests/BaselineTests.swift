// Baselines: the paper's stored figures, recording, and rejection of invalid files.
import Evaluation
import Files
import Foundation
import TestSupport
import Testing

/// A complete measured run of two seeds on two folds, 4 utterances each.
func workedSummary(right: [Int] = [1, 2, 2, 2]) -> ScoreSummary {
  let places = [(1, 1), (1, 2), (2, 1), (2, 2)]
  return ScoreSummary(
    cells: zip(places, right).map { place, right in
      ScoredCell(
        seed: place.0, fold: place.1,
        matrix: ConfusionMatrix(classes: ["a", "b"], counts: [[right, 2 - right], [0, 2]]))
    }, seeds: [1, 2], folds: [1, 2])
}

let workedSignature = ProtocolSignature(
  corpus: "ravdess", foldList: "emobox", folds: 2, classes: ["a", "b"], utterances: 8)

func workedBaseline() throws -> Baseline {
  try Baseline.record(
    name: "ravdess-compact-full", system: "full", signature: workedSignature,
    summary: workedSummary(),
    provenance: Baseline.Provenance(
      programVersion: "1", commit: "abc", dirty: false, corpusFingerprint: "f", settingsHash: "h",
      machine: "m", date: "2026-11-22T00:00:00Z"),
    settings: [Baseline.Setting(path: "training.epochs", value: "50")])
}

@Suite struct `The paper's numbers on file` {
  let baselines: [Baseline]

  init() throws {
    baselines = try BaselineFile(readingFile: packageRoot + "/baselines/paper.json").baselines
  }

  @Test(
    arguments: [
      ("paper-iemocap", 78.47, 79.14), ("paper-msp-improv", 58.55, 58.34),
      ("paper-ravdess", 93.40, 92.28), ("paper-savee", nil, 72.3), ("kang-iemocap", 75.37, 76.04),
      ("wang-iemocap", 73.37, 74.18), ("liu-msp-improv", 55.80, 55.30),
    ] as [(String, Double?, Double?)])
  func `are those of docs/method.md`(name: String, accuracy: Double?, recall: Double?) throws {
    let baseline = try #require(baselines.first { $0.name == name })
    #expect(baseline.figures.map(\.metric) == [.accuracy, .unweightedAverageRecall])
    #expect(baseline.figures.map(\.percent) == [accuracy, recall])
    #expect(baseline.kind == .published)
  }

  @Test func `are seven, and load with whatever else is in the folder`() throws {
    #expect(baselines.count == 7)
    let all = try BaselineFile.load(folder: packageRoot + "/baselines")
    #expect(Set(all).isSuperset(of: baselines))
  }

  @Test func `say which number of MSP-IMPROV's clips their digits allow`() throws {
    let rows = ClaimRow.rows(baselines, systems: []) { $0 == "msp-improv" ? [792, 7006] : nil }
    let own = rows.filter { $0.claim == "paper-msp-improv" }
    #expect(own.count == 2 && own[0].granularity?.counts == [4566])
    for row in own {
      #expect(row.note?.contains("8438") == true && row.note?.contains("k/7798") == true)
    }
    #expect(rows.first { $0.claim == "paper-iemocap" }?.note == nil)
  }

  @Test func `say that SAVEE's UA is a mean over speakers`() throws {
    let savee = try #require(baselines.first { $0.name == "paper-savee" })
    #expect(savee.figures[1].averaging == .meanOverSpeakers)
  }
}

@Suite struct `A measured baseline` {
  @Test func `keeps every cell and its scores`() throws {
    let cells = try #require(try workedBaseline().measurement).cells
    #expect(cells.map(\.seed) == [1, 1, 2, 2])
    #expect(cells.map(\.fold) == [1, 2, 1, 2])
    // Three of four correct at seed 1, fold 1: recalls 1/2 and 1.
    expectClose(cells.map(\.accuracy), [0.75, 1, 1, 1])
    expectClose(cells.map(\.unweightedAverageRecall), [0.75, 1, 1, 1])
  }

  @Test func `compares by what is pooled over folds, mean over seeds`() throws {
    let figures = try workedBaseline().figures
    // 7/8 and 8/8.
    expectClose(figures.compactMap(\.percent), [93.75, 93.75])
    #expect(figures.allSatisfy { $0.averaging == .pooled })
  }

  @Test func `reads back equal`() throws {
    try withTemporaryFolder { folder in
      let file = BaselineFile(baselines: [try workedBaseline()])
      try file.write(to: folder + "/b.json")
      #expect(try BaselineFile(readingFile: folder + "/b.json") == file)
      #expect(try BaselineFile.load(folder: folder) == file.baselines)
      try file.write(to: folder + "/c.json")
      #expect(throws: BaselineError.duplicate(file: folder, name: "ravdess-compact-full")) {
        try BaselineFile.load(folder: folder)
      }
    }
  }

  @Test func `is not made of an incomplete run`() throws {
    let summary = ScoreSummary(
      cells: Array(workedSummary().cells.dropLast()), seeds: [1, 2], folds: [1, 2])
    #expect(throws: BaselineError.incompleteGrid(name: "x", cells: "3 of 4")) {
      try Baseline.record(
        name: "x", system: "full", signature: workedSignature, summary: summary,
        provenance: try #require(try workedBaseline().measurement).provenance, settings: [])
    }
  }
}

@Suite struct `A wrong baseline file` {
  /// The worked baseline as JSON with one text replaced.
  private func parse(_ old: String, _ new: String) throws -> BaselineFile {
    let text = String(
      decoding: try canonicalJSON(BaselineFile(baselines: [try workedBaseline()])), as: UTF8.self)
    #expect(text.contains(old))
    return try BaselineFile(
      parsing: Data(text.replacingOccurrences(of: old, with: new).utf8), file: "b.json")
  }

  @Test func `is only refused for what is wrong`() throws {
    #expect(try parse("{", "{").baselines.count == 1)
  }

  @Test func `with another accuracy than its counts is refused`() {
    let error = #expect(throws: BaselineError.self) {
      try parse(#""accuracy":0.75"#, #""accuracy":0.78"#)
    }
    #expect(
      error?.description
        == "b.json: baseline \"ravdess-compact-full\": "
        + "expected WA 0.75 at seed 1, fold 1, found 0.78"
    )
  }

  @Test func `with WA and UA swapped is refused`() throws {
    // Recalls 1/2 and 1 with 2 and 6 utterances: WA 7/8, UA 3/4.
    let matrix = ConfusionMatrix(classes: ["a", "b"], counts: [[1, 1], [0, 6]])
    var file = BaselineFile(baselines: [
      try Baseline.record(
        name: "x", system: "full",
        signature: ProtocolSignature(
          corpus: "savee", foldList: "speaker", folds: 1, classes: ["a", "b"], utterances: 8),
        summary: ScoreSummary(
          cells: [ScoredCell(seed: 1, fold: 1, matrix: matrix)], seeds: [1], folds: [1]),
        provenance: try #require(try workedBaseline().measurement).provenance, settings: [])
    ])
    #expect(try BaselineFile(parsing: canonicalJSON(file), file: "b.json") == file)
    file.baselines[0].measurement?.cells[0].accuracy = 0.75
    file.baselines[0].measurement?.cells[0].unweightedAverageRecall = 0.875
    #expect(throws: BaselineError.self) {
      try BaselineFile(parsing: canonicalJSON(file), file: "b.json")
    }
  }

  @Test func `with an unknown key is refused by the key's name`() {
    #expect(
      throws: BaselineError.unknownKey(file: "b.json", key: "baselines.0.measurement.sedes")
    ) { try parse(#""seeds":[1,2]"#, #""seeds":[1,2],"sedes":[1]"#) }
  }

  @Test func `with a missing key, a wrong type or broken JSON is refused`() {
    let missing = #expect(throws: BaselineError.self) { try parse(#""commit":"abc","#, "") }
    #expect(
      missing?.description
        == "b.json: baselines.0.measurement.provenance: expected the key commit")
    #expect(throws: BaselineError.self) { try parse(#""dirty":false"#, #""dirty":"no""#) }
    let broken = #expect(throws: BaselineError.self) { try parse("}", "") }
    guard case .notJSON = broken else {
      Issue.record("not reported as broken JSON: \(String(describing: broken))")
      return
    }
  }

  @Test(
    arguments: [
      (#""counts":[[1,1],[0,2]]"#, #""counts":[[1],[0,2]]"#, "counts: expected 2 rows of 2 counts"),
      (
        #""counts":[[1,1],[0,2]]"#, #""counts":[[9223372036854775807,9223372036854775807],[0,2]]"#,
        "at most 1000000000"
      ),
      (#""counts":[[1,1],[0,2]]"#, #""counts":[[1,1],[0,-2]]"#, "counts of at least 0"),
      (#""classes":["a","b"],"counts""#, #""classes":["a","a"],"counts""#, "a name of its own"),
      (#""seeds":[1,2]"#, #""seeds":[1,1]"#, "seeds of at least 0, each once"),
      (#""folds":[1,2]"#, #""folds":[1,1000000000000000000]"#, "folds of at least 1, each once"),
      (#""points":1.5"#, #""points":60"#, "margin.points: more than 0 and at most 20 points"),
      (#""points":1.5"#, #""points":-3"#, "margin.points: more than 0"),
      (#""points":1.5"#, #""points":0"#, "margin.points: more than 0"),
      (#""confidence":0.95"#, #""confidence":1"#, "margin.confidence: 0.5 to 0.9999"),
      (#""confidence":0.95"#, #""confidence":2"#, "margin.confidence: 0.5 to 0.9999"),
    ])
  func `with a number that no run gives is refused`(old: String, new: String, complaint: String)
    throws
  {
    var file = BaselineFile(baselines: [try workedBaseline()])
    file.baselines[0].measurement?.margin = .init(
      metric: .accuracy, points: 1.5, confidence: 0.95)
    let text = String(decoding: try canonicalJSON(file), as: UTF8.self)
    #expect(text.contains(old))
    #expect(try BaselineFile(parsing: Data(text.utf8), file: "b.json") == file)
    let error = #expect(throws: BaselineError.self) {
      try BaselineFile(parsing: Data(text.replacing(old, with: new).utf8), file: "b.json")
    }
    #expect(error?.description.contains(complaint) == true, "\(error as Any)")
  }

  @Test func `is sealed, and an edited margin is seen`() throws {
    try withTemporaryFolder { folder in
      var file = BaselineFile(baselines: [try workedBaseline()])
      file.baselines[0].measurement?.margin = .init(
        metric: .accuracy, points: 1.5, confidence: 0.95)
      let path = folder + "/b.json"
      try file.write(to: path)
      #expect(try BaselineFile(readingFile: path).seal == .intact)
      let text = String(decoding: try Data(readingFile: path), as: UTF8.self)
      let edited = text.replacing("\"points\" : 1.5", with: "\"points\" : 5")
      #expect(edited != text)
      try Data(edited.utf8).writeAtomically(to: path)
      #expect(throws: BaselineError.edited(file: path)) { try BaselineFile(readingFile: path) }
      let lint = try BaselineLint(folder: folder, texts: [folder + "/none"])
      #expect(lint.complaints.count == 1 && lint.complaints[0].contains("was edited"))
      // A file of an older version is read, reported by lint, and sealed on request.
      try canonicalJSON(file, pretty: true).writeAtomically(to: path)
      #expect(try BaselineFile(readingFile: path).seal == .unsealed)
      #expect(try BaselineLint(folder: folder, texts: [folder + "/none"]).complaints.count == 1)
      #expect(try BaselineFile.seal(path))
      #expect(try !BaselineFile.seal(path))
      #expect(try BaselineLint(folder: folder, texts: [folder + "/none"]).complaints.isEmpty)
    }
  }

  @Test func `with a lost cell or another number of utterances is refused`() {
    #expect(throws: BaselineError.self) { try parse(#""seeds":[1,2]"#, #""seeds":[1,2,3]"#) }
    #expect(throws: BaselineError.self) { try parse(#""utterances":8"#, #""utterances":9"#) }
  }
}
