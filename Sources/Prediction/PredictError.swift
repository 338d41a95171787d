// Errors of a prediction.

/// What is wrong, where, and what to do.
package struct PredictError: Error, Equatable, CustomStringConvertible {
  package let place: String
  package let problem: String
  package let remedy: String

  package init(_ place: String, _ problem: String, remedy: String) {
    (self.place, self.problem, self.remedy) = (place, problem, remedy)
  }

  package var description: String { "\(place): \(problem); \(remedy)" }
}

/// A recording without an answer.
package struct FailedRecording: Encodable, Equatable, Sendable {
  package let path: String
  /// The reason, with the path.
  package let error: String

  package init(path: String, error: String) { (self.path, self.error) = (path, error) }
}
