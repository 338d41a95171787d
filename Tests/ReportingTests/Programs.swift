// Programs of the system that read what the report wrote, where they are installed.
import Foundation

/// A program of the system.
struct SystemProgram: Sendable {
  let path: String

  /// Found in /usr/bin, or nil.
  init?(_ name: String) {
    path = "/usr/bin/" + name
    guard FileManager.default.isExecutableFile(atPath: path) else { return nil }
  }

  /// Runs it to its end.
  ///
  /// - Returns: its status and what it wrote to standard output.
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
