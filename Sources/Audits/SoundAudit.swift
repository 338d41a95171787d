// The recordings of a corpus held against each other: which are the same, how long and how loud they
// are. What follows for a division into folds is in SoundAudit+Findings.swift.
package import Corpora
import Tensors

/// Duplicates, lengths and levels of a corpus's recordings.
package struct SoundAudit: Codable, Hashable, Sendable {
  /// Recordings with the same samples, bit for bit.
  package struct ExactDuplicates: Codable, Hashable, Sendable {
    /// The SHA-256 of the samples and their rate.
    package let sha256: String
    /// In the corpus's order.
    package let ids: [String]
  }

  /// Two recordings of the same sound, though not bit for bit.
  package struct NearDuplicates: Codable, Hashable, Sendable {
    package let first: String
    package let second: String
    /// The share of their fingerprints' bits that differ.
    package let difference: Double
    /// How much later the sound comes in the second, s.
    package let shift: Double
  }

  /// The recordings of one class or speaker.
  package struct Group: Codable, Hashable, Sendable {
    package let name: String
    package let count: Int
    /// Length, s.
    package let duration: Summary
    /// Root mean square, dB below full scale.
    package let loudness: Summary
  }

  package let recordings: Int
  package let exactDuplicates: [ExactDuplicates]
  package let nearDuplicates: [NearDuplicates]
  /// Recordings with less than 0.64 s of sound, which no near duplicate is looked for.
  package let tooShort: [String]
  package let all: Group
  /// In the corpus's order.
  package let classes: [Group]
  /// Sorted.
  package let speakers: [Group]

  /// Reads every recording once and compares each with each.
  ///
  /// - Parameters:
  ///   - classes: the classes' names in order.
  ///   - threads: the result does not depend on it.
  /// - Throws: `AudioError`, of the first recording in order that cannot be read.
  package init(of utterances: [Utterance], classes: [String], threads: Int) throws {
    let sounds = try parallelMap(count: utterances.count, threads: threads) {
      try SoundMeasurement(path: utterances[$0].path)
    }
    recordings = utterances.count
    let byDigest = Dictionary(grouping: utterances.indices) { sounds[$0].digest }
    exactDuplicates = byDigest.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }.map {
      ExactDuplicates(sha256: sounds[$0[0]].digest, ids: $0.map { utterances[$0].id })
    }
    nearDuplicates = try PrintTable(sounds.map(\.print)).matches(threads: threads)
      .filter { sounds[$0.first].digest != sounds[$0.second].digest }
      .map {
        NearDuplicates(
          first: utterances[$0.first].id, second: utterances[$0.second].id,
          difference: $0.difference, shift: $0.shift)
      }
    tooShort = utterances.indices.filter { sounds[$0].print.active < PrintTable.leastFrames }
      .map { utterances[$0].id }
    func group(_ name: String, _ isMember: (Utterance) -> Bool) -> Group? {
      let members = zip(utterances, sounds).filter { isMember($0.0) }.map(\.1)
      guard let durations = Summary(members.map(\.duration)),
        let levels = Summary(members.map(\.loudness))
      else { return nil }
      return Group(name: name, count: members.count, duration: durations, loudness: levels)
    }
    guard let everything = group("all", { _ in true }) else {
      preconditionFailure("an audit of no recordings")
    }
    all = everything
    self.classes = classes.compactMap { label in group(label) { $0.label == label } }
    speakers = Set(utterances.map(\.speaker)).sorted().compactMap { speaker in
      group(speaker) { $0.speaker == speaker }
    }
  }
}

/// How numbers are distributed.
package struct Summary: Codable, Hashable, Sendable {
  package let mean: Double
  /// `√(Σ (x - mean)² / (n - 1))`; 0 for a single number.
  package let deviation: Double
  package let least: Double
  package let greatest: Double

  /// Sums up some numbers; nil where there are none.
  package init?(_ values: [Double]) {
    guard let least = values.min(), let greatest = values.max() else { return nil }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    deviation = (squares / Double(max(1, values.count - 1))).squareRoot()
    self.least = least
    self.greatest = greatest
  }
}
