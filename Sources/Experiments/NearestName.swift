// Which known name was probably meant by an unknown one.

/// Returns the name nearest to `name`, or nil if none is near: at most half of the longer one's
/// characters may differ. Of equally near ones, the first.
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

/// Returns how many characters must be inserted, deleted, replaced or swapped with their neighbour
/// to turn `first` into `second`: the Damerau–Levenshtein distance in the form that edits no part
/// twice (optimal string alignment).
///
/// - Complexity: O(m · n).
package func editDistance(_ first: String, _ second: String) -> Int {
  let a = Array(first)
  let b = Array(second)
  // d[i][j]: distance of the first i characters of a from the first j of b.
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
