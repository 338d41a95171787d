// The program's results on the golden fixtures, on the machine of the run.
import Files
import Foundation
package import Golden

/// The outcome of `reprise verify` at the time of a run, one row per fixture.
package struct NumericConformance: Codable, Equatable, Sendable {
  package static let document = "conformance.json"

  /// The verified program and commit.
  package let program: String
  package let commit: String
  /// Empty if no fixtures were found and nothing was verified.
  package let rows: [Row]

  package struct Row: Codable, Equatable, Sendable {
    package let fixture: String
    package let proves: String
    package let reference: String
    package let arrays: Int
    package let numbers: Int
    package let passed: Bool
    /// The array that uses most of its tolerance; nil if none could be judged.
    package let worst: Judgement?
    /// What failed, one line each.
    package let complaints: [String]

    package init(
      fixture: String, proves: String, reference: String, arrays: Int, numbers: Int, passed: Bool,
      worst: Judgement?, complaints: [String]
    ) {
      (self.fixture, self.proves, self.reference) = (fixture, proves, reference)
      (self.arrays, self.numbers, self.passed) = (arrays, numbers, passed)
      (self.worst, self.complaints) = (worst, complaints)
    }
  }

  package init(program: String, commit: String, rows: [Row]) {
    (self.program, self.commit, self.rows) = (program, commit, rows)
  }

  /// The fixtures that did not pass.
  package var failed: [Row] { rows.filter { !$0.passed } }

  /// One line: how many fixtures passed.
  package var summary: String {
    "\(rows.count - failed.count) of \(rows.count) golden fixtures passed"
  }
}

extension RecordedRun {
  /// The stored outcome; nil for a run without one.
  package func conformance() throws -> NumericConformance? {
    let path = folder + "/" + NumericConformance.document
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return try readJSON(NumericConformance.self, from: path, remedy: "start the run again")
  }
}
