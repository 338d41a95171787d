// Kinds: by hand, property. Programs that run to their end: their output and exit status.
import Files
import Foundation
import TestSupport
import Testing

@Suite struct `A program that is run` {
  private func shell(_ script: String, _ environment: [String: String] = ["PATH": "/usr/bin:/bin"])
    throws -> FinishedProgram
  {
    try runProgram("/bin/sh", ["-c", script], environment: environment)
  }

  @Test func `gives its output, its complaints and its code`() throws {
    let good = try shell("echo said; echo complained >&2")
    #expect(good.succeeded && good.status == 0)
    #expect(good.output == Data("said\n".utf8) && good.complaints == ["complained"])
    let bad = try shell("printf 'one\\n \\n\\r\\ntwo' >&2; exit 7")
    #expect(!bad.succeeded && bad.status == 7 && bad.output.isEmpty)
    #expect(bad.complaints == ["one", "two"])
  }

  @Test func `may fill both of its streams`() throws {
    let size = 300_000
    let both = try shell(
      "head -c \(size) /dev/zero >&2; head -c \(size) /dev/zero; head -c \(size) /dev/zero >&2")
    #expect(both.output.count == size && both.errors.count == 2 * size)
  }

  @Test func `that a signal ends has the code that a shell gives it`() throws {
    #expect(try shell("kill -9 $$").status == 128 + 9)
    #expect(try shell("kill -15 $$").status == 128 + 15)
  }

  @Test func `is found on the PATH, gets the environment given, and no input`() throws {
    #expect(try runProgram("true", []).succeeded && !runProgram("false", []).succeeded)
    let told = try shell("echo $TOLD; cat", ["TOLD": "so", "PATH": "/usr/bin:/bin"])
    #expect(told.output == Data("so\n".utf8))
    #expect(try shell("echo $HOME").output == Data("\n".utf8))
  }

  @Test func `that is not there, or no program, is an error`() throws {
    #expect(throws: SystemFailure(code: ENOENT)) { try runProgram("/nowhere/program", []) }
    try withTemporaryFolder { folder in
      let path = folder + "/text"
      try Data("text".utf8).write(to: URL(fileURLWithPath: path))
      #expect(throws: SystemFailure(code: EACCES)) { try runProgram(path, []) }
    }
  }

  @Test func `leaves no descriptor open`() throws {
    func count() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }
    // Other tests open and close files meanwhile. A leak would leave two per program.
    let before = try count()
    for _ in 0..<100 { _ = try shell("true") }
    #expect(throws: SystemFailure.self) { try runProgram("/nowhere/program", []) }
    #expect(try count() < before + 100)
  }

  @Test func `takes every signal, whatever the thread blocks that starts it`() throws {
    // The threads of these tests block most signals. The program itself reads the mask, because a
    // waiting shell may block some signals for a moment.
    let status = try shell("exec grep SigBlk /proc/self/status").output
    let mask = String(decoding: status, as: UTF8.self).split(separator: ":").last
    #expect(mask?.allSatisfy { $0 == "0" || $0.isWhitespace } == true)
  }
}
