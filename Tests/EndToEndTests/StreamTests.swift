// Kind: end to end. Standard streams that are closed, full or gone, and system limits. A message
// that cannot be written changes nothing, a result that cannot be written is an error, and no
// signal ends the program.
import Foundation
import Testing

/// Runs a line of shell in which `$R` is the program, and returns the line's exit code.
private func shell(_ line: String, in folder: String) throws -> Int32 {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/bin/sh")
  process.arguments = ["-c", line]
  process.currentDirectoryURL = URL(fileURLWithPath: folder)
  process.environment = ProcessInfo.processInfo.environment.merging([
    "R": try Executable.path(), "TINY": try tinyRAVDESS.get(),
  ]) { $1 }
  process.standardInput = FileHandle.nullDevice
  process.standardError = FileHandle.nullDevice
  process.standardOutput = FileHandle.nullDevice
  try process.run()
  process.waitUntilExit()
  return process.terminationReason == .exit
    ? process.terminationStatus : 128 + process.terminationStatus
}

/// A finished run of one system, with working streams.
private let heard = Result<String, any Error> {
  let folder = scratch + "/heard"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  let file = try writeExperiment(in: folder, at: tinyRAVDESS.get(), variants: "[{name: full}]")
  let output = try reprise("run", file, "--out", folder + "/run")
  guard output.code == 0, !output.standardError.isEmpty else { throw Unexpected(output: output) }
  return folder
}

@Suite(.timeLimit(.minutes(30))) struct `A message that cannot be written` {
  @Test(arguments: ["2>&-", "2>/dev/full", "0<&- 1>/dev/null 2>&-", "2>/dev/full 1>/dev/null"])
  func `changes nothing of a run`(_ redirection: String) throws {
    let file = try heard.get() + "/tiny.yaml"
    try withFolder { folder in
      let code = try shell("\"$R\" run \(file) --out run \(redirection)", in: folder)
      #expect(code == 0)
      #expect(try results(of: folder + "/run") == results(of: heard.get() + "/run"))
      #expect(try reprise("fsck", folder + "/run").code == 0)
      // No message went into a file with the closed stream's number.
      for path in files(below: folder + "/run") {
        #expect(
          !String(decoding: try bytes(folder + "/run/" + path), as: UTF8.self)
            .contains("drawing the report"), "\(path)")
      }
    }
  }

  @Test func `leaves every exit code as it is`() throws {
    try withFolder { folder in
      for (command, code) in [
        ("run no.yaml", 2), ("check nowhere --baseline x.json", 2), ("report", 64),
        ("nonsense", 64), ("corpora list ravdess=\"$TINY\" >/dev/null", nil),
      ] as [(String, Int32?)] {
        let usual = try shell("\"$R\" \(command)", in: folder)
        if let code { #expect(usual == code, "\(command)") }
        for redirection in ["2>&-", "2>/dev/full", "2>&- 0<&-"] {
          #expect(try shell("\"$R\" \(command) \(redirection)", in: folder) == usual, "\(command)")
        }
      }
    }
  }

  @Test func `may be for a terminal that has gone`() throws {
    let file = try heard.get() + "/tiny.yaml"
    try withFolder { folder in
      let master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
      // The numbers of TIOCSPTLCK, which unlocks the other end, and TIOCGPTN, which returns its
      // number.
      var (locked, number): (Int32, Int32) = (0, 0)
      try #require(master >= 0 && ioctl(master, 0x4004_5431, &locked) == 0)
      try #require(ioctl(master, 0x8004_5430, &number) == 0)
      let terminal = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
      try #require(terminal >= 0)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: try Executable.path())
      process.arguments = ["run", file, "--out", folder + "/run"]
      let handle = FileHandle(fileDescriptor: terminal, closeOnDealloc: true)
      process.standardError = handle
      process.standardOutput = FileHandle.nullDevice
      process.standardInput = FileHandle.nullDevice
      try process.run()
      try handle.close()
      close(master)
      process.waitUntilExit()
      #expect(process.terminationReason == .exit && process.terminationStatus == 0)
      #expect(try results(of: folder + "/run") == results(of: heard.get() + "/run"))
    }
  }
}

@Suite(.timeLimit(.minutes(30))) struct `A result that cannot be written` {
  @Test(arguments: ["--help", "--version", "help run", "corpora list ravdess=\"$TINY\""])
  func `is an error, whatever the stream`(_ command: String) throws {
    try withFolder { folder in
      #expect(try shell("\"$R\" \(command)", in: folder) == 0)
      for redirection in [">&-", ">/dev/full", "<&- >&-", ">&- 2>&-"] {
        #expect(try shell("\"$R\" \(command) \(redirection)", in: folder) == 2, "\(redirection)")
      }
      // The reader is gone before the program starts.
      let line = "{ sleep 0.3; \"$R\" \(command); echo $? > code; } | true; sleep 1"
      _ = try shell(line, in: folder)
      let code = folder + "/code"
      for _ in 0..<100 where (try? text(code))?.isEmpty ?? true { usleep(50_000) }
      #expect(try text(code) == "2\n")
    }
  }

  @Test func `says why`() throws {
    try withFolder { folder in
      _ = try shell("\"$R\" --version >&- 2>closed", in: folder)
      #expect(
        try text(folder + "/closed").contains("cannot be written: Bad file descriptor; it is"))
      _ = try shell("\"$R\" --version >/dev/full 2>full", in: folder)
      #expect(try text(folder + "/full").contains("No space left on device; free some space"))
    }
  }
}

@Suite(.timeLimit(.minutes(30))) struct `A limit of the system` {
  @Test func `for the size of files is an error with its own advice`() throws {
    let file = try heard.get() + "/tiny.yaml"
    try withFolder { folder in
      let line = "ulimit -f 300; \"$R\" run \(file) --out run --quiet 2>said"
      #expect(try shell(line, in: folder) == 2)
      let said = try text(folder + "/said")
      #expect(said.contains("cannot be written: File too large; ") && said.contains("ulimit -f"))
      #expect(!said.contains("free some space"))
      #expect(try reprise("run", file, "--out", "run", "--quiet", in: folder).code == 0)
      #expect(try results(of: folder + "/run") == results(of: heard.get() + "/run"))
    }
  }

  @Test(arguments: [8, 9, 10, 12, 14, 16, 20])
  func `for open files is named and costs nothing`(_ limit: Int) throws {
    let file = try heard.get() + "/tiny.yaml"
    try withFolder { folder in
      // The shell needs more to open its file.
      let line = "exec 2>said; ulimit -n \(limit); exec \"$R\" run \(file) --out run --quiet"
      let code = try shell(line, in: folder)
      let said = try text(folder + "/said")
      #expect([0, 2].contains(code), "\(said)")
      if code == 2 {
        #expect(said.contains("Too many open files") && said.contains("ulimit -n"), "\(said)")
      }
      #expect(!files(below: folder + "/run").contains { $0.hasSuffix("failure.json") })
      #expect(try reprise("run", file, "--out", "run", "--quiet", in: folder).code == 0)
      #expect(try results(of: folder + "/run") == results(of: heard.get() + "/run"))
    }
  }
}
