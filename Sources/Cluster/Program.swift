// Starting a program of Slurm. It is looked for on a PATH that is given, so that tests can put another
// in its place.
import Foundation
import Glibc

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

  /// Runs it to its end. What it says goes through files that have no name: a pipe could fill up.
  ///
  /// - Throws: `SlurmError.cannotStart`.
  func run(_ arguments: [String]) throws(SlurmError) -> Answer {
    guard let output = tmpfile(), let errors = tmpfile() else {
      throw .cannotStart(
        program: path, reason: "no temporary file: " + String(cString: strerror(errno)))
    }
    defer {
      fclose(output)
      fclose(errors)
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(fileDescriptor: fileno(output))
    process.standardError = FileHandle(fileDescriptor: fileno(errors))
    do {
      try process.run()
    } catch {
      throw .cannotStart(program: path, reason: error.localizedDescription)
    }
    process.waitUntilExit()
    let isDone = process.terminationReason == .exit && process.terminationStatus == 0
    let words = text(of: errors).split(whereSeparator: \.isNewline).joined(separator: " ")
    return Answer(
      succeeded: isDone, output: text(of: output),
      complaint: words.isEmpty ? "ended with \(process.terminationStatus)" : words)
  }
}

/// All that was written into a file, without blanks around it.
private func text(of file: UnsafeMutablePointer<FILE>) -> String {
  let handle = FileHandle(fileDescriptor: fileno(file))
  guard (try? handle.seek(toOffset: 0)) != nil, let data = try? handle.readToEnd() else {
    return ""
  }
  return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
}
