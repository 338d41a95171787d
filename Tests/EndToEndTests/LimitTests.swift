// Kind: end to end. System limits: if too little is left for the work, the program says so and
// exits with 2. It never waits for resources that it cannot get.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(30))) struct `Under a limit of the system` {
  /// Runs the program after `limits` in a shell; nil if it does not end within a minute.
  private func limited(_ limits: String, _ arguments: [String], in folder: String) throws -> Output?
  {
    let script = "\(limits); cd \"$1\"; shift; exec timeout -s KILL 60 \"$@\""
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script, "sh", folder, try Executable.path()] + arguments
    let (out, err) = (folder + "/.out", folder + "/.err")
    for path in [out, err] { try write("", to: path) }
    process.standardOutput = FileHandle(forWritingAtPath: out)
    process.standardError = FileHandle(forWritingAtPath: err)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationReason == .exit, process.terminationStatus != 137 else { return nil }
    return Output(
      code: process.terminationStatus, standardOutput: try text(out), standardError: try text(err))
  }

  @Test(arguments: [[], ["A=1"], ["OPENBLAS_NUM_THREADS=3"], ["PATH=/usr/bin", "HOME=/"]])
  func `arguments and environment reach the program as they are`(environment: [String]) throws {
    let path = try Executable.path()
    let version = try #require(program("env", ["-i"] + environment + [path, "--version"]))
    #expect(version.code == 0 && version.standardOutput.hasPrefix("reprise 0."))
    let wrong = try #require(program("env", ["-i"] + environment + [path, "status", "nowhere"]))
    #expect(wrong.code == 2 && wrong.standardError.contains("nowhere"))
  }

  @Test(
    .enabled("only root can take /proc away") {
      program("unshare", "-m", "sh", "-c", "umount -l /proc")?.code == 0
    })
  func `arguments reach the program where there is no /proc, as in a bare chroot`() throws {
    let script = "umount -l /proc && exec \"$0\" status nowhere"
    let output = try #require(program("unshare", "-m", "sh", "-c", script, Executable.path()))
    #expect(output.code == 2 && output.standardError.contains("nowhere"), "\(output)")
  }

  @Test(arguments: [
    170_000, 200_000, 230_000, 260_000, 290_000, 320_000, 400_000, 500_000, 600_000, 700_000,
    900_000,
  ]) func `of address space it works or says what is missing`(kilobytes: Int) throws {
    try withFolder { folder in
      for arguments in [["--version"], ["verify", "--only", "mel"]] {
        let output = try #require(
          try limited("ulimit -v \(kilobytes)", arguments, in: folder),
          "\(arguments) did not end by itself")
        // 127: the system could not load it.
        #expect([0, 2, 127].contains(output.code), "\(output.code) \(output.standardError)")
        if output.code == 2 {
          #expect(output.standardError.contains("address space"))
          #expect(output.standardError.contains("ulimit -v "))
        }
      }
    }
  }

  @Test func `of address space a run takes the advice that it gives`() throws {
    try withFolder { folder in
      let file = try writeExperiment(in: folder, at: tinyRAVDESS.get())
      let run = ["run", file, "--out", "run", "--quiet"]
      let many = try #require(
        try limited("ulimit -v 900000", run + ["--jobs", "16", "--threads", "16"], in: folder))
      #expect(many.code == 2 && many.errorLines.count == 1)
      #expect(many.standardError.contains("threads need") && !exists(folder + "/run"))
      #expect(many.standardError.contains("--jobs 1, or raise the limit: ulimit -v "))
      let words = many.standardError.split(whereSeparator: { " ,\n".contains($0) })
      let needed = try #require(words.firstIndex(of: "-v").flatMap { Int(words[$0 + 1]) })
      let raised = try limited(
        "ulimit -v \(needed)", run + ["--jobs", "16", "--threads", "16"], in: folder)
      #expect(raised?.code == 0, "\(raised?.standardError ?? "did not end")")
      let few = try limited(
        "ulimit -v 900000",
        ["run", file, "--out", "few", "--quiet", "--jobs", "1", "--threads", "1"],
        in: folder)
      #expect(few?.code == 0, "\(few?.standardError ?? "did not end")")
      #expect(try results(of: folder + "/few") == results(of: folder + "/run"))
    }
  }

  @Test(arguments: [
    "ulimit -S -s 100", "ulimit -S -s unlimited", "ulimit -S -s 1000000", "ulimit -S -n 16",
  ])
  func `on stacks and files it trains all the same`(limit: String) throws {
    try withFolder { folder in
      let file = try writeExperiment(in: folder, at: tinyRAVDESS.get(), epochs: 1)
      let output = try limited(limit, ["run", file, "--out", "run", "--quiet"], in: folder)
      #expect(output?.code == 0, "\(output?.standardError ?? "did not end")")
      #expect(cells(of: folder + "/run").count == 4)
    }
  }

  @Test func `of no kind it has all it needs (negative control)`() throws {
    try withFolder { folder in
      let output = try limited("true", ["verify", "--only", "mel"], in: folder)
      #expect(output?.code == 0 && output?.standardError.isEmpty == true)
    }
  }
}

@Suite struct `A name that would steer a terminal` {
  @Test func `is shown, on both streams`() throws {
    try withFolder { folder in
      let name = "a\u{1b}[31m\u{202e}b"
      let missing = try reprise("run", name + ".yaml", in: folder)
      expectRefusal(missing, "a\\u{1b}[31m\\u{202e}b.yaml: cannot be read")
      #expect(!missing.standardError.contains("\u{1b}"))
      let file = try writeExperiment(in: folder, at: tinyRAVDESS.get())
      let plan = try reprise("run", file, "--out", name, "--no-start", in: folder)
      #expect(plan.code == 0 && plan.standardOutput.contains("\\u{1b}[31m"))
      #expect(!plan.standardOutput.contains("\u{1b}"))
      let status = try reprise("status", name, "--json", in: folder)
      #expect(
        !status.standardOutput.contains("\u{1b}") && !status.standardOutput.contains("\u{202e}"))
      let json =
        try JSONSerialization.jsonObject(with: Data(status.standardOutput.utf8)) as? NSDictionary
      #expect((json?["run"] as? String)?.hasSuffix(name) == true)
    }
  }
}
