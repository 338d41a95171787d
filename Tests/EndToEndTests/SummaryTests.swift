// Kind: end to end. What `run` shows while it works and at its end: a line on a terminal, lines
// with times in a log, a table with intervals, and commands that work.
import Foundation
import Testing

/// A terminal of its own that a program writes to.
private final class PseudoTerminal {
  private let master: Int32
  private let name: String

  init(columns: Int) throws {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    // The numbers of TIOCSPTLCK, which unlocks the other end, and TIOCGPTN, which says its name.
    var (locked, number): (Int32, Int32) = (0, 0)
    try #require(master >= 0 && ioctl(master, 0x4004_5431, &locked) == 0)
    try #require(ioctl(master, 0x8004_5430, &number) == 0)
    name = "/dev/pts/\(number)"
    var size = winsize(ws_row: 24, ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    try #require(ioctl(master, UInt(TIOCSWINSZ), &size) == 0)
  }

  deinit { close(master) }

  /// Runs the program with this terminal as its standard error.
  ///
  /// - Returns: the exit code and all that was written.
  func run(
    _ arguments: [String], environment: [String: String?] = [:]
  ) throws -> (code: Int32, text: String) {
    let terminal = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(terminal >= 0)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try Executable.path())
    process.arguments = arguments
    var variables = ProcessInfo.processInfo.environment
    for name in ["COLUMNS", "NO_COLOR"] { variables[name] = nil }
    variables["TERM"] = "xterm"
    process.environment = variables.merging(environment.compactMapValues { $0 }) { $1 }
    let handle = FileHandle(fileDescriptor: terminal, closeOnDealloc: true)
    process.standardError = handle
    process.standardOutput = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    try handle.close()
    var text = Data()
    var buffer = [UInt8](repeating: 0, count: 4096)
    // The end comes as an error once nobody has the other side open.
    while case let count = read(master, &buffer, buffer.count), count > 0 {
      text.append(contentsOf: buffer[..<count])
    }
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: text, as: UTF8.self))
  }
}

private let erase = "\r\u{1b}[K"

@Suite(.timeLimit(.minutes(30))) struct `On a terminal a run` {
  private func experiment(in folder: String, _ variants: String = "[{name: full}]") throws -> String
  {
    try writeExperiment(in: folder, at: tinyRAVDESS.get(), epochs: 4, variants: variants)
  }

  @Test(arguments: [40, 80, 132]) func `redraws one line that fits, and removes it at its end`(
    _ width: Int
  ) throws {
    try withFolder { folder in
      let file = try experiment(in: folder)
      let (code, text) = try PseudoTerminal(columns: width)
        .run(["run", file, "--out", folder + "/run", "--jobs", "1"])
      #expect(code == 0)
      // A line that is redrawn begins with the control sequence and ends without a line end.
      let redrawn = text.components(separatedBy: erase).dropFirst().map {
        $0.components(separatedBy: "\r\n")[0]
      }
      #expect(redrawn.contains { $0.contains("of 2 cells") && $0.contains("epoch ") })
      for line in text.components(separatedBy: erase).dropFirst() where !line.contains("\n") {
        #expect(line.count < width, "\(line)")
      }
      #expect(text.contains("ravdess full fold 1 seed 1: finished (1 of 2)\r\n"))
      // Nothing is left on the last line.
      #expect(
        text.hasSuffix("\r\n") || text.hasSuffix(erase), "\(text.suffix(80).debugDescription)")
    }
  }

  @Test func `shows failures in red, without colour where that is not wanted`() throws {
    try withFolder { folder in
      let file = try experiment(
        in: folder, "[{name: hot, training: {learning_rate: 1e30, gradient_clip: 0}}]")
      for (environment, isRed) in [
        ([:], true), (["NO_COLOR": "1"], false), (["NO_COLOR": ""], true),
        (["TERM": "dumb"], false),
      ] as [([String: String], Bool)] {
        let (code, text) = try PseudoTerminal(columns: 80)
          .run(["run", file, "--out", folder + "/run", "--retry-failed"], environment: environment)
        #expect(code == 1 && text.contains("FAILED: training diverged"))
        #expect(text.contains("\u{1b}[31m") == isRed, "\(environment)")
        // A dumb terminal gets the lines of a log.
        if environment["TERM"] == "dumb" { #expect(!text.contains("\u{1b}")) }
      }
    }
  }
}

@Suite(.timeLimit(.minutes(30))) struct `In a log a run` {
  @Test func `writes lines with times, without control sequences, and each epoch when verbose`()
    throws
  {
    try withFolder { folder in
      let file = try writeExperiment(in: folder, at: tinyRAVDESS.get(), variants: "[{name: full}]")
      let plain = try reprise("run", file, "--out", "run", "--jobs", "1", in: folder)
      #expect(plain.code == 0 && !plain.standardError.contains("\u{1b}"))
      #expect(!plain.standardError.contains("\r"))
      for line in plain.errorLines {
        #expect(line.prefixMatch(of: /20\d\d-\d\d-\d\d \d\d:\d\d:\d\d  \S/) != nil, "\(line)")
      }
      // A tiny run has no line for each epoch.
      #expect(!plain.standardError.contains("epoch 1 of 2, loss"))
      try remove(folder + "/run")
      let verbose = try reprise(
        "run", file, "--out", "run", "--jobs", "1", "--verbose", in: folder)
      for fold in 1...2 {
        for epoch in 1...2 {
          let line = "ravdess full fold \(fold) seed 1: epoch \(epoch) of 2, loss "
          #expect(verbose.standardError.contains(line))
        }
      }
      #expect(verbose.standardOutput == plain.standardOutput)
      #expect(try reprise("run", file, "--quiet", "--verbose", in: folder).code == 64)
    }
  }
}

@Suite(.timeLimit(.minutes(30))) struct `The end of a run` {
  /// The rows of a table of the report, its header first.
  private func rows(_ run: String, _ name: String) throws -> [[String]] {
    try text("\(run)/report/tables/ravdess-\(name).md").split(separator: "\n")
      .filter { $0.hasPrefix("| ") && !$0.hasPrefix("| ---") }
      .map { line in
        line.dropFirst(2).dropLast(2).split(separator: " | ", omittingEmptySubsequences: false)
          .map { String($0).replacing("**", with: "") }
      }
  }

  @Test func `has the figures and intervals of the report, and commands that work as typed`() throws
  {
    try withFolder { folder in
      // A name that a shell would take apart.
      let place = folder + "/my runs"
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      let file = try writeExperiment(in: place, at: tinyRAVDESS.get())
      let output = try reprise("run", file, "--out", "a run", in: place)
      #expect(output.code == 0)
      let lines = output.standardOutput.split(separator: "\n").map(String.init)
      #expect(lines.first == "RAVDESS  INCOMPLETE")
      let run = place + "/a run"
      let intervals = try rows(run, "intervals").dropFirst()
      func line(_ start: String) -> String { lines.first { $0.hasPrefix(start) } ?? "" }
      var system = ""
      for row in intervals where ["WA", "UA"].contains(row[1]) {
        if !row[0].isEmpty { system = row[0] }
        #expect(line(system + " ").contains("\(row[2])  \(row[3])"), "\(row)")
      }
      let differences = try rows(run, "unseen-speakers").dropFirst()
      #expect(differences.count == 2)
      for row in differences {
        #expect(line("full − plain").contains("\(row[2])  \(row[3])"), "\(row): \(lines)")
      }
      #expect(line("full ").hasSuffix("2 of 2"))

      let next = try #require(lines.firstIndex(of: "Next:"))
      let commands = lines[(next + 1)...].filter { !$0.hasPrefix("  # ") }
      #expect(commands.count == 3)
      for command in commands {
        #expect(command.contains("'a run'"))
        let line = command + (command.contains("baseline record") ? " --help" : "")
        let result = try #require(
          program("sh", "-c", "cd \"$0\" && \(line)", place), "\(command)")
        #expect(result.code == 0, "\(command): \(result.standardError)")
      }
    }
  }

  @Test func `leads to the failed cells where some failed`() throws {
    try withFolder { folder in
      let file = try writeExperiment(
        in: folder, at: tinyRAVDESS.get(),
        variants: "[{name: hot, training: {learning_rate: 1e30, gradient_clip: 0}}, {name: full}]")
      let output = try reprise("run", file, "--out", "run", in: folder)
      #expect(output.code == 1)
      #expect(output.standardOutput.contains("\nhot "))
      #expect(output.standardOutput.contains("0 of 2\n"))
      let steps = output.standardOutput.split(separator: "\n").suffix(6)
      #expect(steps.contains { $0.hasSuffix("reprise status run") })
      #expect(steps.contains { $0.hasSuffix("reprise run run --retry-failed") })
    }
  }
}
