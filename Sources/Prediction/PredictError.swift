// Errors of a prediction.
package import Files

/// Why no prediction can be made.
package typealias PredictError = PlacedError

/// A recording without an answer.
package struct FailedRecording: Encodable, Equatable, Sendable {
  package let path: String
  /// The reason, with the path.
  package let error: String

  package init(path: String, error: String) { (self.path, self.error) = (path, error) }
}
