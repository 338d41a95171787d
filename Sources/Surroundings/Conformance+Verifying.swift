// Verifies the golden fixtures with the program and machine of the run.
import Conformance
import Foundation
import Golden
package import Runs

extension NumericConformance {
  /// Verifies every fixture with this program.
  ///
  /// - Parameter golden: the folder of the fixtures. Without it nothing is verified.
  package init(verifying golden: String) {
    let verification =
      fixtureFolders(in: golden).isEmpty
      ? nil
      : Verification(
        folder: golden, checks: allChecks,
        threads: ProcessInfo.processInfo.activeProcessorCount)
    let rows = (verification?.fixtures ?? []).map {
      Row(
        fixture: $0.name, proves: $0.proves, reference: $0.reference, arrays: $0.arrays.count,
        numbers: $0.elements, passed: $0.passed, worst: $0.worst, complaints: $0.complaints)
    }
    let own = Provenance.ofThisProcess
    self.init(program: own.program, commit: own.commit, rows: rows)
  }
}
