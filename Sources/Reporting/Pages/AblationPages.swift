// Ablations in the paper's order, and the value of each part. Rows that were not run are kept and
// marked.
import Evaluation
import Statistics

/// One part of the system changes; the rest is as in the first system.
private struct Series {
  var title: String
  /// Each row's name with its mixup, pooling and losses.
  var rows: [(name: String, augmentation: String, pooling: String, losses: String)]
}

extension CorpusReport {
  /// The ablation table and the forest plots; empty with a single system. With many systems those
  /// of WA have a section of their own.
  var ablations: [Block] {
    guard variants.count > 1 else { return [] }
    let metrics: [Metric] =
      variants.count > ClassStyle.distinct
      ? [.unweightedAverageRecall] : [.accuracy, .unweightedAverageRecall]
    return [.table(ablationTable)] + parts(metrics)
  }

  /// The claims and the forest plot by WA of many systems.
  var ablationsByWA: [Block] { variants.count > ClassStyle.distinct ? parts([.accuracy]) : [] }

  private func parts(_ metrics: [Metric]) -> [Block] {
    (judgement?.components ?? []).filter { claims in
      claims.compactMap(\.comparison).first.map { metrics.contains($0.metric) } ?? true
    }.map { .table(claimTable($0)) } + forest(metrics)
  }

  /// The paper's claims about single parts, and whether they hold here.
  private func claimTable(_ claims: [ComponentClaim]) -> Table {
    let metric = claims.compactMap(\.comparison).first?.metric ?? .unweightedAverageRecall
    let short = metric.abbreviation
    var seen = ""
    var ruled: Set<Int> = []
    let rows = claims.enumerated().map { index, row -> [Table.Cell] in
      if row.series != seen { ruled.insert(index) }
      defer { seen = row.series }
      let comparison = row.comparison
      return [
        Table.Cell(row.series == seen ? "" : row.series, isBold: true), Table.Cell(row.claim),
        Table.Cell(comparison.map { "\($0.first) − \($0.second)" } ?? "–", isQuiet: true),
        Table.Cell(points(comparison?.difference.value), isBold: true),
        Table.Cell(interval(comparison?.difference.interval)),
        Table.Cell(interval(comparison?.method?.interval)),
        Table.Cell(row.adjusted.map(pText) ?? "–"),
        Table.Cell(inPercent(comparison?.detectable)),
        Table.Cell(row.detectable?.afterHolm.text(digits: 1) ?? "–"),
        Table.Cell(row.verdict.rawValue, isBold: row.verdict == .holds),
      ]
    }
    var table = table(
      "tab-components", ": do the parts help, \(short)",
      columns: [
        .words("Series"), .words("Claim"), .words("Systems"), .number("Δ \(short)"),
        .number("speakers"), .number("methods"), .number("p Holm"), .number("detectable"),
        .number("after Holm"), .words("Here"),
      ], rows: rows, ruledRows: ruled,
      remark:
        """
        Percentage points, pooled, mean over seeds. The 95 % intervals are over speakers for these \
        networks, and over folds for the methods (Nadeau–Bengio). A claim holds or is \
        contradicted if the p of the methods, adjusted for all rows (Holm), is at most 0.05. \
        Otherwise these data cannot decide it. Detectable: the difference found 8 times in 10 \
        without the adjustment; after Holm: with it, at the first step, with \
        \(chiSquared(claims.compactMap(\.comparison).first?.folds ?? 2)).\(need(claims))\
        \(mixingRuleAlone)
        """,
      isDense: true)
    table.name += "-" + slug(short)
    return table
  }

  /// A sentence for tables with a row of LAM: what the row is not. Empty without such a row.
  var mixingRuleAlone: String {
    guard variants.contains(where: { $0.augmentation == "LAM" }) else { return "" }
    return """
       LAM is the mixing rule alone, not the system of Kang et al.: their code also augments \
      before mixing, pads with the mean of the signal without a mask, gives mixtures of one \
      class labels that sum to less than 1, and chooses the epoch by validation scores.
      """
  }

  /// What the undecided claim nearest to a decision needs, as a sentence.
  private func need(_ claims: [ComponentClaim]) -> String {
    guard let claim = claims.nearestToDecision, let need = claim.need else { return "" }
    return " An undecided row needs the difference after Holm. The smallest p has "
      + "\(claim.claim): \(need)."
  }

  private func interval(_ interval: Estimate.Interval?) -> String {
    pointRange(interval)
  }

  /// The paper's series, built around the first system: augmentation, pooling, losses one by one,
  /// and one part left out at a time.
  private var series: [Series] {
    guard let full = variants.first else { return [] }
    let (mixup, pooling) = (full.augmentation, full.pooling)
    let terms = full.losses.split(separator: " + ").map(String.init)
    func system(
      _ name: String, mixup: String? = nil, pooling: String? = nil, losses: [String]? = nil
    )
      -> (name: String, augmentation: String, pooling: String, losses: String)
    {
      (
        name, mixup ?? full.augmentation, pooling ?? full.pooling,
        (losses ?? terms).joined(separator: " + ")
      )
    }
    return [
      Series(
        title: "Augmentation",
        rows: ["no mixup", "LAM", "EAM"].map { system($0, mixup: $0) }),
      Series(
        title: "Pooling",
        rows: ["mean pooling", "max pooling", "FLAM"].map { system($0, pooling: $0) }),
      Series(
        title: "Losses, one by one",
        rows: terms.indices.map { index in
          system(
            (index == 0 ? "" : "+ ") + terms[index], losses: Array(terms.prefix(index + 1)))
        }),
      Series(
        title: "One part left out",
        rows: (mixup == "no mixup" ? [] : [system("without \(mixup)", mixup: "no mixup")])
          + (pooling == "FLAM" ? [system("without FLAM", pooling: "mean pooling")] : [])
          + (terms.count < 2
            ? []
            : terms.indices.map { index in
              system(
                "without \(terms[index])",
                losses: terms.enumerated().filter { $0.offset != index }.map(\.element))
            })),
    ]
  }

  private func variant(_ row: (name: String, augmentation: String, pooling: String, losses: String))
    -> VariantReport?
  {
    variants.first {
      $0.augmentation == row.augmentation && $0.pooling == row.pooling && $0.losses == row.losses
    }
  }

  private var ablationTable: Table {
    var rows: [[Table.Cell]] = []
    var ruled: Set<Int> = []
    var placed: Set<String> = []
    for series in series {
      let found = series.rows.compactMap(variant).map(\.name)
      // A series with only the first system shows nothing.
      guard found.contains(where: { $0 != variants.first?.name }) else { continue }
      ruled.insert(rows.count)
      placed.formUnion(found)
      for (index, row) in series.rows.enumerated() {
        rows.append(cells(index == 0 ? series.title : "", row.name, variant(row)))
      }
    }
    let others = variants.dropFirst().filter { !placed.contains($0.name) }
    let parts = variants.first?.system
    for (title, group) in [
      ("Several parts at once", others.filter { $0.system != parts }),
      ("Other settings alone", others.filter { $0.system == parts }),
    ] {
      for (index, variant) in group.enumerated() {
        if index == 0 { ruled.insert(rows.count) }
        rows.append(cells(index == 0 ? title : "", variant.system, variant))
      }
    }
    let first = variants.first?.name ?? ""
    return table(
      "tab-ablation", ": ablations",
      columns: [
        .words("Series"), .words("System"), .words("Variant"), .number("Cells"),
        .number("WA, %"), .number("UA, %"), .number("\(first) − this, UA"), .number("speakers"),
        .number("methods"), .number("p Holm"), .words("Paper"),
      ], rows: rows, ruledRows: ruled,
      remark:
        """
        \(first) − this: in percentage points, pooled, mean over seeds; above 0, \(first) is \
        better. Speakers: 95 % jackknife interval over speakers, for these networks. Methods: \
        Nadeau–Bengio interval over folds, for training again. p: of the methods, adjusted for all \
        rows (Holm). “not run”: no variant of this run is that system. The paper's figures for its \
        ablations are not recorded.\(mixingRuleAlone)
        """,
      isDense: true)
  }

  private func cells(_ series: String, _ name: String, _ variant: VariantReport?) -> [Table.Cell] {
    let group = comparisons(.unweightedAverageRecall)
    let place = group.firstIndex { $0.second == variant?.name }
    let row = place.map { group[$0] }
    let isFirst = variant?.name == variants.first?.name
    let adjusted = place.map { group.adjustedForMethods[$0] }
    return [
      Table.Cell(series, isBold: true), Table.Cell(name),
      Table.Cell(variant?.name ?? "–", isQuiet: true), Table.Cell(variant?.cells ?? "not run"),
      Table.Cell(inPercent(variant?.scores.pooled(.accuracy)?.mean)),
      Table.Cell(inPercent(variant?.scores.pooled(.unweightedAverageRecall)?.mean), isBold: true),
      Table.Cell(isFirst ? "0" : points(row?.difference.value)),
      Table.Cell(interval(row?.difference.interval)), Table.Cell(interval(row?.method?.interval)),
      Table.Cell(row?.method == nil ? "–" : adjusted.map(pText) ?? "–"),
      Table.Cell(isSynthetic ? "–" : "not recorded", isQuiet: true),
    ]
  }

  private func comparisons(_ metric: Metric) -> [SystemComparison] {
    judgement?.comparisons.first { $0.first?.metric == metric } ?? []
  }

  private func forest(_ metrics: [Metric]) -> [Block] {
    guard let full = variants.first else { return [] }
    let charts = metrics.compactMap { metric -> ForestPlot? in
      let group = comparisons(metric)
      guard !group.isEmpty else { return nil }
      func bar(_ estimate: Estimate?) -> ForestPlot.Bar {
        ForestPlot.Bar(
          value: estimate?.value, lower: estimate?.interval?.lower,
          upper: estimate?.interval?.upper)
      }
      var chart = ForestPlot(
        label: label(
          "fig-ablation", ": what the parts are worth, \(metric.abbreviation)",
          """
          \(full.name) minus each other system, in percentage points: right of zero, \(full.name) \
          is better. The 95 % intervals are over speakers for these networks (delete-one-speaker \
          jackknife), and over folds for the methods (Nadeau–Bengio). \(sample(full.scores)).
          """),
        kinds: ["unseen speakers", "methods"], scale: "Δ \(metric.abbreviation), points",
        rows: variants.dropFirst().map { other in
          let row = group.first { $0.second == other.name }
          return ForestPlot.Row(
            name: "\(full.name) − \(other.name)", bars: [bar(row?.difference), bar(row?.method)])
        })
      chart.label.name += "-" + slug(metric.abbreviation)
      return chart
    }
    return charts.map { .chart($0) }
  }
}
