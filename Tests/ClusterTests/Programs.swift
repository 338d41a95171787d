// Programs that replace `reprise` and Slurm's, and a shell that runs scripts with them.
import Foundation
import Glibc
import Testing

/// The result of a program.
struct Ended {
  let code: Int32
  let output: String
}

/// A running program.
struct Started {
  fileprivate let process: Process
  fileprivate let log: String

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Waits for its end.
  func ended() throws -> Ended {
    process.waitUntilExit()
    let output = try String(contentsOfFile: log, encoding: .utf8)
    return Ended(code: process.terminationStatus, output: output)
  }
}

/// Starts bash; its output goes to a file of `folder`.
func startBash(
  _ arguments: [String], in folder: String, environment: [String: String] = [:]
) throws -> Started {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/bin/bash")
  process.arguments = arguments
  process.currentDirectoryURL = URL(fileURLWithPath: folder)
  var whole = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("SLURM") }
  whole.merge(environment) { $1 }
  process.environment = whole
  let log = "\(folder)/said-\(UUID().uuidString)"
  try Data().write(to: URL(fileURLWithPath: log))
  let file = try #require(FileHandle(forWritingAtPath: log))
  process.standardOutput = file
  process.standardError = file
  process.standardInput = FileHandle.nullDevice
  try withoutBlockedSignals { try process.run() }
  return Started(process: process, log: log)
}

/// Lets the processes that `body` starts receive every signal. A child inherits the signal mask of
/// its thread, and the threads of tests block most signals.
private func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
  var (none, before) = (sigset_t(), sigset_t())
  sigemptyset(&none)
  pthread_sigmask(SIG_SETMASK, &none, &before)
  defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
  try body()
}

/// Runs bash to its end.
func bash(
  _ arguments: [String], in folder: String, environment: [String: String] = [:]
) throws -> Ended {
  try startBash(arguments, in: folder, environment: environment).ended()
}

/// A folder of fake programs, which record their arguments there.
struct Fakes {
  let folder: String

  /// `reprise` records its arguments and works as long as the file `busy` exists. On TERM it takes
  /// a while and exits with 143. The only Slurm program is `scontrol`, which prints the file `job`.
  init(in folder: String) throws {
    self.folder = folder
    try write(
      "reprise",
      """
      printf '%s\\0' "$PWD" "$@" >> "$FAKES/asked"
      if [ "$1" = status ]; then cat "$FAKES/open"; exit; fi
      trap 'echo told to stop; sleep 0.3; echo stopped; exit 143' TERM
      echo > "$FAKES/started"
      while [ -e "$FAKES/busy" ]; do sleep 0.02; done
      sleep "$(cat "$FAKES/seconds" || echo 0)"
      exit "$(cat "$FAKES/code" || echo 0)"
      """)
    try write(
      "scontrol",
      """
      if [ "$1" = show ]; then cat "$FAKES/job"; else echo "$*" >> "$FAKES/scontrol-asked"; fi
      """)
  }

  /// Writes a program.
  func write(_ name: String, _ body: String) throws {
    try set(name, "#!/bin/bash\n\(body)\n")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: "\(folder)/\(name)")
  }

  /// Writes a file that a fake reads.
  func set(_ name: String, _ text: String = "") throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
  }

  /// The contents of a file; empty if there is none.
  func text(_ name: String) -> String {
    (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)) ?? ""
  }

  /// The calls of the fake `reprise`: its working folder and its arguments.
  var asked: [String] { text("asked").split(separator: "\0").map(String.init) }

  /// An environment in which the fakes precede all other programs.
  var environment: [String: String] {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return ["PATH": "\(folder):\(path)", "FAKES": folder]
  }

  /// Waits until a fake has written a file.
  func wait(for name: String, seconds: Double = 20) throws {
    let end = Date().addingTimeInterval(seconds)
    while !FileManager.default.fileExists(atPath: "\(folder)/\(name)") {
      try #require(Date() < end, "\(name) did not come")
      Thread.sleep(forTimeInterval: 0.02)
    }
  }
}
