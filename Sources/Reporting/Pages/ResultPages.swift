// The systems on one corpus side by side: scores, differences, folds and speakers.
import Evaluation
import Statistics

extension CorpusReport {
  /// Returns the sections that compare the systems.
  var resultSections: [Section] {
    [
      section("systems compared", [.table(systemTable)] + foldChart),
      section("ablations", ablations), section("all pairs", pairChart),
      section("speakers", speakerChart),
      section("classes", classComparison),
    ].filter { !$0.blocks.isEmpty }
  }

  /// Returns the sections on each system and cell.
  var detailSections: [Section] {
    groupSections + speakerSections
      + [section("recorded results", baselineTable), section("ablations by WA", ablationsByWA)]
      .filter { !$0.blocks.isEmpty } + [section("every cell", cellTable)]
      + [section("every pair of systems", pairTables)].filter { !$0.blocks.isEmpty }
      + classSections
      + [section("confusions compared", confusionDifferences)].filter { !$0.blocks.isEmpty }
      + trainingSections + mapSections + exampleSections
  }

  // MARK: Systems side by side

  private var systemTable: Table {
    let first = variants.first?.scores
    let reference = variants.first?.name ?? ""
    return table(
      "tab-systems", ": systems compared",
      columns: [
        .words("System"), .words("Mixup"), .words("Pooling"), .words("Losses", share: 0.14),
        .number("Cells"),
        .number("WA"), .number("UA"), .number("macro F1"), .number("wtd. F1"),
        .number("WA folds"), .number("UA folds"), .number("\(reference) − this, WA"), .number("UA"),
      ],
      rows: variants.enumerated().map { index, variant in
        let scores = variant.scores
        func difference(_ metric: Metric) -> String {
          guard index > 0, let base = first?.pooled(metric), let own = scores.pooled(metric)
          else { return "–" }
          return points(base.mean - own.mean)
        }
        return [
          Table.Cell(variant.name, isBold: true), Table.Cell(variant.augmentation),
          Table.Cell(variant.pooling), Table.Cell(variant.losses),
          Table.Cell(variant.cells, isQuiet: scores.isComplete),
          Table.Cell(inPercent(scores.pooled(.accuracy)?.mean), isBold: true),
          Table.Cell(inPercent(scores.pooled(.unweightedAverageRecall)?.mean), isBold: true),
          Table.Cell(inPercent(scores.pooled(.macroF1)?.mean)),
          Table.Cell(inPercent(scores.pooled(.weightedF1)?.mean)),
          Table.Cell(inPercent(scores.perFold(.accuracy))),
          Table.Cell(inPercent(scores.perFold(.unweightedAverageRecall))),
          Table.Cell(difference(.accuracy)), Table.Cell(difference(.unweightedAverageRecall)),
        ]
      },
      remark:
        """
        Percent. \(reference) − this: in points; above 0, \(reference) is better. Pooled over the \
        test utterances of all folds, mean over seeds; a seed counts only if all its folds are \
        finished. Macro and weighted F1 are pooled in the same way.\(mixingRuleAlone)
        """, isDense: true)
  }

  /// Recorded results below our systems. A difference is given only if the protocols agree.
  private var baselineTable: [Block] {
    guard !baselines.isEmpty, let first = variants.first else { return [] }
    func row(_ baseline: BaselineRow) -> [Table.Cell] {
      func difference(_ metric: Metric, _ recorded: Double?) -> String {
        guard baseline.isComparable, let recorded, let own = first.scores.pooled(metric) else {
          return "–"
        }
        return points(own.mean - recorded)
      }
      return [
        Table.Cell(baseline.name, isBold: true), Table.Cell(baseline.source),
        Table.Cell(baseline.accuracy.map { inPercent($0) } ?? "not recorded"),
        Table.Cell(baseline.unweightedAverageRecall.map { inPercent($0) } ?? "not recorded"),
        Table.Cell(difference(.accuracy, baseline.accuracy)),
        Table.Cell(difference(.unweightedAverageRecall, baseline.unweightedAverageRecall)),
        Table.Cell(
          baseline.isSame
            ? "this run's own predictions"
            : baseline.isComparable ? "same protocol" : "another protocol: \(baseline.whyNot)",
          isQuiet: !baseline.isComparable),
      ]
    }
    return [
      .table(
        table(
          "tab-baselines", ": recorded results",
          columns: [
            .words("Result"), .words("Source"), .number("WA, %"), .number("UA, %"),
            .number("\(first.name) − this, WA"), .number("UA"), .words("Comparable"),
          ], rows: baselines.map(row),
          remark:
            """
            \(first.name) − this: \(first.name) of this run minus the recorded result, pooled, in \
            percentage points. It is given only if the protocol fingerprints agree. To test a \
            difference against noise, use reprise check.
            """
        ))
    ]
  }

  /// The recorded result that figures show as ticks: that of the first system's name, or the first
  /// one. None if the first system's own predictions were recorded.
  private var tickedBaseline: BaselineRow? {
    let comparable = baselines.filter { $0.isComparable && !$0.folds.isEmpty }
    let name = variants.first?.name
    let named = comparable.filter { $0.name.split(separator: " ").last.map(String.init) == name }
    return named.contains(where: \.isSame) ? nil : named.first ?? comparable.first
  }

  private var foldChart: [Block] {
    let metric = Metric.unweightedAverageRecall
    let folds = Set(variants.flatMap(\.scores.expectedFolds)).sorted()
    guard let first = variants.first, !folds.isEmpty else { return [] }
    func values(_ scores: ScoreSummary, _ fold: Int) -> [Double] {
      scores.cells.filter { $0.fold == fold && scores.completeSeeds.contains($0.seed) }
        .map { ClassificationScores($0.matrix)[metric] }
    }
    let recorded = tickedBaseline
    return [
      .chart(
        StripPlot(
          label: label(
            "fig-folds", ": UA on each test fold",
            "Markers: mean over complete seeds. Small dots: single seeds. "
              + "The number is that of \(first.name). "
              + (recorded == nil ? "" : "Ticks: the recorded result on the same folds. ")
              + "The spread over folds is not an error bar. \(sample(first.scores))."),
          scale: "UA, %", systems: variants.map(\.labelWithCells), baseline: recorded?.name,
          rows: folds.map { fold in
            StripPlot.Row(
              name: "fold \(fold)",
              systems: variants.map { variant in
                let index = variant.scores.expectedFolds.firstIndex(of: fold)
                let means = variant.scores.perFold(metric)?.values
                return (index.flatMap { means?[$0] }, values(variant.scores, fold))
              },
              baseline: recorded?.folds.first { $0.fold == fold }?.unweightedAverageRecall)
          }))
    ]
  }

  private var speakerChart: [Block] {
    let metric = Metric.accuracy
    guard !isWithoutSpeakers, let judgement, let first = judgement.analyses.first,
      let own = first[metric]
    else { return [] }
    let speakers = own.bySpeaker.sorted { ($1.value, $0.name) < ($0.value, $1.name) }
    func value(_ analysis: SystemAnalysis, _ speaker: String) -> Double? {
      analysis[metric]?.bySpeaker.first { $0.name == speaker }?.value
    }
    guard let scores = variants.first?.scores else { return [] }
    return [
      .chart(
        StripPlot(
          label: label(
            "fig-speakers", ": WA of each speaker",
            "Test utterances of each speaker, mean over complete seeds, sorted by the WA of "
              + "\(first.system), which is printed at the right. Grey lines join the systems. "
              + (judgement.speakers.isEmpty
                ? "" : "\(SpeakerAccuracy.caption(of: first.system)) ")
              + (judgement.recordedSpeakers.isEmpty
                ? "" : "Ticks: the recorded result on the same speakers. ")
              + "\(sample(scores))."),
          scale: "WA, %", systems: judgement.analyses.map(\.system),
          baseline: judgement.recordedSpeakers.isEmpty ? nil : judgement.recordedName,
          rows: speakers.map { speaker in
            StripPlot.Row(
              name: speaker.name,
              systems: judgement.analyses.map { (value($0, speaker.name), []) },
              baseline: judgement.recordedSpeakers.first { $0.name == speaker.name }?.value,
              interval: judgement.speakers.first { $0.name == speaker.name }?.accuracy.interval
                .map { ($0.lower, $0.upper) })
          }))
    ]
  }

  /// Every cell: a row per system and seed, a column per fold. Missing cells are visible.
  private var cellTable: [Block] {
    let folds = Set(variants.flatMap(\.scores.expectedFolds)).sorted()
    var rows: [[Table.Cell]] = []
    var ruled: Set<Int> = []
    for variant in variants {
      ruled.insert(rows.count)
      for (index, seed) in variant.scores.expectedSeeds.enumerated() {
        let cells = folds.map { fold in
          variant.scores.cells.first { $0.seed == seed && $0.fold == fold }?.matrix
        }
        rows.append(
          [Table.Cell(index == 0 ? variant.name : "", isBold: true), Table.Cell("\(seed)")]
            + cells.map { Table.Cell(pair($0), isQuiet: $0 == nil) }
            + [Table.Cell(pair(variant.scores.pooledMatrix(seed: seed)), isBold: true)])
      }
    }
    return [
      .table(
        table(
          "tab-cells", ": every cell, WA / UA, percent",
          columns: [.words("System"), .number("Seed")] + folds.map { .number("Fold \($0)") }
            + [.number("Pooled")],
          rows: rows, ruledRows: ruled))
    ]
  }

  private func pair(_ matrix: ConfusionMatrix?) -> String {
    guard let matrix, matrix.total > 0 else { return "–" }
    let scores = ClassificationScores(matrix)
    return "\(inPercent(scores.accuracy)) / \(inPercent(scores.unweightedAverageRecall))"
  }
}
