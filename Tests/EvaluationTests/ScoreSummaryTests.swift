// Summaries over seeds and folds, worked by hand.
import Evaluation
import TestSupport
import Testing

/// A cell of two classes: `right` of `a` utterances of the first are correct, and all `b` of the
/// second.
private func cell(_ seed: Int, _ fold: Int, right: Int, a: Int = 10, b: Int = 10) -> ScoredCell {
  ScoredCell(
    seed: seed, fold: fold,
    matrix: ConfusionMatrix(classes: ["a", "b"], counts: [[right, a - right], [0, b]]))
}

@Suite struct `A summary over seeds and folds` {
  @Test func `pools the folds of each seed, then spreads over seeds`() throws {
    let summary = ScoreSummary(
      cells: [
        cell(1, 1, right: 0), cell(1, 2, right: 5, a: 20, b: 0), cell(2, 2, right: 10, a: 20, b: 0),
        cell(2, 1, right: 10),
      ], seeds: [1, 2], folds: [1, 2])
    // Seed 1: (10 + 5) / 40, seed 2: (20 + 10) / 40; recalls of a: 5/30 and 20/30, of b: 1.
    let accuracy = try #require(summary.pooled(.accuracy))
    expectClose(accuracy.values, [0.375, 0.75])
    expectClose(accuracy.mean, 0.5625)
    expectClose(try #require(accuracy.standardDeviation), 0.375 / 2.0.squareRoot())
    expectClose(
      try #require(summary.pooled(.unweightedAverageRecall)).values,
      [(1.0 / 6 + 1) / 2, (2.0 / 3 + 1) / 2])
  }

  @Test func `averages seeds within each fold, then spreads over folds`() throws {
    let summary = ScoreSummary(
      cells: [
        cell(1, 1, right: 0), cell(1, 2, right: 5, a: 20, b: 0), cell(2, 1, right: 10),
        cell(2, 2, right: 10, a: 20, b: 0),
      ], seeds: [1, 2], folds: [1, 2])
    // Fold 1: 0.5 and 1; fold 2: 0.25 and 0.5, where b does not occur and UA is a's recall.
    expectClose(try #require(summary.perFold(.accuracy)).values, [0.75, 0.375])
    expectClose(try #require(summary.perFold(.unweightedAverageRecall)).values, [0.75, 0.375])
    #expect(summary.perFold(.accuracy)?.mean == summary.pooled(.accuracy)?.mean)
  }

  @Test func `tells the pooled figure from the mean over unequal folds`() throws {
    let summary = ScoreSummary(
      cells: [cell(1, 1, right: 0, a: 30), cell(1, 2, right: 10)], seeds: [1], folds: [1, 2])
    expectClose(try #require(summary.pooled(.accuracy)).mean, 30.0 / 60)
    expectClose(try #require(summary.perFold(.accuracy)).mean, (0.25 + 1) / 2)
  }

  @Test func `leaves a seed with a missing fold out and says how much is there`() throws {
    let summary = ScoreSummary(
      cells: [cell(1, 1, right: 4), cell(1, 2, right: 6), cell(2, 1, right: 10)],
      seeds: [2, 1], folds: [1, 2])
    #expect(summary.completeness == "3 of 4")
    #expect(!summary.isComplete)
    #expect(summary.completeSeeds == [1])
    expectClose(try #require(summary.pooled(.accuracy)).values, [0.75])
    expectClose(try #require(summary.perFold(.accuracy)).values, [0.7, 0.8])
    #expect(summary.pooledMatrix?.total == 40)
    #expect(summary.pooledMatrix(seed: 2) == nil)
  }

  @Test func `has no figures without a complete seed`() {
    let summary = ScoreSummary(cells: [cell(1, 1, right: 4)], seeds: [1], folds: [1, 2])
    #expect(summary.pooled(.accuracy) == nil)
    #expect(summary.perFold(.accuracy) == nil)
    #expect(summary.pooledMatrix == nil)
    #expect(summary.completeness == "1 of 2")
  }

  @Test func `has no deviation for a single value`() throws {
    let summary = ScoreSummary(cells: [cell(1, 1, right: 4)], seeds: [1], folds: [1])
    #expect(try #require(summary.pooled(.accuracy)).standardDeviation == nil)
    #expect(summary.pooled(.accuracy)?.percentages == "70.0")
    #expect(Spread([0.5, 0.6]).percentages == "55.0 ± 7.1")
  }
}
