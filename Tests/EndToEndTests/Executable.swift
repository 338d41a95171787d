// Runs the built `reprise` like a user: in another process, with its output and exit code. Output
// goes to files, because a full pipe would block the program and a shared one would mix outputs.
import Foundation
import Testing

/// The output of one run of the program.
struct Output {
  let code: Int32
  let standardOutput: String
  let standardError: String

  /// The lines of standard error.
  var errorLines: [Substring] { standardError.split(separator: "\n") }
}

/// The program was not built.
struct NoExecutable: Error, CustomStringConvertible {
  let path: String
  var description: String { "\(path): is not there; build it with `swift build -c release`" }
}

/// The program, in the folder of the running test bundle.
enum Executable {
  static func path() throws -> String {
    let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let path = (bundle as NSString).deletingLastPathComponent + "/reprise"
    guard FileManager.default.isExecutableFile(atPath: path) else { throw NoExecutable(path: path) }
    return path
  }
}

/// Starts the program with output to files of `folder`, and does not wait for it.
///
/// - Parameter folder: also the program's working folder. The tests' own never changes.
func start(
  _ arguments: [String], in folder: String, environment: [String: String] = [:]
) throws -> Running {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: try Executable.path())
  process.arguments = arguments
  process.currentDirectoryURL = URL(fileURLWithPath: folder)
  process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
  let base = scratch + "/output-\(UUID().uuidString)"
  func file(_ name: String) throws -> FileHandle {
    let path = base + name
    try Data().write(to: URL(fileURLWithPath: path))
    return try #require(FileHandle(forWritingAtPath: path))
  }
  process.standardOutput = try file("-out")
  process.standardError = try file("-err")
  process.standardInput = FileHandle.nullDevice
  try process.run()
  return Running(process: process, base: base)
}

/// The running program.
struct Running {
  fileprivate let process: Process
  fileprivate let base: String

  var isRunning: Bool { process.isRunning }
  var identifier: pid_t { process.processIdentifier }

  /// Kills it with a signal that it cannot handle.
  func kill() { send(SIGKILL) }

  func send(_ signal: Int32) { _ = Foundation.kill(process.processIdentifier, signal) }

  /// Waits for its end.
  func output() throws -> Output {
    process.waitUntilExit()
    func text(_ name: String) throws -> String {
      defer { try? FileManager.default.removeItem(atPath: base + name) }
      return String(
        decoding: try Data(contentsOf: URL(fileURLWithPath: base + name)), as: UTF8.self)
    }
    return Output(
      code: process.terminationStatus, standardOutput: try text("-out"),
      standardError: try text("-err"))
  }
}

/// Runs the program to its end.
func reprise(
  _ arguments: String..., in folder: String = scratch, environment: [String: String] = [:]
) throws -> Output {
  try start(arguments, in: folder, environment: environment).output()
}

/// Runs the program to its end.
func reprise(
  _ arguments: [String], in folder: String = scratch, environment: [String: String] = [:]
) throws -> Output {
  try start(arguments, in: folder, environment: environment).output()
}

/// Runs any program from the PATH to its end; nil if it is missing.
func program(_ name: String, _ arguments: String..., environment: [String: String] = [:]) -> Output?
{
  program(name, arguments, environment: environment)
}

/// The same with a list of arguments.
func program(_ name: String, _ arguments: [String], environment: [String: String] = [:]) -> Output?
{
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = [name] + arguments
  process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
  let (out, err) = (Pipe(), Pipe())
  (process.standardOutput, process.standardError) = (out, err)
  process.standardInput = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return nil }
  let said = out.fileHandleForReading.readDataToEndOfFile()
  let complained = err.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  guard process.terminationStatus != 127 else { return nil }
  return Output(
    code: process.terminationStatus, standardOutput: String(decoding: said, as: UTF8.self),
    standardError: String(decoding: complained, as: UTF8.self))
}

/// Expects one line on standard error with all of `parts`, nothing on standard output, and an exit
/// code: 2 for an error in a file, corpus or setting.
func expectRefusal(
  _ output: Output, code: Int32 = 2, _ parts: String...,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(output.code == code, sourceLocation: sourceLocation)
  #expect(output.standardOutput.isEmpty, sourceLocation: sourceLocation)
  #expect(output.errorLines.count == 1, "\(output.standardError)", sourceLocation: sourceLocation)
  #expect(output.standardError.hasPrefix("reprise: "), sourceLocation: sourceLocation)
  for part in parts {
    #expect(output.standardError.contains(part), sourceLocation: sourceLocation)
  }
  for raw in ["DecodingError", "EncodingError", "NSCocoa", "Error Domain", "Swift."] {
    #expect(!output.standardError.contains(raw), sourceLocation: sourceLocation)
  }
}
