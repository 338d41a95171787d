// An error in a manifest: where it is, what was expected and found, and what to do.

/// Why a manifest cannot be used.
package struct ManifestError: Error, Equatable, Sendable {
  /// The file, with the line if there is one.
  package let place: String
  package let problem: String
  package let remedy: String

  init(_ file: String, line: Int? = nil, _ problem: String, remedy: String) {
    place = line.map { "\(file):\($0)" } ?? file
    (self.problem, self.remedy) = (problem, remedy)
  }
}

extension ManifestError: CustomStringConvertible {
  /// One line, with control characters made visible.
  package var description: String { visible("\(place): \(problem); \(remedy)") }
}

/// Returns `text` in quotes, cut to 80 characters.
func quotedValue(_ text: String) -> String {
  "\"" + String(text.prefix(80)) + (text.count > 80 ? "…" : "") + "\""
}
