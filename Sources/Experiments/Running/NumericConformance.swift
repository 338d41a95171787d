// How the program that made a run stood to the golden fixtures, on the machine that made it.
import Conformance
import Files
import Foundation
package import Golden

/// The outcome of `reprise verify` at the time of a run, a row per fixture.
package struct NumericConformance: Codable, Equatable, Sendable {
  /// Program and commit that were verified.
  package let program: String
  package let commit: String
  /// Empty where no fixtures were found, so that nothing was verified.
  package let rows: [Row]

  package struct Row: Codable, Equatable, Sendable {
    package let fixture: String
    package let proves: String
    package let reference: String
    package let arrays: Int
    package let numbers: Int
    package let passed: Bool
    /// The array that uses most of its tolerance; nil where none could be judged.
    package let worst: Judgement?
    /// What failed, a line each.
    package let complaints: [String]
  }

  package init(_ verification: Verification?, by provenance: Provenance) {
    program = provenance.program
    commit = provenance.commit
    rows = (verification?.fixtures ?? []).map {
      Row(
        fixture: $0.name, proves: $0.proves, reference: $0.reference, arrays: $0.arrays.count,
        numbers: $0.elements, passed: $0.passed, worst: $0.worst, complaints: $0.complaints)
    }
  }

  /// Fixtures that did not pass.
  package var failed: [Row] { rows.filter { !$0.passed } }

  /// One line: how many fixtures passed.
  package var summary: String {
    "\(rows.count - failed.count) of \(rows.count) golden fixtures passed"
  }
}

extension ExperimentRun {
  private var conformancePath: String { folder + "/conformance.json" }

  /// Verifies every fixture, and keeps the outcome with the run.
  ///
  /// - Parameter golden: the folder of the fixtures.
  package func recordConformance(golden: String = goldenFolder()) throws {
    let verification =
      fixtureFolders(in: golden).isEmpty
      ? nil
      : Verification(
        folder: golden, checks: allChecks,
        threads: ProcessInfo.processInfo.activeProcessorCount)
    let conformance = NumericConformance(verification, by: .current())
    try inventory.write(conformance, to: "conformance.json")
  }

  /// What was found when the run was made; nil for a run of which it is not recorded.
  package func conformance() throws -> NumericConformance? {
    guard FileManager.default.fileExists(atPath: conformancePath) else { return nil }
    return try readJSON(
      NumericConformance.self, from: conformancePath, remedy: "start the run again")
  }
}
