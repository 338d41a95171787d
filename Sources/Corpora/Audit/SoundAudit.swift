// Compares the recordings of a corpus: which are equal, how long and how loud they are.
// SoundAudit+Findings.swift derives the findings for a division into folds. The module Audits reads
// the recordings.

/// Duplicates, lengths and levels of a corpus's recordings.
package struct SoundAudit: Codable, Hashable, Sendable {
  /// Recordings with bit-identical samples.
  package struct ExactDuplicates: Codable, Hashable, Sendable {
    /// SHA-256 of the samples and their rate.
    package let sha256: String
    /// In the corpus's order.
    package let ids: [String]

    package init(sha256: String, ids: [String]) {
      (self.sha256, self.ids) = (sha256, ids)
    }
  }

  /// Two recordings of the same sound, but not bit-identical.
  package struct NearDuplicates: Codable, Hashable, Sendable {
    package let first: String
    package let second: String
    /// The share of differing fingerprint bits.
    package let difference: Double
    /// How much later the sound starts in the second recording, in seconds.
    package let shift: Double

    package init(first: String, second: String, difference: Double, shift: Double) {
      (self.first, self.second, self.difference, self.shift) = (first, second, difference, shift)
    }
  }

  /// The recordings of one class or speaker.
  package struct Group: Codable, Hashable, Sendable {
    package let name: String
    package let count: Int
    /// Length in seconds.
    package let duration: Summary
    /// Root mean square in dB below full scale.
    package let loudness: Summary

    package init(name: String, count: Int, duration: Summary, loudness: Summary) {
      (self.name, self.count, self.duration, self.loudness) = (name, count, duration, loudness)
    }
  }

  /// The distribution of some numbers.
  package struct Summary: Codable, Hashable, Sendable {
    package let mean: Double
    /// `√(Σ (x - mean)² / (n - 1))`; 0 for a single number.
    package let deviation: Double
    package let least: Double
    package let greatest: Double

    /// Summarises some numbers; nil if there are none.
    package init?(_ values: [Double]) {
      guard let least = values.min(), let greatest = values.max() else { return nil }
      let mean = values.reduce(0, +) / Double(values.count)
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      self.mean = mean
      deviation = (squares / Double(max(1, values.count - 1))).squareRoot()
      self.least = least
      self.greatest = greatest
    }

    fileprivate static let none = Summary()

    private init() { (mean, deviation, least, greatest) = (0, 0, 0, 0) }
  }

  /// The number of recordings; 0 if none was opened.
  package let recordings: Int
  package let exactDuplicates: [ExactDuplicates]
  package let nearDuplicates: [NearDuplicates]
  /// Recordings with less than 0.64 s of sound, which are not checked for near duplicates.
  package let tooShort: [String]
  package let all: Group
  /// In the corpus's order.
  package let classes: [Group]
  /// Sorted.
  package let speakers: [Group]
  /// Rates, lengths and levels; nil in audits of version 0.5 and earlier.
  package let table: SoundTable?
  /// Unusual recordings in the corpus's order; nil in audits of version 0.5 and earlier.
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

extension SoundAudit {
  /// The audit of recordings that were not opened: it finds nothing.
  package static let unheard = SoundAudit(
    recordings: 0, exactDuplicates: [], nearDuplicates: [], tooShort: [],
    all: Group(name: "all", count: 0, duration: .none, loudness: .none), classes: [], speakers: [],
    table: nil, outliers: nil)
}

/// An unusual recording and the reason.
package struct SoundOutlier: Codable, Hashable, Sendable {
  package let id: String
  package let path: String
  /// The unusual value and the expected one.
  package let reason: String

  package init(id: String, path: String, reason: String) {
    (self.id, self.path, self.reason) = (id, path, reason)
  }
}
