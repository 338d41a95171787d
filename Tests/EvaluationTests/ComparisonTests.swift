// Which results are compared, only shown, or rejected.
import Evaluation
import Files
import Foundation
import TestSupport
import Testing

private func run(
  _ change: (inout ProtocolSignature) -> Void = { _ in }, summary: ScoreSummary = workedSummary()
) -> RunScores {
  var signature = workedSignature
  change(&signature)
  return RunScores(system: "full", signature: signature, summary: summary)
}

@Suite struct `Protocols` {
  @Test func `that are equal compare`() {
    #expect(workedSignature.comparability(with: workedSignature) == .comparable)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let reason: String
    let change: @Sendable (inout ProtocolSignature) -> Void
    var testDescription: String { reason }
  }

  @Test(arguments: [
    Case(reason: "other folds: emobox vs contiguous") { $0.foldList = "contiguous" },
    Case(reason: "the folds are not published") { $0.foldList = nil },
    Case(reason: "other number of folds: 2 vs 6") { $0.folds = 6 },
    Case(reason: "the number of folds is not recorded") { $0.folds = nil },
    Case(reason: "other classes: a b vs a c") { $0.classes = ["a", "c"] },
    Case(reason: "other number of utterances: 8 vs 9") { $0.utterances = 9 },
    Case(reason: "the number of utterances is not recorded") { $0.utterances = nil },
    Case(reason: "scored on other data: test vs inner-validation") {
      $0.evaluateOn = "inner-validation"
    },
    Case(reason: "the corpus is incomplete (the baseline)") { $0.incomplete = true },
  ])
  func `that differ are shown with the reason`(wrong: Case) {
    var other = workedSignature
    wrong.change(&other)
    #expect(workedSignature.comparability(with: other) == .shownOnly(reasons: [wrong.reason]))
  }

  @Test func `of synthetic and real speech, or of two corpora, are refused`() {
    var synthetic = workedSignature
    synthetic.synthetic = true
    var savee = workedSignature
    savee.corpus = "savee"
    for other in [synthetic, savee] {
      guard case .refused = workedSignature.comparability(with: other),
        case .refused = other.comparability(with: workedSignature)
      else {
        Issue.record("not refused")
        continue
      }
    }
    #expect(synthetic.comparability(with: synthetic) == .comparable)
  }

  @Test func `do not differ by the order of their classes`() {
    var other = workedSignature
    other.classes = ["b", "a"]
    #expect(workedSignature.comparability(with: other) == .comparable)
  }
}

@Suite struct `A comparison with baselines` {
  @Test func `subtracts where the protocols agree`() throws {
    let comparison = Comparison(
      run: [run(summary: workedSummary(right: [1, 1, 1, 1]))], baselines: [try workedBaseline()])
    #expect(comparison.rows.map(\.metric) == [.accuracy, .unweightedAverageRecall])
    // 6/8 of every seed against 7.5/8.
    expectClose(comparison.rows.compactMap(\.difference), [-18.75, -18.75])
    #expect(comparison.rows.map(\.differenceText) == ["-18.8", "-18.8"])
    #expect(comparison.rows[0].spread == 0)
  }

  @Test func `shows but does not subtract where they do not`() throws {
    let comparison = Comparison(
      run: [run { $0.foldList = "contiguous" }], baselines: [try workedBaseline()])
    let row = comparison.rows[0]
    #expect(row.difference == nil)
    #expect(row.ours != nil && row.theirs != nil)
    #expect(comparison.text.contains("not subtracted: other folds: contiguous vs emobox"))
  }

  @Test func `never sets synthetic speech beside the paper`() throws {
    let paper = try BaselineFile(readingFile: packageRoot + "/baselines/paper.json").baselines
    let comparison = Comparison(run: [run { $0.synthetic = true }], baselines: paper)
    #expect(comparison.rows.count == 2)
    for row in comparison.rows {
      #expect(row.theirs == nil && row.difference == nil)
      #expect(row.theirsText == "refused")
    }
    let json = String(decoding: try canonicalJSON(comparison), as: UTF8.self)
    for text in [comparison.text, json] {
      #expect(!text.contains("93.4") && !text.contains("92.28"))
    }
    #expect(comparison.text.contains("SYNTHETIC"))
    // The same run on genuine speech is shown them.
    let real = Comparison(run: [run()], baselines: paper)
    #expect(real.text.contains("93.40"))
  }

  @Test func `shows the paper's RAVDESS beside ours without subtracting`() throws {
    let paper = try BaselineFile(readingFile: packageRoot + "/baselines/paper.json").baselines
    let rows = Comparison(run: [run()], baselines: paper).rows
    #expect(rows.map(\.theirs) == [93.40, 92.28])
    #expect(rows.allSatisfy { $0.difference == nil })
    #expect(rows[0].notes.contains("not subtracted: the folds are not published"))
  }

  @Test func `leaves out baselines of other corpora and says if none is left`() throws {
    let comparison = Comparison(
      run: [run { $0.corpus = "savee" }], baselines: [try workedBaseline()])
    #expect(comparison.rows.isEmpty)
    #expect(comparison.text == "no baseline is recorded for any corpus of this run\n")
  }

  @Test func `holds SAVEE's mean over speakers against our mean over its folds`() throws {
    let classes = ["anger", "disgust", "fear", "happiness", "neutral", "sadness", "surprise"]
    let matrix = { (right: Int) in
      ConfusionMatrix(
        classes: classes,
        counts: (0..<7).map { row in
          (0..<7).map { $0 == row ? right : $0 == (row + 1) % 7 ? (row == 4 ? 30 : 15) - right : 0 }
        })
    }
    let summary = ScoreSummary(
      cells: [15, 10, 5, 0].enumerated().map {
        ScoredCell(seed: 1, fold: $0.offset + 1, matrix: matrix($0.element))
      }, seeds: [1], folds: [1, 2, 3, 4])
    let savee = RunScores(
      system: "full",
      signature: ProtocolSignature(
        corpus: "savee", foldList: "speaker", folds: 4, classes: classes, utterances: 480),
      summary: summary)
    let paper = try BaselineFile(readingFile: packageRoot + "/baselines/paper.json").baselines
    let rows = Comparison(run: [savee], baselines: paper).rows
    #expect(rows[0].theirsText == "not recorded")
    #expect(rows[0].difference == nil)
    let ours = try #require(summary.perFold(.unweightedAverageRecall)).mean * 100
    expectClose(try #require(rows[1].difference), ours - 72.3)
  }

  @Test func `of a run on some folds only is not subtracted`() throws {
    let summary = ScoreSummary(
      cells: workedSummary().cells.filter { $0.fold == 1 }, seeds: [1, 2], folds: [1])
    let row = Comparison(run: [run(summary: summary)], baselines: [try workedBaseline()]).rows[0]
    #expect(row.difference == nil)
    #expect(row.comparability == .shownOnly(reasons: ["only 1 of 2 folds were run"]))
  }

  @Test func `says when seeds are missing`() throws {
    let summary = ScoreSummary(
      cells: Array(workedSummary().cells.dropLast()), seeds: [1, 2], folds: [1, 2])
    let row = Comparison(run: [run(summary: summary)], baselines: [try workedBaseline()]).rows[0]
    #expect(row.caveats == ["3 of 4 cells; only complete seeds count"])
    expectClose(try #require(row.ours), 87.5)
    #expect(row.spread == nil)
  }

  @Test func `reads back from its JSON`() throws {
    let comparison = Comparison(run: [run()], baselines: [try workedBaseline()])
    let data = try canonicalJSON(comparison)
    #expect(try decodeJSON(Comparison.self, from: data) == comparison)
  }
}
