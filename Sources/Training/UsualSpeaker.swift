// What can be said about a speaker of whom there is a single recording.
package import Audio

/// The average speaker of a training, and how much one recording says about another speaker.
package struct UsualSpeaker: Equatable, Sendable {
  /// The averages over the speakers of their means and deviations.
  package let normalization: Normalization
  /// For each value, `B / (B + W)`: B is the variance of the speakers' means, W the average
  /// variance of a speaker's recordings.
  package let trust: [Float]

  package init(_ normalization: Normalization, trust: [Float]) {
    (self.normalization, self.trust) = (normalization, trust)
  }

  /// - Parameters:
  ///   - speakers: the normalisation of each speaker.
  ///   - within: the deviation of each speaker's recordings, for each value.
  /// - Returns: nil without speakers.
  package init?(of speakers: [Normalization], within: [[Float]]) {
    guard let first = speakers.first else { return nil }
    let values = first.mean.indices
    func average(_ value: (Int) -> Double, over count: Int) -> Double {
      (0..<count).reduce(0.0) { $0 + value($1) } / Double(max(1, count))
    }
    let means = values.map { place in
      average({ Double(speakers[$0].mean[place]) }, over: speakers.count)
    }
    let deviations = values.map { place in
      average({ Double(speakers[$0].deviation[place]) }, over: speakers.count)
    }
    trust = values.map { place in
      let between = average(
        {
          let distance = Double(speakers[$0].mean[place]) - means[place]
          return distance * distance
        }, over: speakers.count)
      let inside = average(
        { Double(within[$0][place]) * Double(within[$0][place]) }, over: within.count)
      return between + inside > 0 ? Float(between / (between + inside)) : 0
    }
    normalization = Normalization(
      mean: means.map(Float.init), deviation: deviations.map(Float.init))
  }

  /// The normalisation for a speaker of whom one recording is known.
  ///
  /// It has the mean that is most likely if the values are normally distributed: between the
  /// average speaker and the recording.
  ///
  /// - Parameter own: the recording's own mean of each value.
  package func normalization(knowing own: [Float]) -> Normalization {
    Normalization(
      mean: normalization.mean.indices.map { place in
        let average = normalization.mean[place]
        return average + trust[place] * (own[place] - average)
      }, deviation: normalization.deviation)
  }
}
