// Scores worked by hand.
import Evaluation
import TestSupport
import Testing

/// Rows are the true classes a, b, c (4, 3, 3 utterances), columns the predicted ones.
private let worked = ConfusionMatrix(
  classes: ["a", "b", "c"], counts: [[3, 1, 0], [0, 1, 2], [1, 0, 2]])

@Suite struct `Scores of a confusion matrix worked by hand` {
  @Test func `count right utterances for accuracy`() {
    expectClose(ClassificationScores(worked).accuracy, 6.0 / 10)
  }

  @Test func `average recalls for UA`() {
    // 3/4, 1/3, 2/3
    expectClose(
      ClassificationScores(worked).unweightedAverageRecall, (0.75 + 1.0 / 3 + 2.0 / 3) / 3)
  }

  @Test func `give each class its precision, recall, F1 and support`() {
    let classes = ClassificationScores(worked).classes
    #expect(classes.map(\.support) == [4, 3, 3])
    #expect(classes.map(\.chosen) == [4, 2, 4])
    expectClose(classes.compactMap(\.precision), [3.0 / 4, 1.0 / 2, 2.0 / 4])
    expectClose(classes.compactMap(\.recall), [3.0 / 4, 1.0 / 3, 2.0 / 3])
    // 2·3/(4+4), 2·1/(3+2), 2·2/(3+4)
    expectClose(classes.compactMap(\.f1), [0.75, 0.4, 4.0 / 7])
  }

  @Test func `average F1 plainly and by support`() {
    let scores = ClassificationScores(worked)
    expectClose(scores.macroF1, (0.75 + 0.4 + 4.0 / 7) / 3)
    expectClose(scores.weightedF1, (4 * 0.75 + 3 * 0.4 + 3 * 4.0 / 7) / 10)
  }

  @Test func `tell a matrix from its transpose`() {
    let transposed = ConfusionMatrix(
      classes: worked.classes,
      counts: [[3, 0, 1], [1, 1, 0], [0, 2, 2]])
    let scores = ClassificationScores(transposed)
    #expect(scores.accuracy == ClassificationScores(worked).accuracy)
    // The mean of the former precisions: 3/4, 1/2, 2/4.
    expectClose(scores.unweightedAverageRecall, 1.75 / 3)
  }

  @Test func `answer to the names of the headline figures`() {
    let scores = ClassificationScores(worked)
    #expect(scores[.accuracy] == scores.accuracy)
    #expect(scores[.unweightedAverageRecall] == scores.unweightedAverageRecall)
    #expect(scores[.macroF1] == scores.macroF1)
    #expect(scores[.weightedF1] == scores.weightedF1)
    #expect(Set(Metric.allCases.map { scores[$0] }).count == 4)
  }
}

@Suite struct `Scores of odd confusion matrices` {
  @Test func `leave a class without utterances out of UA and say which it is`() {
    // c does not occur but is predicted once: recalls 1/2 and 1; F1 2/3, 1 and 0.
    let scores = ClassificationScores(
      ConfusionMatrix(classes: ["a", "b", "c"], counts: [[1, 0, 1], [0, 3, 0], [0, 0, 0]]))
    expectClose(scores.unweightedAverageRecall, 0.75)
    expectClose(scores.macroF1, (2.0 / 3 + 1 + 0) / 3)
    #expect(scores.absentClasses == ["c"])
    #expect(scores.classes[2].recall == nil)
    #expect(scores.classes[2].precision == 0)
  }

  @Test func `leave a class that neither occurs nor is chosen out of macro F1`() {
    let scores = ClassificationScores(
      ConfusionMatrix(classes: ["a", "b", "c"], counts: [[1, 1, 0], [0, 2, 0], [0, 0, 0]]))
    // F1: 2·1/(2+1), 2·2/(2+3).
    expectClose(scores.macroF1, (2.0 / 3 + 0.8) / 2)
    #expect(scores.classes[2].f1 == nil)
  }

  @Test func `give a class that is never chosen no precision and an F1 of 0`() {
    let scores = ClassificationScores(
      ConfusionMatrix(classes: ["a", "b"], counts: [[2, 0], [2, 0]]))
    #expect(scores.classes[1].precision == nil)
    #expect(scores.classes[1].f1 == 0)
    expectClose(scores.macroF1, (2.0 * 2 / 6 + 0) / 2)
    expectClose(scores.unweightedAverageRecall, 0.5)
  }

  @Test func `are refused for no utterances at all`() async {
    await #expect(processExitsWith: .failure) {
      _ = ClassificationScores(ConfusionMatrix(classes: ["a"], counts: [[0]]))
    }
  }
}
