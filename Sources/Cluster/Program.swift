// Runs a program of Slurm. The PATH is an argument, so that tests can substitute other programs.
import Files
import Foundation

/// A program and its environment.
struct Program {
  let path: String
  let environment: [String: String]

  /// Looks up `name` in the environment's PATH; nil if it is not there.
  init?(named name: String, environment: [String: String]) {
    let folders = (environment["PATH"] ?? "").split(separator: ":")
    let found = folders.map { "\($0)/\(name)" }.first { path in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        && !isFolder.boolValue && access(path, X_OK) == 0
    }
    guard let found else { return nil }
    self.path = found
    self.environment = environment
  }

  /// The output of a program.
  struct Answer {
    let succeeded: Bool
    let output: String
    /// Its error message on one line, or its exit code if it has none.
    let complaint: String
  }

  /// Runs it to its end.
  ///
  /// - Throws: `SlurmError.cannotStart`.
  func run(_ arguments: [String]) throws(SlurmError) -> Answer {
    let finished: FinishedProgram
    do {
      finished = try runProgram(path, arguments, environment: environment)
    } catch {
      throw .cannotStart(program: path, reason: error.words)
    }
    let words = finished.complaints.joined(separator: " ")
    return Answer(
      succeeded: finished.succeeded,
      output: String(decoding: finished.output, as: UTF8.self)
        .trimmingCharacters(in: .whitespacesAndNewlines),
      complaint: words.isEmpty ? "ended with \(finished.status)" : words)
  }
}
