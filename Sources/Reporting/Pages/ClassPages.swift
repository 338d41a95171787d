// Results by class: recall with intervals, confusion matrices and their differences.
import Evaluation
import Statistics

extension CorpusReport {
  /// The recall of every class, with all systems in one figure.
  var classComparison: [Block] {
    guard let judgement, let first = variants.first, !judgement.recalls.isEmpty else { return [] }
    let recalls = judgement.recalls
    guard recalls.count <= ClassStyle.distinct else {
      return [
        .chart(
          RecallMap(
            label: label(
              "fig-recall", ": recall by class",
              """
              First row: recall of \(recalls[0].system), percent, mean over seeds. Other rows: \
              \(recalls[0].system) minus the other system, in points; orange: \
              \(recalls[0].system) is better. \(sample(first.scores)).
              """), classes: classes, systems: recalls.map(\.system),
            recalls: recalls.map { $0.classes.map { $0.recall?.value } }))
      ]
    }
    return [
      .chart(
        RecallBars(
          label: label(
            "fig-recall", ": recall by class",
            """
            Bars and markers: recall over all test utterances of the class (number in brackets), \
            mean over seeds. Lines: 95 % delete-one-speaker jackknife intervals, which are missing \
            if one speaker has the whole class. \(sample(first.scores)).
            """),
          systems: recalls.map(\.system),
          rows: classes.enumerated().map { index, name in
            RecallBars.Row(
              name: name, support: recalls[0].classes[index].support,
              bars: recalls.map { system in
                system.classes[index].recall.map {
                  RecallBars.Bar(
                    value: $0.value, lower: $0.interval?.withinShares.lower,
                    upper: $0.interval?.withinShares.upper)
                }
              })
          }))
    ]
  }

  /// The first system's confusions minus those of each other system.
  var confusionDifferences: [Block] {
    guard let judgement, let first = variants.first else { return [] }
    let maps = judgement.differences.map { difference in
      var label = label(
        "fig-confusion-difference", ": confusions of \(difference.first) − \(difference.second)",
        """
        Share of each row (truth) predicted as each column, \(difference.first) minus \
        \(difference.second), in percentage points. Below each number is its 95 % \
        delete-one-speaker jackknife interval. A frame marks a difference that is clear after \
        Holm's correction for all \(classes.count * classes.count) cells. Orange is better on the \
        diagonal, blue elsewhere. \(sample(first.scores)).
        """)
      label.name += "-\(slug(difference.second))"
      return DifferenceMap(
        label: label, classes: classes,
        cells: difference.cells.map { row in
          row.map { cell in
            DifferenceMap.Cell(
              value: cell.difference?.value, lower: cell.difference?.interval?.lower,
              upper: cell.difference?.interval?.upper, isClear: cell.isClear)
          }
        })
    }
    return maps.map { .chart($0) }
  }

  /// A section per system with its confusion matrix and its classes.
  var classSections: [Section] {
    variants.enumerated().map { index, variant in
      section("\(variant.name), classes", classBlocks(variant, index))
    }
  }

  private func classBlocks(_ variant: VariantReport, _ index: Int) -> [Block] {
    let system: [Block] = [.paragraph(variant.system, .quiet)]
    guard let matrix = variant.scores.pooledMatrix else {
      return system + [
        .paragraph("– No seed has all its folds: \(cells(variant)) are finished.", .strong)
      ]
    }
    let seeds = variant.scores.completeSeeds.count
    let chart = ConfusionMap(
      label: label(
        "fig-confusion", ", \(variant.name): confusion matrix",
        "Rows are the truth, columns the prediction. Counts, summed over all folds of "
          + "\(seeds) complete \(seeds == 1 ? "seed" : "seeds") (n = \(grouped(matrix.total)) test "
          + "predictions; \(cells(variant))), and percent of each row, so that the diagonal is the "
          + "recall. A strong colour means a large share of the row.", variant: index),
      matrix: matrix, predictions: variant.predictions)
    return system + [.chart(chart), .table(classTable(variant, index, matrix))]
  }

  private func classTable(_ variant: VariantReport, _ index: Int, _ matrix: ConfusionMatrix)
    -> Table
  {
    let recalls = judgement?.recalls.first { $0.system == variant.name }?.classes
    return table(
      "tab-classes", ", \(variant.name): classes, percent", variant: index,
      columns: [
        .words("Class"), .number("Precision"), .number("Recall"), .number("95 % by speaker"),
        .number("F1"), .number("Support"),
      ],
      rows: ClassificationScores(matrix).classes.enumerated().map { place, scores in
        [
          Table.Cell(scores.name), Table.Cell(inPercent(scores.precision)),
          Table.Cell(inPercent(scores.recall)), Table.Cell(range(recalls?[place].recall)),
          Table.Cell(inPercent(scores.f1)), Table.Cell(grouped(scores.support)),
        ]
      },
      remark:
        """
        Computed from the summed matrix above. Support: test predictions whose true class is this \
        one, over all seeds. “–”: the class was never predicted, or has no utterance.
        """)
  }

  /// A caption's words about a system's cells.
  func cells(_ variant: VariantReport) -> String {
    "\(variant.scores.completeness) cells (folds × seeds)"
  }
}
