// Single recordings that a run kept for its report: what attention looked at, and what a mixture is
// made of.

/// A scored utterance: its spectrum over time and where the pooling looked.
package struct AttentionExample: Sendable, Equatable {
  package var utterance: String
  package var truth: String
  package var predicted: String
  /// Of the predicted class, 0 … 1.
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

/// A mixture as training makes them, and the two recordings in it.
package struct MixtureExample: Sendable, Equatable {
  /// A signal as the least and greatest sample of each of equally long stretches.
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
  /// The first, the second as it stands in the mixture, and the mixture.
  package var signals: [Signal]
  /// Seconds of all three.
  package var duration: Double
  /// What was drawn and what followed from it, one by one: SNR, λ.
  package var facts: [KeyValueSection.Row]

  package init(
    method: String, signals: [Signal], duration: Double, facts: [KeyValueSection.Row]
  ) {
    (self.method, self.signals) = (method, signals)
    (self.duration, self.facts) = (duration, facts)
  }
}
