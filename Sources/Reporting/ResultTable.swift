// The results of a run as a table in plain text: the figures of the report's page on intervals.
import Evaluation
import Statistics

extension ReportContent {
  /// WA and UA of every system with 95 % intervals, and the differences from the first system.
  package var resultTable: String { corpora.map(\.resultTable).joined(separator: "\n\n") }
}

extension CorpusReport {
  fileprivate var resultTable: String {
    let header = ["System", "WA, %", "95 % interval", "UA, %", "95 % interval", "Cells"]
    let rows = [header] + variants.map(row) + differences
    let widths = header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      // The name and the intervals begin at their column, numbers end at it.
      zip(row, widths).enumerated().map { column, cell in
        let padding = String(repeating: " ", count: cell.1 - cell.0.count)
        return [1, 3].contains(column) ? padding + cell.0 : cell.0 + padding
      }.joined(separator: "  ").trimmingSuffix(" ")
    }
    let title = ([displayName] + warnings.words).joined(separator: "  ")
    return ([title] + lines + [remark]).joined(separator: "\n").explainingDegenerateIntervals
  }

  private func row(_ variant: VariantReport) -> [String] {
    let analysis = judgement?.analyses.first { $0.system == variant.name }
    let figures = [Metric.accuracy, .unweightedAverageRecall].map { analysis?[$0]?.pooled }
    let scores = variant.scores
    let expected = scores.expectedSeeds.count * scores.expectedFolds.count
    return [
      variant.name, inPercent(figures[0]?.value), range(figures[0]), inPercent(figures[1]?.value),
      range(figures[1]), "\(scores.cells.count) of \(expected)",
    ]
  }

  /// The first system minus each other, in points.
  private var differences: [[String]] {
    guard let judgement, judgement.comparisons.count == 2 else { return [] }
    return zip(judgement.comparisons[0], judgement.comparisons[1]).map { wa, ua in
      [
        "\(wa.first) − \(wa.second)", points(wa.difference.value),
        pointRange(wa.difference.interval), points(ua.difference.value),
        pointRange(ua.difference.interval), "",
      ]
    }
  }

  /// What the figures are, in the words of the report.
  private var remark: String {
    guard let first = judgement?.analyses.first else {
      return "No system has a complete seed yet, so no figure is shown."
    }
    let seeds = first.seeds.count == 1 ? "one seed" : "mean over \(first.seeds.count) seeds"
    return """
      Pooled: all test utterances together, \(seeds). Intervals: by speaker,
      leaving one of \(first.speakers) speakers out, for these networks on unseen speakers.
      """ + (differences.isEmpty ? "" : "\nDifferences in points.")
  }
}

extension String {
  fileprivate func trimmingSuffix(_ character: Character) -> String {
    var text = self[...]
    while text.last == character { text = text.dropLast() }
    return String(text)
  }
}
