// The accuracy of each speaker, with an interval for other utterances of this speaker.
package import Statistics

/// One speaker of one system. Shares in 0…1.
package struct SpeakerAccuracy: Codable, Hashable, Sendable {
  package let name: String
  /// Test utterances in one seed.
  package let utterances: Int
  /// The mean over seeds. The interval is Wilson's, with utterances as units: see
  /// `wilsonInterval`. Seeds are no further units, because they share the utterances.
  package let accuracy: Estimate
}

extension SystemPredictions {
  /// Returns the accuracy of each speaker by name, with its interval.
  package func speakerIntervals() -> [SpeakerAccuracy] {
    let counts = Dictionary(utterances.map { ($0.speaker, 1) }, uniquingKeysWith: +)
    return speakerAccuracies().map { speaker in
      let count = counts[speaker.name] ?? 0
      return SpeakerAccuracy(
        name: speaker.name, utterances: count,
        accuracy: Estimate(
          value: speaker.value, interval: wilsonInterval(share: speaker.value, units: count),
          method: "Wilson, n = \(count) utterances"))
    }
  }
}
