// The recorded results that a run's report stands beside, kept with the run: whoever draws it
// elsewhere, or next year, has the same ones.
package import Evaluation
import Files
import Foundation

/// The baselines that a run is shown beside, in `references.json`.
package struct RunReferences: Codable, Sendable, Equatable {
  package static let document = "references.json"

  /// Printed figures of all corpora, and measured ones of the run's corpora.
  package var baselines: [Baseline]
  /// WA of each speaker under a recorded result of the same protocol.
  package var speakers: [Speakers]

  package struct Speakers: Codable, Sendable, Equatable {
    package var corpus: String
    package var baseline: String
    package var accuracies: [Share]

    package init(corpus: String, baseline: String, accuracies: [Share]) {
      (self.corpus, self.baseline, self.accuracies) = (corpus, baseline, accuracies)
    }
  }

  package struct Share: Codable, Sendable, Equatable {
    package var name: String
    /// From 0 to 1.
    package var value: Double

    package init(name: String, value: Double) { (self.name, self.value) = (name, value) }
  }

  package init(baselines: [Baseline] = [], speakers: [Speakers] = []) {
    (self.baselines, self.speakers) = (baselines, speakers)
  }

  /// Reads what a run keeps; nil where it keeps nothing, as up to version 0.5.
  ///
  /// - Throws: `FileError`.
  package init?(ofRun folder: String) throws {
    let path = folder + "/" + Self.document
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    self = try readJSON(
      RunReferences.self, from: path, remedy: "reprise run \(folder) writes it anew")
  }
}
