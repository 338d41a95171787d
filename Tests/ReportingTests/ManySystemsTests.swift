// By hand and by property: what a report shows once for all systems, what it says in a sentence,
// and how many systems stand in one figure.
import Evaluation
import Reporting
import Samples
import Statistics
import TestSupport
import Testing

private func report(_ sample: Sample, _ change: (inout CorpusReport) -> Void = { _ in }) throws
  -> Report
{
  var content = makeContent(sample)
  for index in content.corpora.indices { change(&content.corpora[index]) }
  return try Report(content)
}

private func kinds(_ report: Report) -> [String] { report.charts.map(\.label.kind) }

@Suite struct `A report of twelve systems` {
  @Test func `has a main part of at most 15 pages, and all else in an appendix`() throws {
    let pages = try report(.grid).pageTexts
    // The second text of a page is the name of its section.
    let appendix = try #require(pages.firstIndex { $0[1].hasPrefix("Appendix.") })
    #expect(appendix <= 15, "\(appendix) pages")
    #expect(pages.prefix(2).joined().contains { $0.hasPrefix("Appendix.") }, "not in the contents")
  }

  @Test func `says in each table with a row of LAM that it is the mixing rule alone`() throws {
    let words = "LAM is the mixing rule alone, not the system of Kang et al."
    let grid = try report(.grid)
    for kind in ["tab-systems", "tab-ablation", "tab-components"] {
      let tables = grid.tables.filter { $0.kind == kind }
      #expect(!tables.isEmpty && tables.allSatisfy { $0.remark.contains(words) }, "\(kind)")
    }
    #expect(grid.tables.contains { !$0.remark.contains("LAM is") })
    // Negative control: without a system of LAM.
    let without = try report(.real)
    #expect(without.tables.contains { $0.kind == "tab-systems" })
    #expect(!without.tables.contains { $0.remark.contains("LAM is") })
  }

  @Test func `sets systems with the same parts and other settings apart in the ablations`() throws {
    func titles(_ change: (inout CorpusReport) -> Void = { _ in }) throws -> [String] {
      try #require(try report(.real, change).tables.first { $0.kind == "tab-ablation" })
        .rows.map { $0[0].text }
    }
    #expect(try !titles().contains("Other settings alone"))
    let found = try titles {
      ($0.variants[1].augmentation, $0.variants[1].pooling, $0.variants[1].losses) = (
        $0.variants[0].augmentation, $0.variants[0].pooling, $0.variants[0].losses
      )
    }
    #expect(found == ["Other settings alone"])
  }

  @Test func `shows all pairs in one figure, and two systems have none`() throws {
    let grid = try report(.grid)
    let chart = try #require(grid.charts.first { $0.label.kind == "fig-pairs" })
    #expect(kinds(grid).count { $0 == "fig-pairs" } == 1)
    let caption = chart.label.caption
    for words in [
      "All 66 pairs", "Nadeau–Bengio corrected t over 6 folds", "(Holm)",
      "A bar does not mean that its systems are equal",
    ] { #expect(caption.contains(words), "\(caption)") }
    let names = chart.plot(width: 500, ruler: try Ruler()).marks.compactMap(\.words)
    for variant in grid.content.corpora[0].variants {
      #expect(names.count { $0 == variant.name } == 2, "\(variant.name) by UA and by WA")
    }
    #expect(
      grid.tables.filter { $0.kind == "tab-pairs" }.map(\.name) == [
        "ravdess-pairs-ua", "ravdess-pairs-wa",
      ])
    let two = try report(.real)
    #expect(!kinds(two).contains("fig-pairs") && !two.tables.contains { $0.kind == "tab-pairs" })
  }

  @Test func `lists every pair with its interval and p in a file`() throws {
    let pairs = try #require(makeContent(.grid).corpora[0].judgement?.pairs.first)
    let table = try #require(report(.grid).tables.first { $0.name == "ravdess-pairs-ua" })
    let rows = table.csv.split(whereSeparator: \.isNewline).map(String.init)
    #expect(rows.count == 67)
    #expect(rows[0].hasPrefix("first,second,metric,delta,low,high,level,p,p_holm,verdict,method"))
    let pair = pairs.pairs[0]
    #expect(
      rows[1].hasPrefix(
        "\(pair.first),\(pair.second),unweighted_average_recall,\(pair.difference.value),"))
    #expect(rows.dropFirst().allSatisfy { $0.contains("undecided") || $0.contains("first better") })
  }

  @Test func `has one map of maps with one legend, and single maps by their names`() throws {
    let grid = try report(.grid)
    #expect(kinds(grid).count { $0 == "fig-tsne" } == 1)
    #expect(kinds(grid).count { $0 == "fig-tsne-speakers" } == 1)
    let chart = try #require(grid.charts.first { $0.label.kind == "fig-tsne" })
    for width in [252.0, 500] {
      let words = chart.plot(width: width, ruler: try Ruler()).marks.compactMap(\.words)
      for name in grid.content.corpora[0].classes { #expect(words.count { $0 == name } == 1) }
      for variant in grid.content.corpora[0].variants { #expect(words.contains(variant.name)) }
    }
    let alone = try Report(grid.content, ReportOptions(only: ["ravdess-tsne-speakers-2-no-mixup"]))
    #expect(alone.charts.map(\.label.name) == ["ravdess-tsne-speakers-2-no-mixup"])
    // One system keeps its own figure.
    let single = try report(.sized(systems: 1))
    #expect(single.charts.contains { $0.label.name == "ravdess-tsne-1-full" })
  }

  @Test func `shows the learning rate once, and each schedule once where they differ`() throws {
    func panels(_ report: Report) -> [CurvePanels.Panel] {
      report.charts.filter { $0.label.kind == "fig-learning-rate" }
        .compactMap { $0 as? CurvePanels }.flatMap(\.panels)
    }
    let grid = try report(.grid)
    #expect(panels(grid).map(\.title) == ["Learning rate"])
    let curves = grid.charts.filter { $0.label.kind == "fig-curves" }.compactMap {
      $0 as? CurvePanels
    }
    #expect(curves.count == 12)
    #expect(curves.allSatisfy { !$0.panels.contains { $0.title == "Learning rate" } })
    let other = try report(.real) { corpus in
      for cell in corpus.variants[1].curves.indices {
        corpus.variants[1].curves[cell].epochs[3].learningRate = 0.5
      }
    }
    #expect(panels(other).map(\.title) == ["Learning rate: full", "Learning rate: plain"])
    // A fold of other size has other steps, and so a slightly other rate after an epoch.
    let near = try report(.real) { $0.variants[0].curves[0].epochs[3].learningRate *= 1.02 }
    #expect(panels(near).map(\.title) == ["Learning rate"])
    // A cell that stopped early has no schedule of its own.
    let short = try report(.real) { $0.variants[0].curves[0].epochs.removeLast(5) }
    #expect(panels(short).map(\.title) == ["Learning rate"])
  }
}

@Suite struct `Equal counts` {
  private func texts(_ report: Report) -> String {
    report.pageTexts.joined().joined(separator: " ")
  }

  @Test func `are told in a sentence instead of figures and tables`() throws {
    let equal = try report(.real) {
      $0.dataset.counts = Array(repeating: 288, count: 8)
      $0.dataset.publishedCounts = $0.dataset.counts
    }
    for kind in ["fig-classes", "fig-corpus"] { #expect(!kinds(equal).contains(kind), "\(kind)") }
    let pages = texts(equal)
    for words in [
      "Each of the 8 classes has 288 utterances, as published.",
      "Each of the 6 folds has 360 test utterances: 24 neutral and 48 of each other class.",
      "Each of the 24 speakers has 90 utterances: 6 neutral and 12 of each other class.",
    ] { #expect(pages.contains(words), "\(words)") }
    #expect(
      !pages.contains("test utterances per fold") && !pages.contains("utterances per speaker"))
    // The counts still go to files.
    #expect(Set(equal.tables.map(\.name)).isSuperset(of: ["ravdess-folds", "ravdess-speakers"]))
    let asked = try Report(equal.content, ReportOptions(only: ["fig-classes", "fig-corpus"]))
    #expect(asked.charts.map(\.label.name) == ["ravdess-classes", "ravdess-corpus"])
  }

  @Test func `have figures and tables where one number differs (negative control)`() throws {
    let uneven = try report(.real) {
      $0.dataset.folds[1].counts[2] += 1
      $0.dataset.speakers[3].counts[2] += 1
    }
    #expect(kinds(uneven).contains("fig-classes") && kinds(uneven).contains("fig-corpus"))
    let pages = texts(uneven)
    #expect(pages.contains("test utterances per fold") && pages.contains("utterances per speaker"))
    #expect(!pages.contains("Each of the 6 folds") && !pages.contains("Each of the 24 speakers"))
    // Equal classes that are not the published ones are worth a figure.
    let published = try report(.real) { $0.dataset.counts = Array(repeating: 288, count: 8) }
    #expect(kinds(published).contains("fig-classes"))
    #expect(!texts(published).contains("as published"))
  }

  @Test func `leave the lengths of recordings, which differ`() throws {
    let length = CorpusOverview.Length(mean: 3, deviation: 0.4, least: 2, greatest: 5)
    let long = try report(.real) {
      $0.dataset.speakerLengths = $0.dataset.speakers.map { _ in length }
      $0.dataset.classLengths = $0.classes.map { _ in length }
    }
    let chart = try #require(long.charts.first { $0.label.kind == "fig-corpus" })
    #expect(chart.label.title == "RAVDESS: lengths")
    let words = chart.plot(width: 500, ruler: try Ruler()).marks.compactMap(\.words)
    #expect(words.contains("length by speaker, s") && !words.contains("utterances"))
  }
}

@Suite struct `A reliability diagram` {
  @Test func `hatches bins with few predictions and gives the others a line`() throws {
    func rows(_ count: Int) -> [Prediction] {
      (0..<count).map {
        Prediction(
          id: "u\($0)", speaker: "s\($0 % 4)", fold: 1, truth: $0 % 3 == 0 ? 1 : 0, predicted: 0,
          probabilities: [0.7, 0.3])
      }
    }
    func strokes(_ count: Int) throws -> Int {
      let system = try #require(
        ConfidenceAnalysis(
          SystemPredictions(system: "full", classes: ["a", "b"], seeds: [(1, rows(count))])))
      let chart = ReliabilityPanels(
        label: ChartLabel(kind: "fig-x", name: "x", title: "X", caption: "", warnings: .none),
        systems: [system])
      return chart.plot(width: 300, ruler: try Ruler()).marks.count {
        if case .line(let places, _) = $0 { places.count == 2 } else { false }
      }
    }
    // Many strokes for the hatching, one for the interval.
    #expect(try strokes(9) > strokes(10) + 5)
  }

  @Test func `comes with its numbers in tidy tables`() throws {
    let report = try report(.real)
    func header(_ name: String) throws -> [String] {
      let table = try #require(report.tables.first { $0.name == name }, "\(name)")
      let line = try #require(table.csv.split(whereSeparator: \.isNewline).first)
      return line.split(separator: ",").map(String.init)
    }
    #expect(
      try header("ravdess-calibration").starts(with: ["system", "quantity", "scaled", "value"]))
    #expect(try header("ravdess-reliability").contains("accuracy"))
    #expect(try header("ravdess-risk-coverage") == ["system", "coverage", "risk", "accuracy"])
    #expect(try header("ravdess-epochs").starts(with: ["system", "scored", "metric", "epoch"]))
    let page = report.pageTexts.joined().joined(separator: " ")
    #expect(
      page.contains("no epoch was chosen by a test fold") || page.contains("chosen by a test"))
  }
}
