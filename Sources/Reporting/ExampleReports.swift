// Single recordings that a run kept for its report: where attention looked, and the components of a
// mixture.

/// A scored utterance: its spectrum and the weights of the pooling.
package struct AttentionExample: Sendable, Equatable {
  package var utterance: String
  package var truth: String
  package var predicted: String
  /// Probability of the predicted class, 0 … 1.
  package var probability: Double
  /// Log-mel power, `[bands][frames]`, lowest band first.
  package var spectrum: [[Float]]
  package var secondsPerFrame: Double
  /// Attention, `[heads][frames']`; each head's weights sum to 1.
  package var attention: [[Float]]
  package var secondsPerWeight: Double

  package init(
    utterance: String, truth: String, predicted: String, probability: Double,
    spectrum: [[Float]], secondsPerFrame: Double, attention: [[Float]], secondsPerWeight: Double
  ) {
    (self.utterance, self.truth, self.predicted) = (utterance, truth, predicted)
    (self.probability, self.spectrum) = (probability, spectrum)
    (self.secondsPerFrame, self.attention) = (secondsPerFrame, attention)
    self.secondsPerWeight = secondsPerWeight
  }
}

/// A mixture as made in training, and its two recordings.
package struct MixtureExample: Sendable, Equatable {
  /// A signal reduced to the least and greatest sample of equal segments.
  package struct Signal: Sendable, Equatable {
    package var title: String
    package var low: [Float]
    package var high: [Float]

    package init(title: String, low: [Float], high: [Float]) {
      (self.title, self.low, self.high) = (title, low, high)
    }
  }

  /// EAM or LAM.
  package var method: String
  /// The first recording, the second as scaled for the mixture, and the mixture.
  package var signals: [Signal]
  /// Duration of all three in seconds.
  package var duration: Double
  /// The drawn and derived values, such as SNR and λ.
  package var facts: [KeyValueSection.Row]

  package init(
    method: String, signals: [Signal], duration: Double, facts: [KeyValueSection.Row]
  ) {
    (self.method, self.signals) = (method, signals)
    (self.duration, self.facts) = (duration, facts)
  }
}
