// Counts of predictions, by hand and by properties on random ones.
import Evaluation
import Randomness
import TestSupport
import Testing

/// `count` predictions of `classes` classes, about half of them correct.
func randomPredictions(
  _ count: Int, classes: Int, fold: Int = 1, using random: inout RandomStream
) -> [Prediction] {
  (0..<count).map { index in
    let truth = random.integer(below: classes)
    let predicted = random.integer(below: 2) == 0 ? truth : random.integer(below: classes)
    let weights = (0..<classes).map { _ in Float(random.uniform()) + 0.01 }
    let sum = weights.reduce(0, +)
    return Prediction(
      id: "u\(index)", speaker: "s\(index % 4)", fold: fold, truth: truth, predicted: predicted,
      probabilities: weights.map { $0 / sum })
  }
}

@Suite struct `A confusion matrix` {
  @Test func `has a row for the truth and a column for the choice`() {
    func prediction(_ truth: Int, _ predicted: Int) -> Prediction {
      Prediction(
        id: "u", speaker: "s", fold: 1, truth: truth, predicted: predicted, probabilities: [])
    }
    let matrix = ConfusionMatrix(
      classes: ["a", "b"],
      predictions: [prediction(0, 1), prediction(0, 1), prediction(1, 1), prediction(0, 0)])
    #expect(matrix.counts == [[1, 2], [0, 1]])
    #expect(matrix.total == 4)
    #expect(matrix.correct == 2)
    #expect(matrix.support(0) == 3)
    #expect(matrix.chosen(0) == 1)
    #expect(matrix.rowShares == [[1.0 / 3, 2.0 / 3], [0, 1]])
  }

  @Test func `has no shares in the row of an absent class`() {
    let matrix = ConfusionMatrix(classes: ["a", "b"], counts: [[0, 0], [1, 1]])
    #expect(matrix.rowShares == [nil, [0.5, 0.5]])
  }

  @Test func `of all predictions is the sum of those of the parts`() {
    var random = RandomStream(seed: 3)
    let classes = ["a", "b", "c", "d"]
    let predictions = randomPredictions(200, classes: 4, using: &random)
    let parts = [predictions[..<57], predictions[57...]].map {
      ConfusionMatrix(classes: classes, predictions: Array($0))
    }
    #expect(ConfusionMatrix(classes: classes, predictions: predictions) == parts[0] + parts[1])
    #expect(parts[0] != parts[1])
  }

  @Test func `gives accuracy equal to UA when all classes occur equally often`() {
    let matrix = ConfusionMatrix(classes: ["a", "b"], counts: [[7, 3], [6, 4]])
    let scores = ClassificationScores(matrix)
    expectClose(scores.accuracy, scores.unweightedAverageRecall)
  }

  @Test func `refuses to add other classes`() async {
    await #expect(processExitsWith: .failure) {
      _ =
        ConfusionMatrix(classes: ["a"], counts: [[1]])
        + ConfusionMatrix(classes: ["b"], counts: [[1]])
    }
  }
}
