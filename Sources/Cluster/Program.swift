// Starting a program of Slurm. It is looked for on a PATH that is given, so that tests can put
// another in its place.
import Files
import Foundation

/// A program and the environment that it is started in.
struct Program {
  let path: String
  let environment: [String: String]

  /// Looks for `name` in the folders of the environment's PATH; nil if it is in none.
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

  /// What a program said.
  struct Answer {
    let succeeded: Bool
    let output: String
    /// What it said went wrong, in one line; its exit code if it said nothing.
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
