// An error in predictions or in a protocol file.
package import Files

/// Why predictions cannot be scored.
package typealias ScoreError = PlacedError

/// Returns the first names of a list and the number of the others.
func shortList(_ names: [String], most: Int = 3) -> String {
  let rest = names.count - most
  return names.prefix(most).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
}
