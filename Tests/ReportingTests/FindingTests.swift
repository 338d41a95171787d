// The sentences of the first page: each follows its numbers, and another number gives another one.
import Evaluation
import Foundation
import Randomness
import Reporting
import Samples
import Statistics
import TestSupport
import Testing

/// A system that is right about a given share of each speaker's utterances.
private func system(_ name: String, right: Double) -> SystemPredictions {
  let classes = ["angry", "sad"]
  var stream = RandomStream(seed: 5).split(name)
  let rows = (0..<600).map { index in
    let truth = index % 2
    return Prediction(
      id: String(format: "u-%03d", index), speaker: "speaker-\(index % 12)",
      fold: index % 12 % 6 + 1, truth: truth,
      predicted: stream.uniform() < right ? truth : 1 - truth, probabilities: [])
  }
  return SystemPredictions(
    system: name, classes: classes, seeds: [(seed: 1, predictions: rows)])
}

private func comparison(_ first: Double, _ second: Double) -> SystemComparison {
  SystemComparison(
    system("full", right: first), system("plain", right: second),
    metric: .unweightedAverageRecall, random: RandomStream(seed: 1), resamples: 50)
}

private func finding(
  _ kind: Finding.Kind, in sample: Sample = .real,
  _ change: (inout ReportContent) -> Void = { _ in }
) throws -> Finding {
  var content = makeContent(sample)
  change(&content)
  return try #require(content.findings.first { $0.kind == kind }, "\(kind)")
}

@Suite struct `The sentences of the first page` {
  @Test func `have the numbers of the pages`() throws {
    let content = makeContent(.real)
    let analysis = try #require(content.corpora[0].judgement?.analyses.first)
    let figure = try #require(analysis[.unweightedAverageRecall]?.pooled)
    let result = try finding(.result).text
    #expect(result.contains(String(format: "of %.1f %%", 100 * figure.value)))
    let interval = try #require(figure.interval)
    #expect(
      result.contains(String(format: "%.1f to %.1f %%", 100 * interval.lower, 100 * interval.upper))
    )
    #expect(result.contains("mean of 3 seeds"))
    let table = try #require(Report(content).tables.first { $0.name == "scores" })
    #expect(result.contains(table.rows[0][5].text) && result.contains(table.rows[0][6].text))
    // Negative control: other predictions, other numbers.
    let other = try finding(.result) {
      $0.corpora[0].judgement?.analyses[0] = SystemAnalysis(
        system("full", right: 0.9), random: RandomStream(seed: 1), resamples: 50)
    }.text
    #expect(!other.contains(table.rows[0][5].text) && other.contains("with one seed"))
  }

  /// A system that gives one class to all has the same UA for every sample of speakers.
  @Test func `call an interval without width no certainty`() throws {
    let rows = system("full", right: 1).utterances.map { row in
      var row = row
      row.predicted = 0
      return row
    }
    let constant = SystemPredictions(
      system: "full", classes: ["angry", "sad"], seeds: [(seed: 1, predictions: rows)])
    let analysis = SystemAnalysis(constant, random: RandomStream(seed: 1), resamples: 50)
    let interval = try #require(analysis[.unweightedAverageRecall]?.pooled.interval)
    #expect(interval.isDegenerate && interval.lower == 0.5)
    func change(_ content: inout ReportContent) {
      content.corpora[0].judgement?.analyses[0] = analysis
      content.corpora[0].judgement?.comparisons = [
        [
          SystemComparison(
            constant, constant, metric: .unweightedAverageRecall, random: RandomStream(seed: 1),
            resamples: 50)
        ]
      ]
    }
    for kind in [Finding.Kind.result, .difference] {
      let text = try finding(kind, change).text
      #expect(text.contains("the same for every sample of speakers, which is no certainty"))
      #expect(!text.contains("50.0 to 50.0") && !text.contains("0.0 to 0.0"), "\(text)")
    }
    var content = makeContent(.real)
    func marked() throws -> [String] {
      try Report(content).tables.filter { table in
        let isMarked = table.rows.joined().contains { $0.text.contains("†") }
        let isExplained = table.remark.contains(Estimate.Interval.degenerateNote)
        #expect(isMarked == isExplained, "\(table.name)")
        return isMarked
      }.map(\.name)
    }
    // Negative control.
    #expect(try marked().isEmpty)
    change(&content)
    let names = try marked()
    let expected: Set = ["ravdess-intervals", "ravdess-unseen-speakers"]
    #expect(expected.isSubset(of: names), "\(names)")
    let intervals = try #require(Report(content).tables.first { $0.name == "ravdess-intervals" })
    #expect(intervals.rows.joined().contains { $0.text.contains("50.0 to 50.0†") })
    #expect(intervals.csv.contains("no width"))
    let ending = "\n" + Estimate.Interval.degenerateNote
    #expect(content.resultTable.hasSuffix(ending) && !makeContent(.real).resultTable.contains("†"))
  }

  @Test func `say that no score exists yet`() throws {
    let none = try finding(.result) { $0.corpora[0].judgement?.analyses = [] }
    #expect(none.verdict == "none" && none.text.contains("No system has a complete seed"))
  }

  @Test(arguments: [
    (0.9, 0.6, "better", "full is better than plain on unseen speakers"),
    (0.6, 0.9, "worse", "plain is better than full on unseen speakers"),
    (0.75, 0.75, "undecided", "full and plain cannot be told apart on unseen speakers"),
  ]) func `tell which system is better`(
    first: Double, second: Double, verdict: String, words: String
  ) throws {
    let row = comparison(first, second)
    let found = try finding(.difference) { $0.corpora[0].judgement?.comparisons = [[row]] }
    #expect(found.verdict == verdict && found.text.contains(words), "\(found.text)")
    let sign = row.difference.value < 0 ? "−" : "+"
    let shown = sign + String(format: "%.1f", abs(100 * row.difference.value))
    #expect(found.text.contains("full − plain is \(shown) points of UA"), "\(found.text)")
    #expect(found.text.contains("8 times in 10") == (verdict == "undecided"))

    let again = try finding(.methods) {
      $0.corpora[0].judgement?.comparisons = [[row]]
      $0.corpora[0].judgement?.components = []
    }
    #expect(again.verdict == verdict, "\(again.text)")
    #expect(again.text.contains("over 6 folds"))
  }

  @Test func `choose plain among many systems, or say nothing`() throws {
    var other = comparison(0.9, 0.6)
    let rows = [comparison(0.75, 0.75), other]
    // Both rows are about plain; the first counts.
    let found = try finding(.difference) { $0.corpora[0].judgement?.comparisons = [rows] }
    #expect(found.verdict == "undecided")
    other = SystemComparison(
      system("full", right: 0.9), system("lam", right: 0.6), metric: .unweightedAverageRecall,
      random: RandomStream(seed: 1), resamples: 50)
    var content = makeContent(.real)
    content.corpora[0].judgement?.comparisons = [[other, other]]
    #expect(!content.findings.contains { $0.kind == .difference })
  }

  @Test func `count the paper's claims`() throws {
    func parts(_ rows: [SystemComparison?]) throws -> Finding {
      try finding(.parts) {
        $0.corpora[0].judgement?.components = [
          ComponentClaim.judged(rows.map { .init(series: "s", claim: "c", comparison: $0) })
        ]
      }
    }
    let (up, down, same) = (comparison(0.9, 0.5), comparison(0.5, 0.9), comparison(0.75, 0.75))
    let mixed = try parts([up, up, down, same, nil])
    #expect(mixed.verdict == "decided")
    #expect(
      mixed.text.contains("4 claims about a part that were run, 2 hold, 1 is contradicted and 1 is")
    )
    #expect(mixed.text.contains("1 was not run"))
    let open = try parts([same])
    #expect(open.verdict == "undecided")
    #expect(open.text.contains("1 claim about a part that were run, none holds, none is"))
  }

  @Test func `tell of leaks`() throws {
    let none = try finding(.leaks)
    #expect(none.verdict == "none" && none.text.contains("no leak between training and test in"))
    let some = try finding(.leaks) { $0.corpora[0].judgement?.leaks = 2 }
    #expect(some.verdict == "leaks" && some.text.contains("has 2 leaks between"))
    #expect(!some.text.contains("no leak"))
    let unknown = try finding(.leaks) { $0.corpora[0].judgement?.leaks = nil }
    #expect(unknown.verdict == "unknown" && unknown.text.contains("Nobody looked for leaks"))
  }

  @Test func `tell of conformance`() throws {
    let failed = try finding(.conformance)
    #expect(failed.verdict == "failed" && failed.text.contains("only 1 of 2 fixtures"))
    var rows = makeContent(.real).conformance?.rows ?? []
    for index in rows.indices { rows[index].passed = true }
    let passed = try finding(.conformance) { $0.conformance?.rows = rows }
    #expect(passed.verdict == "passed" && passed.text.contains("in 2 of 2 fixtures"))
    let unknown = try finding(.conformance) { $0.conformance = nil }
    #expect(unknown.verdict == "unknown" && unknown.text.contains("were not verified"))
  }

  @Test func `say why the paper's number is not comparable`() throws {
    let other = try finding(.printed)
    #expect(other.verdict == "not comparable")
    #expect(other.text.contains("93.4 % WA cannot be compared: its backbone was pretrained"))
    let bare = try finding(.printed) { $0.corpora[0].baselines[0].whyNot = "no folds" }
    #expect(bare.text.hasSuffix("compared: no folds.") && !other.text.hasSuffix(".."))
    let same = try finding(.printed) { $0.corpora[0].baselines[0].isComparable = true }
    #expect(same.verdict == "comparable" && !same.text.contains("cannot"))
    #expect(!makeContent(.quick).findings.contains { $0.kind == .printed })
  }

  @Test func `tell of the change since the last recorded run`() throws {
    let content = makeContent(.real)
    let rows = try #require(content.corpora[0].judgement?.gate)
    #expect(rows.map(\.isUnchanged) == [true, false])
    let found = try finding(.gate)
    #expect(
      found.text.contains(
        "full: PASS, no change: every utterance has the same class in every seed."))
    #expect(found.verdict == Verdict.worst(of: rows.map(\.result.verdict)).rawValue)
    // plain is compared with the scores of full, which is better by far.
    let loss = try #require(rows[1].result.difference)
    #expect(rows[1].result.verdict == .regressed && loss.value < 0)
    let shown = "plain: REGRESSED, −" + String(format: "%.1f", abs(100 * loss.value))
    #expect(found.text.contains(shown + " points of UA (95 % interval −"), "\(found.text)")
    #expect(found.text.contains("1 of 2 systems passes") && found.text.contains("margin −1.0"))
    // Negative control: the same rows exchanged.
    let gain = try finding(.gate) { $0.corpora[0].judgement?.gate = [rows[0], rows[0]] }
    #expect(gain.verdict == "pass" && gain.text.contains("2 of 2 systems pass."))
    #expect(!gain.text.contains("plain"))
    #expect(!makeContent(.quick).findings.contains { $0.kind == .gate })
  }

  @Test func `show a strip of verdicts, with their words, and a table`() throws {
    let content = makeContent(.real)
    let report = try Report(content)
    let strip = try #require(report.charts.first { $0.label.kind == "fig-gate" })
    let words = try strip.plot(width: 500, ruler: Ruler()).marks.compactMap(\.words)
    #expect(words.contains("PASS") && words.contains("no change") && words.contains("REGRESSED"))
    #expect(report.pageTexts[0].contains("REGRESSED"))
    let table = try #require(report.tables.first { $0.kind == "tab-gate" })
    #expect(table.rows.map { $0.last?.text } == ["PASS", "REGRESSED"])
    #expect(table.rows[0][5].text == "none" && table.rows[1][5].text.hasPrefix("−"))
  }

  @Test func `leave out a recorded result that has the run's own counts`() throws {
    var content = makeContent(.real)
    var own = content.corpora[0].baselines[1]
    own.name = "ravdess-compact full"
    content.corpora[0].baselines.append(own)
    func scores() throws -> Table {
      try #require(try Report(content).tables.first { $0.name == "scores" })
    }
    #expect(try scores().rows.contains { $0[1].text.contains("ravdess-compact full") })
    content.corpora[0].baselines[content.corpora[0].baselines.count - 1].isSame = true
    let table = try scores()
    #expect(!table.rows.contains { $0[1].text.contains("ravdess-compact full") })
    // No other recorded result takes its place.
    #expect(!table.rows.contains { $0[1].text.contains("compact, recorded") })
    #expect(
      table.remark.contains("ravdess-compact full has the predictions of this run and is not shown")
    )
    // Many are counted.
    content.corpora[0].baselines += Array(repeating: content.corpora[0].baselines[2], count: 3)
    let many = try scores().remark
    #expect(many.contains("4 recorded results have the predictions of this run and are not shown"))
    #expect(!many.contains("ravdess-compact full"))
  }

  @Test func `carry the warnings`() throws {
    let content = makeContent(.quick)
    #expect(content.findings.filter { $0.corpus != nil }.allSatisfy { $0.text.hasPrefix("SYNTH") })
    #expect(!makeContent(.real).findings.contains { $0.text.contains("SYNTHETIC") })
    // One corpus is named once, several are named in every sentence.
    #expect(makeContent(.real).findings.count { $0.text.hasPrefix("RAVDESS: ") } == 1)
    #expect(content.findings.count { $0.text.contains("RAVDESS stand-in: ") } > 1)
    // One corpus has room for a sentence on the methods.
    func hasMethods(_ content: ReportContent) -> Bool {
      var content = content
      for index in content.corpora.indices { content.corpora[index].judgement?.components = [] }
      return content.findings.contains { $0.kind == .methods }
    }
    #expect(hasMethods(makeContent(.real)) && !hasMethods(content))
  }

  @Test func `stand above recorded systems of the same name, or full and plain`() throws {
    func recorded(_ names: [String]) throws -> [String] {
      var content = makeContent(.real)
      var row = content.corpora[0].baselines[1]
      content.corpora[0].baselines = names.map { name in
        row.name = name
        return row
      }
      for index in content.corpora[0].variants.indices {
        content.corpora[0].variants[index].name = "mine-\(index)"
      }
      let table = try #require(Report(content).tables.first { $0.name == "scores" })
      return table.rows.dropFirst(2).map { $0[1].text }
    }
    let all = try recorded(["a full", "a lam", "a plain", "b full"])
    #expect(all.count == 2 && all[0].hasPrefix("a full") && all[1].hasPrefix("a plain"))
    let own = try recorded(["a full", "a mine-1"])
    #expect(own.count == 1 && own[0].hasPrefix("a mine-1"))
    #expect(try recorded(["a lam", "b lam"]).count == 1)
  }

  @Test func `are one paragraph for each of several corpora`() throws {
    let content = makeContent(.quick)
    let answer = content.answer
    #expect(content.corpora.count == 4 && answer.count == 4 + 2)
    for (corpus, paragraph) in zip(content.corpora, answer) {
      let own = content.findings.filter { $0.corpus == corpus.name }
      #expect(own.count > 1)
      let name = "\(corpus.displayName): "
      #expect(paragraph.components(separatedBy: name).count == 2, "\(paragraph)")
      for finding in own {
        let words = try #require(finding.text.components(separatedBy: name).last)
        #expect(paragraph.contains(words), "\(words)")
        #expect(!answer.contains { $0 != paragraph && $0.contains(name) })
      }
    }
    // Negative control: with one corpus, each sentence stands alone.
    let one = makeContent(.real)
    #expect(one.answer == one.findings.map(\.text))
  }

  @Test func `are those of every form`() throws {
    let content = makeContent(.real)
    let report = try Report(content)
    let first = try #require(report.pageTexts.first).joined(separator: " ")
    try withTemporaryFolder { folder in
      _ = try Report.write(content, ReportOptions(formats: [.html, .markdown]), to: folder)
      let page = try String(contentsOfFile: folder + "/index.html", encoding: .utf8)
      let summary = try String(contentsOfFile: folder + "/summary.md", encoding: .utf8)
      #expect(content.findings.count >= 5)
      for finding in content.findings {
        #expect(first.contains(finding.text), "\(finding.text)")
        let isOnPage = page.contains(finding.text.replacing("<", with: "&lt;"))
        #expect(isOnPage, "\(finding.text)")
        let opening = finding.text.prefix { $0 != "_" && $0 != "*" && $0 != "<" }
        #expect(summary.contains(opening), "\(opening)")
      }
    }
  }
}
