// Kind: end to end. Several processes share a run through its folder. Every cell is trained once,
// to the same bytes as by one process. A process that is asked to stop keeps its work. A failed
// cell keeps its reason and is retried only on request.
import Foundation
import Testing

/// A finished run of one process, with its experiment file.
private let reference = Result<String, any Error> {
  let folder = scratch + "/grid-reference"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  let file = try writeExperiment(in: folder, at: tinyRAVDESS.get(), epochs: 6)
  let output = try reprise("run", file, "--out", folder + "/run", "--quiet", "--jobs", "1")
  guard output.code == 0 else { throw Unexpected(output: output) }
  return folder
}

/// Number of scorings for results, by cell.
func scorings(in run: String) throws -> [String: Int] {
  try files(below: run + "/ledger").reduce(into: [:]) { counts, name in
    for line in try bytes("\(run)/ledger/\(name)").split(separator: 0x0a) {
      let entry = try #require(
        JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
      guard entry["purpose"] as? String == "result" else { continue }
      counts[try #require(entry["cell"] as? String), default: 0] += 1
    }
  }
}

@Suite(.timeLimit(.minutes(30))) struct `A run that many processes share` {
  private func expectReference(_ run: String) throws {
    #expect(try results(of: run) == results(of: reference.get() + "/run"))
    #expect(files(below: run + "/queue").isEmpty)
  }

  @Test func `is worked off by two runs in one folder, each cell once`() throws {
    let file = try reference.get() + "/tiny.yaml"
    try withFolder { folder in
      let run = folder + "/run"
      let both = try (0..<2).map { _ in
        try start(["run", file, "--out", run, "--quiet", "--jobs", "1"], in: folder)
      }
      for output in try both.map({ try $0.output() }) {
        #expect(output.code == 0 && output.standardError.isEmpty, "\(output.standardError)")
        #expect(output.standardOutput.isEmpty)
      }
      #expect(try reprise("status", run).standardOutput.contains("4 finished, 0 running, 0 open"))
      try expectReference(run)
      let counts = try scorings(in: run)
      #expect(counts.count == 4 && counts.values.allSatisfy { $0 == 1 })
    }
  }

  @Test func `is prepared, worked off by cells of several processes, and finished`() throws {
    let file = try reference.get() + "/tiny.yaml"
    try withFolder { folder in
      let run = folder + "/run"
      let laid = try reprise("run", file, "--out", run, "--no-start")
      #expect(laid.code == 0 && laid.standardOutput.contains("4 of 4 cells to train"))
      #expect(!files(below: run + "/cache").contains { $0.hasSuffix(".store") })
      #expect(try reprise("run", run, "--quiet", "--prepare").code == 0)
      #expect(exists(run + "/cache") && cells(of: run).isEmpty)
      let open = try reprise("status", run, "--list", "open").standardOutput
        .split(separator: "\n").map(String.init)
      #expect(open.count == 4)

      let single = try reprise("cell", run, open[2], "--quiet")
      #expect(
        single.code == 0 && cells(of: run).map { ($0 as NSString).lastPathComponent } == [open[2]])
      let again = try reprise("cell", run, open[2])
      #expect(again.code == 0 && again.standardError.contains("already finished"))
      let byName = try reprise("cell", run, "ravdess plain fold 1 seed 1", "--quiet")
      #expect(byName.code == 0)
      expectRefusal(try reprise("cell", run, "ravdess plain 1 9"), "expected one cell", open[0])

      let workers = try (0..<3).map { _ in
        try start(["cell", run, "--quiet", "--jobs", "1"], in: folder)
      }
      #expect(try workers.map { try $0.output().code } == [0, 0, 0])
      let status = try reprise("status", run)
      #expect(status.standardOutput.contains("4 cells: 0 failed, 4 finished, 0 running, 0 open"))
      #expect(try reprise("run", run, "--quiet").code == 0 && exists(run + "/report/report.pdf"))
      try expectReference(run)
      #expect(try scorings(in: run).values.allSatisfy { $0 == 1 })
    }
  }

  @Test(arguments: [SIGTERM, SIGINT])
  func `keeps checkpoints when it is asked to stop, and goes on to the same bytes`(signal: Int32)
    throws
  {
    let file = try reference.get() + "/tiny.yaml"
    // Programs in the background of a shell ignore Ctrl-C, and so do their children.
    Foundation.signal(SIGINT, SIG_DFL)
    try withFolder { folder in
      let run = folder + "/run"
      let arguments = ["run", file, "--out", run, "--quiet", "--jobs", "2"]
      var (stops, kept) = (0, 0)
      for _ in 0..<40 {
        let running = try start(arguments, in: folder)
        let claims = { files(below: run + "/queue/working") }
        while running.isRunning,
          !claims().contains(where: { $0.contains(".\(running.identifier).") })
        { usleep(300) }
        usleep(2000)
        let asked = ContinuousClock.now
        running.send(signal)
        let output = try running.output()
        #expect(ContinuousClock.now - asked < .seconds(10))
        if output.code == 0 { break }
        #expect(output.code == 128 + signal, "\(output.standardError)")
        stops += 1
        // No claim is left, and unfinished work can be continued.
        #expect(files(below: run + "/queue/working").isEmpty)
        if files(below: run + "/queue/open").contains(where: { $0.hasSuffix("/state") }) {
          kept += 1
          #expect(output.standardError.contains("stopped; "))
          #expect(output.standardError.contains("run the same command to resume"))
        }
      }
      #expect(stops > 0 && kept > 0)
      #expect(try reprise(arguments, in: folder).code == 0)
      try expectReference(run)
    }
  }

  @Test func `takes a cell over from a dead process at once, and from a silent machine in time`()
    throws
  {
    let file = try reference.get() + "/tiny.yaml"
    try withFolder { folder in
      let run = folder + "/run"
      #expect(try reprise("run", file, "--out", run, "--quiet", "--no-start").code == 0)
      // Two claims of a machine that has disappeared.
      let open = run + "/queue/open/"
      for name in try FileManager.default.contentsOfDirectory(atPath: open).sorted().prefix(2) {
        try FileManager.default.moveItem(
          atPath: open + name, toPath: "\(run)/queue/working/\(name)@node9.00000000.77.88.ab")
      }
      let status = try reprise("status", run).standardOutput
      #expect(status.contains("2 running, 2 open") && status.contains("node9, process 77"))
      let output = try reprise("run", run, "--lease", "1", "--jobs", "2")
      #expect(output.code == 0, "\(output.standardError)")
      #expect(
        output.standardError.contains("waiting for cells of other processes: node9, process 77"))
      try expectReference(run)
    }
  }

  @Test func `sets a failed cell aside with its reason, and tries it again only when asked`() throws
  {
    try withFolder { folder in
      let variants =
        "[{name: full}, {name: wild, training: {learning_rate: 1.0e+30, gradient_clip: 0}}]"
      let file = try writeExperiment(in: folder, at: tinyRAVDESS.get(), variants: variants)
      let run = folder + "/run"
      func trained() throws -> Int { try scorings(in: run).values.reduce(0, +) }
      let first = try reprise("run", file, "--out", run, "--quiet", in: folder)
      #expect(first.code == 1 && first.standardError.contains("training diverged in epoch"))
      #expect(cells(of: run).count == 2)
      let failed = try reprise("status", run, "--list", "failed").standardOutput
      #expect(failed.split(separator: "\n").count == 2)
      let status = try reprise("status", run, "--json").standardOutput
      #expect(status.contains("training diverged in epoch") && status.contains("\"failed\""))

      let attempts = { unfinishedCells(of: run).map { try? bytes($0 + "/failure.json") } }
      let before = attempts()
      let second = try reprise("run", file, "--out", run, "--quiet", in: folder)
      #expect(second.code == 1 && second.standardError.contains("--retry-failed tries it again"))
      #expect(attempts() == before)
      // A network that no longer diverged would finish. This one fails again by itself.
      for cell in unfinishedCells(of: run) { try write("{}", to: cell + "/failure.json") }
      let third = try reprise(
        "run", file, "--out", run, "--quiet", "--retry-failed", in: folder)
      #expect(third.code == 1 && attempts() == before)
    }
  }
}
