// Finds matching recordings in a table. Comparing all pairs takes n² time. Beyond some thousands,
// an index proposes pairs, and only those are compared.
import Threads

extension PrintTable {
  /// The search is exhaustive up to this number of recordings (our choice).
  package static let exhaustiveCount = 4_096
  /// How many recordings of a group of equal ones are compared with later recordings (our choice).
  /// Further ones are only listed with the first recording that they match.
  package static let groupSize = 16
  /// Number of recordings compared with all earlier ones at a time.
  private static let batchSize = 256

  /// Returns the pairs of near duplicates, by first and second position.
  ///
  /// Both recordings must have about the same length of sound: a recording that is part of another
  /// is not found. In a group of more than `groupSize` equal recordings, the others are listed once
  /// each.
  ///
  /// - Parameter exhaustiveCount: see `exhaustiveCount`; smaller in tests.
  /// - Complexity: O(n · exhaustiveCount) comparisons, and those that the index proposes.
  package func matches(
    threads: Int, exhaustiveCount: Int = PrintTable.exhaustiveCount
  ) throws -> [PrintMatch] {
    let order = (0..<count).filter { !isTooShort($0) }
    var index = PrintIndex()
    var groups = PrintGroups(count: count, limit: Self.groupSize)
    var found: [PrintMatch] = []
    for start in stride(from: 0, to: order.count, by: Self.batchSize) {
      let batch = Array(order[start..<min(start + Self.batchSize, order.count)])
      let known = index.members
      let isExhaustive = known.count <= exhaustiveCount
      let earlier = parallelMap(count: batch.count, threads: threads) { place in
        let candidates = isExhaustive ? known : index.candidates(for: batch[place], in: self)
        return matches(of: batch[place], among: candidates)
      }
      // A recording of a full group adds nothing to it.
      let open = batch.indices.filter { place in
        earlier[place].allSatisfy { !groups.isFull($0.first) }
      }
      let within = parallelMap(count: open.count, threads: threads) { place in
        matches(of: batch[open[place]], among: open[..<place].map { batch[$0] })
      }
      var added: [Int] = []
      var next = 0
      for place in batch.indices {
        var pairs = earlier[place]
        if next < open.count, open[next] == place {
          pairs += within[next]
          next += 1
        }
        let kept = groups.add(batch[place], pairs)
        found += kept.pairs
        if kept.isMember { added.append(batch[place]) }
      }
      index.add(added, of: self)
    }
    return found.sorted { ($0.first, $0.second) < ($1.first, $1.second) }
  }

  /// Returns all pairs by exhaustive comparison: the oracle of `matches`.
  package func exhaustiveMatches(threads: Int) throws -> [PrintMatch] {
    let order = (0..<count).filter { !isTooShort($0) }
    return parallelMap(count: order.count, threads: threads) { place in
      matches(of: order[place], among: Array(order[..<place]))
    }.joined().sorted { ($0.first, $0.second) < ($1.first, $1.second) }
  }

  /// Returns the matches of a recording with earlier ones, in order.
  private func matches(of index: Int, among others: [Int]) -> [PrintMatch] {
    others.compactMap { isComparable($0, index) ? match($0, index) : nil }
  }
}

/// Groups of equal recordings, by their first member.
private struct PrintGroups {
  /// The first member of each recording's group.
  private var first: [Int]
  /// The size of each first member's group.
  private var size: [Int]
  private let limit: Int

  init(count: Int, limit: Int) {
    first = Array(0..<count)
    size = [Int](repeating: 1, count: count)
    self.limit = limit
  }

  func isFull(_ recording: Int) -> Bool { size[first[recording]] >= limit }

  /// Adds a recording to the group of its first match.
  ///
  /// - Returns: the pairs to list (all, or only the first of each full group), and whether to
  ///   compare the recording with later ones.
  mutating func add(
    _ recording: Int, _ pairs: [PrintMatch]
  ) -> (pairs: [PrintMatch], isMember: Bool) {
    guard let group = pairs.first.map({ first[$0.first] }) else { return ([], true) }
    let isFull = pairs.contains { self.isFull($0.first) }
    first[recording] = group
    size[group] += 1
    guard isFull else { return (pairs, true) }
    var seen: Set<Int> = []
    return (pairs.filter { seen.insert(first[$0.first]).inserted }, false)
  }
}
