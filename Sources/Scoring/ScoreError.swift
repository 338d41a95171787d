// An error in predictions or in a protocol file: where it is, what is wrong, and what to do.

/// Why predictions cannot be scored.
package struct ScoreError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A file, or a file and a line.
  package let place: String
  package let problem: String
  package let remedy: String

  package init(_ place: String, _ problem: String, remedy: String) {
    (self.place, self.problem, self.remedy) = (place, problem, remedy)
  }

  package var description: String { "\(place): \(problem); \(remedy)" }
}

/// Returns the first names of a list and the number of the others.
func shortList(_ names: [String], most: Int = 3) -> String {
  let rest = names.count - most
  return names.prefix(most).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
}
