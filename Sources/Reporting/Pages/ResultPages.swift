// The results of each system on one corpus: comparison, confusion, classes, curves and maps.
import Evaluation

extension CorpusReport {
  /// Returns all sections of results.
  func resultSections(_ ruler: Ruler) -> [Section] {
    var sections = [ablationSection(ruler)]
    for (index, variant) in variants.enumerated() {
      sections.append(classSection(variant, index, ruler))
    }
    for (index, variant) in variants.enumerated() where !variant.curves.isEmpty {
      sections.append(curveSection(variant, index, ruler))
    }
    if let maps = mapSection(ruler) { sections.append(maps) }
    return sections
  }

  /// The stem of the file names of a system's figures.
  private func stem(_ index: Int) -> String {
    let words = variants[index].name.lowercased().unicodeScalars
      .map { ("a"..."z").contains($0) || ("0"..."9").contains($0) ? Character($0) : "-" }
    let plain = String(words).split(separator: "-").joined(separator: "-")
    return "\(name)-\(index + 1)-\(plain.isEmpty ? "system" : plain)"
  }

  // MARK: Systems side by side

  private func ablationSection(_ ruler: Ruler) -> Section {
    var section = Section(
      title: "\(displayName): systems compared", level: 1, warnings: warnings, slabs: [])
    section.slabs += ablationTable.slabs(ruler)
    section.slabs += ruler.paragraph(
      "Percent; differences in percentage points to the first row. Pooled over the test utterances "
        + "of all folds, mean over seeds; a seed counts only with all its folds. Macro and weighted "
        + "F1 are pooled likewise.",
      Style.caption, .quiet)
    let figure = foldFigure(ruler)
    section.figures.append(figure)
    section.slabs += [.space(14), ruler.figures([figure])] + cellTable(ruler)
    return section
  }

  private var ablationTable: Table {
    let first = variants.first?.scores
    return Table(
      columns: [
        .init(title: "System", alignment: .leading, wraps: true),
        .init(title: "Mixup", alignment: .leading, wraps: true),
        .init(title: "Pooling", alignment: .leading, wraps: true),
        .init(title: "Losses", alignment: .leading, wraps: true),
        .init(title: "Cells"), .init(title: "WA"), .init(title: "UA"), .init(title: "macro F1"),
        .init(title: "wtd. F1"), .init(title: "WA folds"), .init(title: "UA folds"),
        .init(title: "Δ WA"), .init(title: "Δ UA"),
      ],
      rows: variants.enumerated().map { index, variant in
        let scores = variant.scores
        func difference(_ metric: Metric) -> String {
          guard index > 0, let base = first?.pooled(metric), let own = scores.pooled(metric)
          else { return "–" }
          return points(own.mean - base.mean)
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
      }, fillsWidth: true, font: Style.axis)
  }

  private func foldFigure(_ ruler: Ruler) -> Figure {
    let folds = variants.map(\.scores.expectedFolds.count).max() ?? 0
    return DotPlot(
      name: "\(name)-folds", title: "\(displayName): WA and UA on each test fold",
      caption: "Small dots: folds, mean over complete seeds. Large dots and bars: mean ± standard "
        + "deviation over \(folds) \(folds == 1 ? "fold" : "folds"); a spread, not an error bar.",
      warnings: warnings, panels: ["WA, %", "UA, %"],
      rows: variants.map { variant in
        DotPlot.Row(
          label: variant.labelWithCells,
          values: [Metric.accuracy, .unweightedAverageRecall].map { metric in
            let spread = variant.scores.perFold(metric)
            return .init(
              single: spread?.values ?? [], mean: spread?.mean,
              deviation: spread?.standardDeviation)
          })
      }
    ).figure(width: Style.width, ruler: ruler)
  }

  /// Every cell by itself: a row per system and seed, a column per fold; missing ones show.
  private func cellTable(_ ruler: Ruler) -> [Slab] {
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
    return ruler.subheading("Every cell: WA / UA, percent")
      + Table(
        columns: [.init(title: "System", alignment: .leading, wraps: true), .init(title: "Seed")]
          + folds.map { .init(title: "Fold \($0)") } + [.init(title: "Pooled")],
        rows: rows, ruledRows: ruled, fillsWidth: true
      ).slabs(ruler)
  }

  private func pair(_ matrix: ConfusionMatrix?) -> String {
    guard let matrix, matrix.total > 0 else { return "–" }
    let scores = ClassificationScores(matrix)
    return "\(inPercent(scores.accuracy)) / \(inPercent(scores.unweightedAverageRecall))"
  }

  // MARK: One system

  /// What every caption of a system's figure says about its cells.
  private func cells(_ variant: VariantReport) -> String {
    "\(variant.scores.completeness) cells (folds × seeds)"
  }

  private func classSection(_ variant: VariantReport, _ index: Int, _ ruler: Ruler) -> Section {
    var section = Section(
      title: "\(displayName): \(variant.name), classes", level: 1, warnings: warnings, slabs: [])
    section.slabs += ruler.paragraph(variant.system, Style.body, .quiet) + [.space(8)]
    guard let matrix = variant.scores.pooledMatrix else {
      section.slabs += ruler.paragraph(
        "– No seed has all its folds: \(cells(variant)) are finished.", Style.bodyBold)
      return section
    }
    let seeds = variant.scores.completeSeeds.count
    let figure = ConfusionMap(
      name: stem(index) + "-confusion", title: "\(displayName), \(variant.name): confusion matrix",
      caption: "Rows: truth; columns: prediction. Left counts, summed over all folds of "
        + "\(seeds) complete \(seeds == 1 ? "seed" : "seeds") (n = \(grouped(matrix.total)) test "
        + "predictions; \(cells(variant))); right percent of each row, so that the diagonal is the "
        + "recall. Dark means a large share of the row in both.",
      warnings: warnings, matrix: matrix
    ).figure(width: Style.width, ruler: ruler)
    section.figures = [figure]
    section.slabs.append(ruler.figures([figure]))
    section.slabs += ruler.subheading("Per class, percent")
    section.slabs +=
      Table(
        columns: [
          .init(title: "Class", alignment: .leading, wraps: true), .init(title: "Precision"),
          .init(title: "Recall"), .init(title: "F1"), .init(title: "Support"),
        ],
        rows: ClassificationScores(matrix).classes.map { scores in
          [
            Table.Cell(scores.name), Table.Cell(inPercent(scores.precision)),
            Table.Cell(inPercent(scores.recall)), Table.Cell(inPercent(scores.f1)),
            Table.Cell(grouped(scores.support)),
          ]
        }, fillsWidth: true
      ).slabs(ruler)
    section.slabs += ruler.paragraph(
      "From the summed matrix above. Support: test predictions whose truth is the class, all seeds "
        + "together. “–”: the class was never predicted, or has no utterance.",
      Style.caption, .quiet)
    return section
  }

  private func curveSection(_ variant: VariantReport, _ index: Int, _ ruler: Ruler) -> Section {
    typealias Epoch = TrainingCurve.Epoch
    let quantities: [(String, (Epoch) -> Double?)] = [
      ("Total loss", { $0.total }), ("KL divergence, nats", { $0.kullbackLeibler }),
      ("Focal loss", { $0.focal }), ("Center loss", { $0.center }),
      ("Supervised contrastive loss", { $0.supervisedContrastive }),
      ("Training accuracy, %", { $0.trainAccuracy.map { $0 * 100 } }),
      ("Gradient norm", { $0.gradientNorm }), ("Learning rate", { $0.learningRate }),
    ]
    let panels = quantities.compactMap { title, quantity in
      let lines = variant.curves.map { $0.epochs.map(quantity) }
      return lines.contains { $0.contains { $0 != nil } }
        ? CurvePanels.Panel(title: title, lines: lines) : nil
    }
    let figure = CurvePanels(
      name: stem(index) + "-curves", title: "\(displayName), \(variant.name): training",
      caption: "Light: each of \(variant.curves.count) cells (folds × seeds); dark: their mean. "
        + "Loss terms before their weights, means over an epoch's batches. Training data only.",
      warnings: warnings, panels: panels
    ).figure(width: Style.width, ruler: ruler)
    return Section(
      title: "\(displayName): \(variant.name), training", level: 1, warnings: warnings,
      slabs: [ruler.figures([figure])], figures: [figure])
  }

  // MARK: Maps

  private func mapSection(_ ruler: Ruler) -> Section? {
    let shown = variants.enumerated().compactMap { index, variant in
      variant.projection.map { (index, variant, $0) }
    }
    guard !shown.isEmpty else { return nil }
    let across = shown.count == 1 ? 1 : 2
    let width =
      across == 1 ? 380 : (Style.width - Style.gutter * Double(across - 1)) / Double(across)
    let figures = shown.map { index, variant, projection in
      EmbeddingMap(
        name: stem(index) + "-tsne", title: "\(displayName), \(variant.name): t-SNE",
        caption: "\(projection.note) "
          + (projection.total > projection.points.count
            ? "A sample of \(projection.points.count) of n = \(grouped(projection.total)) utterances. "
            : "n = \(projection.points.count) utterances. ")
          + "Perplexity \(plain(projection.perplexity)), KL "
          + "\(plain(projection.divergence)) nats. Only neighbourhoods mean something: axes, sizes "
          + "and gaps do not.",
        warnings: warnings, classes: classes, points: projection.points
      ).figure(width: width, ruler: ruler)
    }
    let rows = stride(from: 0, to: figures.count, by: across).map {
      ruler.figures(Array(figures[$0..<min($0 + across, figures.count)]))
    }
    return Section(
      title: "\(displayName): t-SNE of embeddings", level: 1, warnings: warnings,
      slabs: rows, figures: figures)
  }
}
