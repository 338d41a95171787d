// What a trained system predicted for one utterance. Every score is computed from predictions,
// independent of the system that made them.

/// One scored utterance.
package struct Prediction: Codable, Hashable, Sendable {
  /// The utterance's name within its corpus.
  package var id: String
  /// The speaker's name.
  package var speaker: String
  /// The fold that tests the utterance, counted from 1.
  package var fold: Int
  /// The index of the true class.
  package var truth: Int
  /// The index of the predicted class.
  package var predicted: Int
  /// The probability of each class, `[classes]`.
  package var probabilities: [Float]

  package init(
    id: String, speaker: String, fold: Int, truth: Int, predicted: Int, probabilities: [Float]
  ) {
    self.id = id
    self.speaker = speaker
    self.fold = fold
    self.truth = truth
    self.predicted = predicted
    self.probabilities = probabilities
  }
}
