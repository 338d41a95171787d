// The recordings of a corpus held against each other: which are the same, how long and how loud
// they are. What follows for a division into folds is in SoundAudit+Findings.swift. Audits listens
// to them.

/// Duplicates, lengths and levels of a corpus's recordings.
package struct SoundAudit: Codable, Hashable, Sendable {
  /// Recordings with the same samples, bit for bit.
  package struct ExactDuplicates: Codable, Hashable, Sendable {
    /// The SHA-256 of the samples and their rate.
    package let sha256: String
    /// In the corpus's order.
    package let ids: [String]

    package init(sha256: String, ids: [String]) {
      (self.sha256, self.ids) = (sha256, ids)
    }
  }

  /// Two recordings of the same sound, though not bit for bit.
  package struct NearDuplicates: Codable, Hashable, Sendable {
    package let first: String
    package let second: String
    /// The share of their fingerprints' bits that differ.
    package let difference: Double
    /// How much later the sound comes in the second, s.
    package let shift: Double

    package init(first: String, second: String, difference: Double, shift: Double) {
      (self.first, self.second, self.difference, self.shift) = (first, second, difference, shift)
    }
  }

  /// The recordings of one class or speaker.
  package struct Group: Codable, Hashable, Sendable {
    package let name: String
    package let count: Int
    /// Length, s.
    package let duration: Summary
    /// Root mean square, dB below full scale.
    package let loudness: Summary

    package init(name: String, count: Int, duration: Summary, loudness: Summary) {
      (self.name, self.count, self.duration, self.loudness) = (name, count, duration, loudness)
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
  /// Rates, lengths and levels; nil in audits of version 0.5 and before.
  package let table: SoundTable?
  /// Recordings that stand out, in the corpus's order; nil as `table`.
  package let outliers: [SoundOutlier]?

  package init(
    recordings: Int, exactDuplicates: [ExactDuplicates], nearDuplicates: [NearDuplicates],
    tooShort: [String], all: Group, classes: [Group], speakers: [Group], table: SoundTable?,
    outliers: [SoundOutlier]?
  ) {
    self.recordings = recordings
    self.exactDuplicates = exactDuplicates
    self.nearDuplicates = nearDuplicates
    self.tooShort = tooShort
    self.all = all
    self.classes = classes
    self.speakers = speakers
    self.table = table
    self.outliers = outliers
  }
}

/// A recording that stands out, and why.
package struct SoundOutlier: Codable, Hashable, Sendable {
  package let id: String
  package let path: String
  /// What is odd: value, and what was expected.
  package let reason: String

  package init(id: String, path: String, reason: String) {
    (self.id, self.path, self.reason) = (id, path, reason)
  }
}
