// How the program ends when something is wrong: one line on standard error, and a code that says
// whose fault it is.
import ArgumentParser
import Evaluation
import Execution
import Files
import Foundation
import Judging

/// Some cells could not be finished; their reasons have been told.
struct FailedCells: Error {}

/// Some fixtures did not pass; what is wrong with them has been told.
struct FailedVerification: Error {}

/// A gate did not pass; its outcome has been told.
struct GateVerdict: Error { let verdict: Verdict }

/// A corpus leaks what nobody allowed; what leaks has been told.
struct FailedAudit: Error {}

/// A corpus is not what it should be, which `--strict` does not let pass; how has been told.
struct IncompleteCorpus: Error {}

/// A run's files are damaged; which has been told.
struct FailedFiles: Error {}

/// A cell that was trained again is not what was recorded; how has been told.
struct FailedReplay: Error {}

/// A workload costs more than was recorded; which has been told.
struct SlowerThanRecorded: Error {}

extension Reprise {
  /// Ends the program with what `error` calls for.
  static func finish(with error: any Error) -> Never {
    if let gate = error as? GateVerdict { Foundation.exit(gate.verdict.exitCode) }
    switch error {
    case is FailedCells, is FailedVerification, is FailedAudit, is FailedFiles, is FailedReplay,
      is SlowerThanRecorded, is IncompleteCorpus:
      Foundation.exit(1)
    default: break
    }
    if error is RunStopped {
      complain(words(of: error))
      Foundation.exit(StopRequest.exitCode)
    }
    if error is IncomparableError || error is UnknownSystemError {
      complain(words(of: error))
      Foundation.exit(Verdict.incomparable.exitCode)
    }
    if let code = error as? ExitCode { Foundation.exit(code.rawValue) }
    switch exitCode(for: error) {
    case .success:
      // Help, the version, completion scripts: what was asked for.
      do {
        try tell(fullMessage(for: error))
      } catch {
        complain(words(of: error))
        Foundation.exit(2)
      }
      Foundation.exit(0)
    case .validationFailure:
      writeMessage(fullMessage(for: error).terminalSafe + "\n")
      Foundation.exit(ExitCode.validationFailure.rawValue)
    default: break
    }
    complain(words(of: error))
    Foundation.exit(2)
  }
}
