// Guesses which known name was meant by an unknown one.

/// Returns the known name nearest to `name`, the first one on a tie. Nil if every name differs in
/// more than half of the longer one's characters.
package func nearestName(to name: String, among known: [String]) -> String? {
  let lowered = name.lowercased()
  var best: (name: String, distance: Int)?
  for candidate in known {
    let distance = editDistance(lowered, candidate.lowercased())
    guard 2 * distance <= max(name.count, candidate.count) else { continue }
    if best.map({ distance < $0.distance }) ?? true { best = (candidate, distance) }
  }
  return best?.name
}

/// Returns how many insertions, deletions, replacements or swaps of neighbours turn `first` into
/// `second`. This is the Damerau–Levenshtein distance restricted to one edit per substring
/// (optimal string alignment).
///
/// - Complexity: O(m · n).
package func editDistance(_ first: String, _ second: String) -> Int {
  let a = Array(first)
  let b = Array(second)
  // d[i][j] is the distance between the first i characters of a and the first j of b.
  var d = Array(repeating: Array(0...b.count), count: a.count + 1)
  for i in 0...a.count { d[i][0] = i }
  for i in a.indices {
    for j in b.indices {
      let replaced = d[i][j] + (a[i] == b[j] ? 0 : 1)
      d[i + 1][j + 1] = min(d[i][j + 1] + 1, d[i + 1][j] + 1, replaced)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        d[i + 1][j + 1] = min(d[i + 1][j + 1], d[i - 1][j - 1] + 1)
      }
    }
  }
  return d[a.count][b.count]
}
