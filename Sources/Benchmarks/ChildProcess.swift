// Programs that are run beside this one, one at a time: their output, or why there is none.
import Foundation

/// What a program left when it ended.
struct FinishedProgram {
  let status: Int32
  let output: Data
  /// The last line on standard error that is not empty.
  let complaint: String

  /// The output.
  ///
  /// - Throws: `BenchmarkError.failed` unless the program ended with 0.
  func expectingSuccess(of command: String) throws -> Data {
    guard status == 0 else {
      throw BenchmarkError.failed(
        command: command,
        reason: "ended with status \(status)" + (complaint.isEmpty ? "" : ": \(complaint)"))
    }
    return output
  }
}

/// Runs a program to its end.
///
/// - Parameter threads: told to the thread pools of numerical libraries, which read it when they are loaded.
func run(_ program: String, _ arguments: [String], threads: Int) throws -> FinishedProgram {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: program)
  process.arguments = arguments
  let pools = ["OMP", "MKL", "OPENBLAS", "NUMBA"].map { ($0 + "_NUM_THREADS", "\(threads)") }
  process.environment = ProcessInfo.processInfo.environment
    .merging(pools, uniquingKeysWith: { $1 })
  let complaints = URL(fileURLWithPath: NSTemporaryDirectory())
    .appendingPathComponent("reprise-bench-\(UUID().uuidString)")
  try Data().write(to: complaints)
  defer { try? FileManager.default.removeItem(at: complaints) }
  process.standardError = try FileHandle(forWritingTo: complaints)
  let pipe = Pipe()
  process.standardOutput = pipe
  do {
    try process.run()
  } catch {
    throw BenchmarkError.failed(command: program, reason: "cannot be started")
  }
  let output = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  let text = (try? String(contentsOf: complaints, encoding: .utf8)) ?? ""
  let complaint = text.split(separator: "\n").last { !$0.allSatisfy(\.isWhitespace) } ?? ""
  return FinishedProgram(
    status: process.terminationStatus, output: output, complaint: String(complaint))
}

/// Makes a folder, lends it, and removes it.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = NSTemporaryDirectory() + "reprise-bench-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}
