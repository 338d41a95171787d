// A plan as text for a terminal.
import Statistics

extension PowerPlan {
  /// - Parameter speakers: the speakers of the corpus; nil if unknown.
  package func text(speakers: Int?) -> String {
    let holm = question.rows > 1
    let deviation = { (variance: Double) in fixed(100 * variance.squareRoot(), digits: 2) }
    var lines = [
      "  recorded         \(spread.folds) folds, \(spread.seeds) seeds"
        + (speakers.map { ", \($0) speakers" } ?? ""),
      "  between folds    \(deviation(spread.fold())) points (95 % interval "
        + "\(deviation(spread.fold(.smallest))) to \(deviation(spread.fold(.greatest))))",
      "  between seeds    \(deviation(spread.rest)) points on one fold, "
        + "\(deviation(spread.seed)) on all folds",
      "  difference       \(fixed(100 * question.difference, digits: 2)) points; the test is the "
        + "corrected t over folds, p ≤ 0.05",
      "  power, percent   \(holm ? "alone / after Holm for \(question.rows) rows" : "one row")"
        + ", ± \(fixed(100 * simulationError, digits: 1)) by simulation",
    ]
    for grid in grids {
      lines += ["", grid.growth.title(speakers), header]
      for folds in Set(grid.cells.map(\.folds)).sorted() {
        let cells = grid.cells.filter { $0.folds == folds }.map { cell -> String in
          let alone = fixed(100 * cell.alone, digits: 0)
          return (holm ? "\(alone) / \(fixed(100 * cell.afterHolm, digits: 0))" : alone).leading(11)
        }
        lines.append("\(folds) folds".leading(10) + cells.joined())
      }
      lines += least(grid)
    }
    return (lines + ["", Self.remark]).joined(separator: "\n")
  }

  private var header: String {
    "seeds".leading(10) + Set(question.seeds).sorted().map { String($0).leading(11) }.joined()
  }

  private func least(_ grid: Grid) -> [String] {
    func plan(_ cell: Cell?) -> String {
      cell.map { "\($0.seeds) \($0.seeds == 1 ? "seed" : "seeds") × \($0.folds) folds" }
        ?? "none of these"
    }
    return ["  least for \(fixed(100 * question.power, digits: 0)) %:"]
      + grid.least.map { least in
        "    \(least.reading.title.trailing(34))\(plan(least.alone))"
          + (question.rows > 1 ? "; after Holm \(plan(least.afterHolm))" : "")
      }
  }

  private static let remark = """
    A recorded spread is itself uncertain: plan with the greatest that the interval allows if a
    failed search would be expensive. More seeds reduce only the noise of the seeds. More folds of
    the same speakers bring no new speakers: only the test gets more degrees of freedom.
    """
}

extension PowerPlan.Growth {
  fileprivate func title(_ speakers: Int?) -> String {
    switch self {
    case .sameSpeakers: "The same \(speakers.map { "\($0) " } ?? "")speakers in more folds"
    case .moreSpeakers: "More speakers, as many in each fold as recorded"
    }
  }
}

extension DifferenceSpread.Reading {
  fileprivate var title: String {
    switch self {
    case .estimate: "at the recorded spread"
    case .smallest: "at the smallest of its interval"
    case .greatest: "at the greatest of its interval"
    }
  }
}

extension String {
  fileprivate func leading(_ width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }

  fileprivate func trailing(_ width: Int) -> String {
    self + String(repeating: " ", count: max(1, width - count))
  }
}
