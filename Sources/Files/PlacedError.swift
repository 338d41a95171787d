/// What is wrong, where, and what to do: the error of a command that reads the user's files.
package struct PlacedError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A file, a file and a line, or an option.
  package let place: String
  package let problem: String
  package let remedy: String

  package init(_ place: String, _ problem: String, remedy: String) {
    (self.place, self.problem, self.remedy) = (place, problem, remedy)
  }

  package var description: String { "\(place): \(problem); \(remedy)" }
}
