// What a trained system said about one utterance. Everything that is measured is computed from
// these; nothing here knows what made them.

/// One scored utterance.
package struct Prediction: Codable, Hashable, Sendable {
  /// The utterance's name within its corpus.
  package var id: String
  /// Who speaks.
  package var speaker: String
  /// The fold in whose test part the utterance stands, counted from 1.
  package var fold: Int
  /// The index of the true class.
  package var truth: Int
  /// The index of the class that was chosen.
  package var predicted: Int
  /// The probability given to each class, `[classes]`.
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
