// Which recordings of a table match. Comparing each with each takes n² time, so that beyond some
// thousands an index proposes the pairs that are worth it; what it proposes is compared as always.
import Threads

extension PrintTable {
  /// A search is exhaustive as long as no more recordings than this are to be compared with
  /// (choice).
  package static let exhaustiveCount = 4_096
  /// Of recordings that are all alike, so many are compared with what follows (choice). Later ones
  /// are listed with the first that they match.
  package static let groupSize = 16
  /// Recordings that are compared with all before them at a time.
  private static let batchSize = 256

  /// Returns the pairs of recordings that are near duplicates, by their first and second position.
  ///
  /// Both must sound for about as long: a recording that is a part of another is not looked for. Of
  /// a group of more than `groupSize` recordings that are alike, the others are listed once each.
  ///
  /// - Parameter exhaustiveCount: as `exhaustiveCount`; less in tests.
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
      // A recording of a group that is full adds nothing to it.
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

  /// Returns all pairs, each compared with each: the oracle of `matches`.
  package func exhaustiveMatches(threads: Int) throws -> [PrintMatch] {
    let order = (0..<count).filter { !isTooShort($0) }
    return parallelMap(count: order.count, threads: threads) { place in
      matches(of: order[place], among: Array(order[..<place]))
    }.joined().sorted { ($0.first, $0.second) < ($1.first, $1.second) }
  }

  /// Returns the matches of a recording with others before it, in their order.
  private func matches(of index: Int, among others: [Int]) -> [PrintMatch] {
    others.compactMap { isComparable($0, index) ? match($0, index) : nil }
  }
}

/// Recordings that are alike, by the first of each group.
private struct PrintGroups {
  /// The first of the group that a recording is in.
  private var first: [Int]
  /// Recordings in the group of each first one.
  private var size: [Int]
  private let limit: Int

  init(count: Int, limit: Int) {
    first = Array(0..<count)
    size = [Int](repeating: 1, count: count)
    self.limit = limit
  }

  func isFull(_ recording: Int) -> Bool { size[first[recording]] >= limit }

  /// Adds a recording to the group of the first one that it matches.
  ///
  /// - Returns: The pairs to be listed: all, or the first of each group where a group is full. And
  ///   whether it is to be compared with what follows.
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
