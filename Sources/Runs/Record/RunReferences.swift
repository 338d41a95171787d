// The recorded results shown in a run's report, stored with the run, so that it looks the same on
// another machine or later.
package import Evaluation
import Files
import Foundation

/// The baselines shown beside a run, in `references.json`.
package struct RunReferences: Codable, Sendable, Equatable {
  package static let document = "references.json"

  /// Printed figures for all corpora, and measured ones for the run's corpora.
  package var baselines: [Baseline]
  /// WA of each speaker from a recorded result of the same protocol.
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

  /// Reads the stored references; nil if there are none, as up to version 0.5.
  ///
  /// - Throws: `FileError`.
  package init?(ofRun folder: String) throws {
    let path = folder + "/" + Self.document
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    self = try readJSON(
      RunReferences.self, from: path, remedy: "reprise run \(folder) rewrites it")
  }
}
