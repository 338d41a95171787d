// Reads each recording of a corpus once and compares them.
package import Corpora
import Threads

extension SoundAudit {
  /// Reads every recording once and compares all pairs.
  ///
  /// - Parameters:
  ///   - classes: the class names in order.
  ///   - threads: does not change the result.
  /// - Throws: `AudioError` for the first recording in order that cannot be read.
  package init(of utterances: [Utterance], classes: [String], threads: Int) throws {
    var sounds = try parallelMap(count: utterances.count, threads: threads) {
      try SoundMeasurement(path: utterances[$0].path)
    }
    let byDigest = Dictionary(grouping: utterances.indices) { sounds[$0].digest }
      .values.sorted { $0[0] < $1[0] }
    let exactDuplicates = byDigest.filter { $0.count > 1 }.map {
      ExactDuplicates(sha256: sounds[$0[0]].digest, ids: $0.map { utterances[$0].id })
    }
    let tooShort = utterances.indices.filter {
      sounds[$0].print.map { $0.active < PrintTable.leastFrames } ?? true
    }.map { utterances[$0].id }
    // One of several equal recordings is compared with the others.
    let prints = PrintTable(byDigest.compactMap { sounds[$0[0]].print })
    sounds = sounds.map(\.withoutPrint)
    let nearDuplicates = try Self.pairs(prints.matches(threads: threads), of: byDigest).map {
      NearDuplicates(
        first: utterances[$0.first].id, second: utterances[$0.second].id,
        difference: $0.difference, shift: $0.shift)
    }
    let table = SoundTable(sounds)
    let usual = SoundOutliers(sounds, table: table)
    let outliers = zip(utterances, sounds).flatMap { utterance, sound in
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
    let byLabel = Dictionary(grouping: utterances.indices) { utterances[$0].label }
    let bySpeaker = Dictionary(grouping: utterances.indices) { utterances[$0].speaker }
    self.init(
      recordings: utterances.count, exactDuplicates: exactDuplicates,
      nearDuplicates: nearDuplicates, tooShort: tooShort, all: everything,
      classes: classes.compactMap { group($0, byLabel[$0]) },
      speakers: bySpeaker.keys.sorted().compactMap { group($0, bySpeaker[$0]) }, table: table,
      outliers: outliers)
  }

  /// Equal recordings share their near duplicates. Beyond this number of pairs, only the pair of
  /// the first ones is listed (our choice).
  private static let mostPairs = 1_024

  /// Extends the matches of the first of equal recordings to all of them.
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
