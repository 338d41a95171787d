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
  /// Rates, lengths and levels; nil in audits of version 0.5 and before.
  package let table: SoundTable?
  /// Recordings that stand out, in the corpus's order; nil as `table`.
  package let outliers: [SoundOutlier]?

  /// Reads every recording once and compares each with each.
  ///
  /// - Parameters:
  ///   - classes: the classes' names in order.
  ///   - threads: the result does not depend on it.
  /// - Throws: `AudioError`, of the first recording in order that cannot be read.
  package init(of utterances: [Utterance], classes: [String], threads: Int) throws {
    var sounds = try parallelMap(count: utterances.count, threads: threads) {
      try SoundMeasurement(path: utterances[$0].path)
    }
    recordings = utterances.count
    let byDigest = Dictionary(grouping: utterances.indices) { sounds[$0].digest }
      .values.sorted { $0[0] < $1[0] }
    exactDuplicates = byDigest.filter { $0.count > 1 }.map {
      ExactDuplicates(sha256: sounds[$0[0]].digest, ids: $0.map { utterances[$0].id })
    }
    tooShort = utterances.indices.filter {
      sounds[$0].print.map { $0.active < PrintTable.leastFrames } ?? true
    }.map { utterances[$0].id }
    // Of equal recordings, one is compared with the others.
    let prints = PrintTable(byDigest.compactMap { sounds[$0[0]].print })
    sounds = sounds.map(\.withoutPrint)
    nearDuplicates = try Self.pairs(prints.matches(threads: threads), of: byDigest).map {
      NearDuplicates(
        first: utterances[$0.first].id, second: utterances[$0.second].id,
        difference: $0.difference, shift: $0.shift)
    }
    let table = SoundTable(sounds)
    self.table = table
    let usual = SoundOutliers(sounds, table: table)
    outliers = zip(utterances, sounds).flatMap { utterance, sound in
      usual.reasons(sound).map {
        SoundOutlier(id: utterance.id, path: utterance.path, reason: $0)
      }
    }
    func group(_ name: String, _ members: [Int]?) -> Group? {
      guard let members, let durations = Summary(members.map { sounds[$0].duration }),
        let levels = Summary(members.map { sounds[$0].loudness })
      else { return nil }
      return Group(name: name, count: members.count, duration: durations, loudness: levels)
    }
    guard let everything = group("all", Array(utterances.indices)) else {
      preconditionFailure("an audit of no recordings")
    }
    all = everything
    let byLabel = Dictionary(grouping: utterances.indices) { utterances[$0].label }
    self.classes = classes.compactMap { group($0, byLabel[$0]) }
    let bySpeaker = Dictionary(grouping: utterances.indices) { utterances[$0].speaker }
    speakers = bySpeaker.keys.sorted().compactMap { group($0, bySpeaker[$0]) }
  }

  /// Equal recordings share their near duplicates; of more pairs than this, only that of the first ones
  /// is listed (choice).
  private static let mostPairs = 1_024

  /// Returns the matches of equal recordings' first ones as those of all of them.
  private static func pairs(_ matches: [PrintMatch], of groups: [[Int]]) -> [PrintMatch] {
    matches.flatMap { match in
      let (first, second) = (groups[match.first], groups[match.second])
      let isMany = first.count * second.count > mostPairs
      return (isMany ? [first[0]] : first).flatMap { a in
        (isMany ? [second[0]] : second).map { b in
          PrintMatch(
            first: min(a, b), second: max(a, b), difference: match.difference,
            shift: a < b ? match.shift : -match.shift)
        }
      }
    }.sorted { ($0.first, $0.second) < ($1.first, $1.second) }
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
