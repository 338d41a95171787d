// Counts pairs of equal recordings by role. n equal recordings have n² / 2 pairs, but only a few
// kinds of pairs.

/// The roles of each recording in all folds. Recordings with the same roles are of one kind.
struct RoleSignatures {
  /// The kind of each recording.
  private let kinds: [Int]
  /// The folds in which recordings of two kinds have different roles.
  private let crossed: [[[Int]]]

  init(count: Int, roles: [FoldRoles]) {
    let bits = roles.map { $0.roleBits(count: count) }
    var known: [[UInt8]: Int] = [:]
    var signatures: [[UInt8]] = []
    kinds = (0..<count).map { position in
      let signature = bits.map { $0[position] }
      if let kind = known[signature] { return kind }
      known[signature] = signatures.count
      signatures.append(signature)
      return signatures.count - 1
    }
    crossed = signatures.map { a in
      signatures.map { b in
        // Two roles together, and each recording has one.
        roles.indices.filter {
          a[$0] != 0 && b[$0] != 0 && (a[$0] | b[$0]).nonzeroBitCount > 1
        }.map { roles[$0].fold }
      }
    }
  }

  /// The number of kinds.
  var count: Int { crossed.count }

  func kind(_ position: Int) -> Int { kinds[position] }

  func crossedFolds(ofKinds a: Int, _ b: Int) -> [Int] { crossed[a][b] }

  /// The folds in which two recordings have different roles.
  func crossedFolds(_ a: Int, _ b: Int) -> [Int] { crossed[kinds[a]][kinds[b]] }
}

/// Pairs of recordings of one sound: their number, their folds, and the first of them.
struct PairTally {
  struct Pair {
    let first: Int
    let second: Int
    let detail: String
  }
  private(set) var count = 0
  private(set) var folds: Set<Int> = []
  private(set) var named: [Pair] = []

  /// Adds one pair.
  mutating func add(_ a: Int, _ b: Int, _ folds: [Int], _ detail: String, limit: Int) {
    count += 1
    self.folds.formUnion(folds)
    if named.count < limit { named.append(Pair(first: a, second: b, detail: detail)) }
  }

  /// Adds the pairs of equal recordings that do, or do not, have different roles in some fold.
  mutating func add(
    _ members: [Int], _ signatures: RoleSignatures, crossing: Bool, limit: Int
  ) {
    // The number of members of each kind, and the position of the last.
    var counts = [Int](repeating: 0, count: signatures.count)
    var last = [Int](repeating: -1, count: signatures.count)
    for (place, member) in members.enumerated() {
      counts[signatures.kind(member)] += 1
      last[signatures.kind(member)] = place
    }
    let present = counts.indices.filter { counts[$0] > 0 }
    func isWanted(_ a: Int, _ b: Int) -> Bool {
      signatures.crossedFolds(ofKinds: a, b).isEmpty != crossing
    }
    for (index, a) in present.enumerated() {
      for b in present[index...] where isWanted(a, b) {
        let pairs = a == b ? counts[a] * (counts[a] - 1) / 2 : counts[a] * counts[b]
        guard pairs > 0 else { continue }
        count += pairs
        folds.formUnion(signatures.crossedFolds(ofKinds: a, b))
      }
    }
    for (place, member) in members.enumerated() where named.count < limit {
      let kind = signatures.kind(member)
      let end = present.filter { isWanted(kind, $0) }.map { last[$0] }.max() ?? -1
      guard end > place else { continue }
      for other in members[(place + 1)...end]
      where named.count < limit && isWanted(kind, signatures.kind(other)) {
        named.append(Pair(first: member, second: other, detail: ""))
      }
    }
  }
}
