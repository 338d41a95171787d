// The scores of one variant on one corpus over all cells (seed × fold) of its cross-validation. A
// seed counts only if all its folds are finished. Otherwise means would compare different test
// utterances. Incomplete seeds are listed and left out.

/// The result of one seed on one fold.
package struct ScoredCell: Codable, Hashable, Sendable {
  package var seed: Int
  /// The fold, counted from 1.
  package var fold: Int
  package var matrix: ConfusionMatrix

  package init(seed: Int, fold: Int, matrix: ConfusionMatrix) {
    self.seed = seed
    self.fold = fold
    self.matrix = matrix
  }
}

/// The joint scores of one variant on one corpus.
package struct ScoreSummary: Hashable, Sendable {
  /// The seeds of the experiment, ascending.
  package let expectedSeeds: [Int]
  /// The folds of the experiment, ascending.
  package let expectedFolds: [Int]
  /// The finished cells, sorted by seed, then fold.
  package let cells: [ScoredCell]
  /// The seeds with all folds finished.
  package let completeSeeds: [Int]

  /// - Precondition: each cell belongs to the experiment, occurs once and counts at least one
  ///   utterance. All cells have the same classes.
  package init(cells: [ScoredCell], seeds: [Int], folds: [Int]) {
    let places = cells.map { "seed \($0.seed), fold \($0.fold)" }
    precondition(Set(places).count == places.count, "a cell occurs twice among \(places)")
    for cell in cells {
      precondition(
        seeds.contains(cell.seed) && folds.contains(cell.fold),
        "seed \(cell.seed), fold \(cell.fold) is not among seeds \(seeds), folds \(folds)")
      precondition(cell.matrix.total > 0, "seed \(cell.seed), fold \(cell.fold) has 0 utterances")
    }
    expectedSeeds = seeds.sorted()
    expectedFolds = folds.sorted()
    let sorted = cells.sorted { ($0.seed, $0.fold) < ($1.seed, $1.fold) }
    self.cells = sorted
    completeSeeds = expectedSeeds.filter { seed in
      !folds.isEmpty && sorted.count { $0.seed == seed } == folds.count
    }
  }

  /// Whether every cell of the experiment is finished.
  package var isComplete: Bool {
    !cells.isEmpty && cells.count == expectedSeeds.count * expectedFolds.count
  }

  /// The number of finished cells, such as "14 of 18".
  package var completeness: String {
    "\(cells.count) of \(expectedSeeds.count * expectedFolds.count)"
  }

  /// The sum over all folds of one seed; nil unless all folds are finished.
  package func pooledMatrix(seed: Int) -> ConfusionMatrix? {
    guard completeSeeds.contains(seed) else { return nil }
    return sum(cells.filter { $0.seed == seed })
  }

  /// The sum over all folds of all complete seeds; nil if no seed is complete.
  package var pooledMatrix: ConfusionMatrix? { sum(completeCells) }

  /// The metric pooled over folds: one value per complete seed, computed from all its test
  /// utterances together. The deviation is over seeds. Nil if no seed is complete.
  package func pooled(_ metric: Metric) -> Spread? {
    let values = completeSeeds.compactMap { seed in
      pooledMatrix(seed: seed).map { ClassificationScores($0)[metric] }
    }
    return values.isEmpty ? nil : Spread(values)
  }

  /// The metric per fold: one value per fold, averaged over the complete seeds. The deviation is
  /// over folds. It is a spread, not an error bar, because folds share training data. Nil if no
  /// seed is complete.
  package func perFold(_ metric: Metric) -> Spread? {
    guard !completeSeeds.isEmpty else { return nil }
    return Spread(
      expectedFolds.map { fold in
        Spread(
          completeCells.filter { $0.fold == fold }.map { ClassificationScores($0.matrix)[metric] }
        ).mean
      })
  }

  private var completeCells: [ScoredCell] {
    cells.filter { completeSeeds.contains($0.seed) }
  }

  private func sum(_ cells: [ScoredCell]) -> ConfusionMatrix? {
    guard let first = cells.first else { return nil }
    return cells.dropFirst().reduce(first.matrix) { $0 + $1.matrix }
  }
}
