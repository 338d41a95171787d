// How the program ends: a message on standard error and an exit code.
import ArgumentParser
import Evaluation
import Execution
import Files
import Foundation
import Judging

/// Some cells failed. The reasons have been printed, as for all errors of this kind below.
struct FailedCells: Error {}

/// Some fixtures failed.
struct FailedVerification: Error {}

/// The gate did not pass.
struct GateVerdict: Error { let verdict: Verdict }

/// A corpus has a leak that was not allowed.
struct FailedAudit: Error {}

/// A corpus is incomplete, and `--strict` was given.
struct IncompleteCorpus: Error {}

/// Files of a run are damaged.
struct FailedFiles: Error {}

/// A cell that was trained again differs from the record.
struct FailedReplay: Error {}

/// A workload costs more than was recorded.
struct SlowerThanRecorded: Error {}

extension Reprise {
  /// Ends the program with the message and the exit code of `error`.
  static func finish(with error: any Error) -> Never {
    StatusLine.close()
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
      // Help, the version or a completion script.
      do {
        let columns = max(40, min(100, terminalWidth(of: STDOUT_FILENO)))
        try tell(arranged(fullMessage(for: error, columns: columns), columns: columns))
      } catch {
        complain(words(of: error))
        Foundation.exit(2)
      }
      Foundation.exit(0)
    case .validationFailure:
      StatusLine.write(fullMessage(for: error).terminalSafe + "\n")
      Foundation.exit(ExitCode.validationFailure.rawValue)
    default: break
    }
    complain(words(of: error))
    Foundation.exit(2)
  }
}
