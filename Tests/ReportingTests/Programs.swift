// Installed programs that read a report.
import Foundation

/// A program of the system.
struct SystemProgram: Sendable {
  let path: String

  /// Looks in /usr/bin; nil if it is not there.
  init?(_ name: String) {
    path = "/usr/bin/" + name
    guard FileManager.default.isExecutableFile(atPath: path) else { return nil }
  }

  /// Runs it to its end.
  ///
  /// - Returns: its exit status and its standard output.
  func run(_ arguments: [String], in folder: String) throws -> (Int32, String) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
