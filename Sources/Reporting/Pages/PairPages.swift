// Which systems cannot be told apart: every pair, as one figure and as a table per metric.
import Evaluation
import Statistics

extension CorpusReport {
  /// The figure of all pairs; empty with fewer than three systems.
  var pairChart: [Block] {
    guard let pairs = judgement?.pairs, let first = pairs.first, let full = variants.first else {
      return []
    }
    let panels = pairs.map { pairs in
      PairGroups.Panel(
        scale: "\(pairs.metric.abbreviation), %",
        systems: pairs.standings.map { ($0.name, $0.value) }, groups: pairs.groups)
    }
    return [
      .chart(
        PairGroups(
          label: label(
            "fig-pairs", ": systems that cannot be told apart",
            """
            Each bar joins systems that cannot be told from one another: no pair in it differs \
            with p at most \(SystemPairs.level). All \(first.pairs.count) pairs were tested by \
            \(sentence(first.method)), and p is adjusted for all of them (Holm). A bar does not \
            mean that its systems are equal. It means that these data cannot tell. A dashed part \
            passes systems that do not belong to the group. Dots: \(scoreWords(first)), mean over \
            seeds. \(sample(full.scores)).
            """), reference: full.name, panels: panels))
    ]
  }

  /// A table of differences per metric, with a row and a column per system.
  var pairTables: [Block] {
    (judgement?.pairs ?? []).map { pairs in
      let short = pairs.metric.abbreviation
      let isMatrix = pairs.standings.count <= Self.mostInMatrix
      var table = table(
        tidy: pairs.tidy, "tab-pairs", ": every pair of systems, \(short), percentage points",
        columns: isMatrix ? matrixColumns(pairs) : listColumns(short),
        rows: isMatrix ? matrixRows(pairs) : pairs.pairs.map(listRow),
        remark:
          """
          \(isMatrix ? "Row − column" : "First − second"); the systems are in the order of their \
          \(short). Bold: told apart, with p at most \(SystemPairs.level) by \
          \(sentence(pairs.method)), adjusted for all \(pairs.pairs.count) pairs (Holm). The CSV \
          file has the intervals and every p.
          """, isDense: true)
      table.name += "-" + slug(short)
      return .table(table)
    }
  }

  /// More columns than this do not fit on a page.
  private static let mostInMatrix = 14

  private func matrixColumns(_ pairs: SystemPairs) -> [Table.Column] {
    [.words("System"), .number(pairs.metric.abbreviation)]
      + pairs.standings.indices.dropFirst().map { .number("\($0 + 1)") }
  }

  private func matrixRows(_ pairs: SystemPairs) -> [[Table.Cell]] {
    pairs.standings.enumerated().map { row, standing in
      let own = pairs.pairs.filter { $0.first == standing.name }
      return [
        Table.Cell("\(row + 1). \(standing.name)", isBold: standing.name == variants.first?.name),
        Table.Cell(inPercent(standing.value)),
      ]
        + pairs.standings.enumerated().dropFirst().map { column, other in
          guard column > row, let pair = own.first(where: { $0.second == other.name }) else {
            return Table.Cell("")
          }
          return Table.Cell(
            points(pair.difference.value), isBold: pair.isToldApart, isQuiet: !pair.isToldApart)
        }
    }
  }

  private func listColumns(_ short: String) -> [Table.Column] {
    [
      .words("First"), .words("Second"), .number("first − second, \(short)"), .number("interval"),
      .number("p Holm"), .words("Verdict"),
    ]
  }

  private func listRow(_ pair: SystemPairs.Pair) -> [Table.Cell] {
    [
      Table.Cell(pair.first), Table.Cell(pair.second), Table.Cell(points(pair.difference.value)),
      Table.Cell(pointRange(pair.difference.interval)), Table.Cell(pText(pair.adjustedP)),
      Table.Cell(pair.verdict, isBold: pair.isToldApart),
    ]
  }

  /// The name of the figure behind the order.
  private func scoreWords(_ pairs: SystemPairs) -> String {
    (variants.first?.scores.expectedFolds.count ?? 1) > 1 ? "mean of the folds" : "pooled score"
  }

  /// A procedure's name within a sentence.
  private func sentence(_ method: String) -> String { "the " + method }
}

extension SystemPairs.Pair {
  /// The answer in one or two words.
  var verdict: String { isToldApart ? "first better" : "undecided" }
}
