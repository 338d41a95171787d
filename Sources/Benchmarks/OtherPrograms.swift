// Runs other programs, one at a time.
import Files
import Foundation

extension FinishedProgram {
  /// The last non-blank line on standard error.
  var complaint: String { complaints.last.map(String.init) ?? "" }

  /// Returns the output.
  ///
  /// - Throws: `BenchmarkError.failed` unless the program exited with code 0.
  func expectingSuccess(of command: String) throws -> Data {
    guard succeeded else {
      throw BenchmarkError.failed(
        command: command,
        reason: "ended with status \(status)" + (complaint.isEmpty ? "" : ": \(complaint)"))
    }
    return output
  }
}

/// Runs a program to its end.
///
/// - Parameter threads: the size of the thread pools of numerical libraries, passed through the
///   environment.
func run(_ program: String, _ arguments: [String], threads: Int) throws -> FinishedProgram {
  let pools = ["OMP", "MKL", "OPENBLAS", "NUMBA"].map { ($0 + "_NUM_THREADS", "\(threads)") }
  return try run(
    program, arguments,
    environment: ProcessInfo.processInfo.environment.merging(pools, uniquingKeysWith: { $1 }))
}

/// Runs a program to its end with its own environment.
func run(
  _ program: String, _ arguments: [String], environment: [String: String]
) throws -> FinishedProgram {
  do {
    return try runProgram(program, arguments, environment: environment)
  } catch {
    throw BenchmarkError.failed(command: program, reason: "cannot be started: \(error.words)")
  }
}

/// Calls `body` with a temporary folder and removes it afterwards.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = NSTemporaryDirectory() + "reprise-bench-\(UUID().uuidString)"
  try makeFolder(folder)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}
