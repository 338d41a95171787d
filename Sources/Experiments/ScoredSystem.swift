// A system of which only the predictions are known: another program trained it.

/// The identity of a scored system. Its scores depend on nothing else but the protocol.
package struct ScoredSystem: Codable, Hashable, Sendable {
  /// The name that the user gave.
  package var name: String
  /// The SHA-256 of the lines `SHA-256 of a file`, one for each file of predictions, in order.
  package var predictions: String

  package init(name: String, predictions: String) {
    (self.name, self.predictions) = (name, predictions)
  }

  /// What every output says about such a system.
  package static let remark = "scored, not trained by Reprise"
}
