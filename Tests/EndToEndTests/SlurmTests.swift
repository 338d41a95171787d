// Kind: end to end, on a real Slurm if this machine has one. A run as a job array, with one task
// and the node's daemon killed on the way, ends with the same bytes as by one process.
import Foundation
import Testing

/// Why no job can be tested here; nil if it can.
private let reasonAgainst: String? = {
  guard let sinfo = program("sinfo", "--noheader", "--format", "%t") else {
    return "there is no Slurm on this machine"
  }
  guard sinfo.code == 0 else { return "Slurm does not answer: \(sinfo.standardError)" }
  guard sinfo.standardOutput.contains("idle") || sinfo.standardOutput.contains("mix") else {
    return "Slurm has no free node: \(sinfo.standardOutput)"
  }
  guard program("pgrep", "-x", "slurmd")?.code == 0, getuid() == 0 else {
    return "the node's daemon is not this machine's to kill"
  }
  return nil
}()

@Suite(.timeLimit(.minutes(30))) struct `A grid under Slurm` {
  @Test(.enabled(if: reasonAgainst == nil, "\(reasonAgainst ?? "")"))
  func `survives a killed task and a killed node daemon, bit for bit`() throws {
    try withFolder { folder in
      let file = try writeExperiment(in: folder, at: tinyRAVDESS.get(), epochs: 120)
      let single = folder + "/single"
      #expect(try reprise("run", file, "--out", single, "--quiet", "--jobs", "1").code == 0)

      let run = folder + "/it's a run"
      #expect(try reprise("run", file, "--out", run, "--quiet", "--no-start").code == 0)
      let submitted = try reprise(
        "slurm", run, "--time", "10", "--cores", "1", "--chunk", "2", "--memory", "0.5", "--submit")
      #expect(submitted.code == 0, "\(submitted.standardError)")
      let found = try #require(
        submitted.standardOutput.firstMatch(
          of: #/preparation (\d+), cells (\d+), report (\d+)/#))
      let jobs: Set = [found.1, found.2, found.3]
      defer { _ = program("scancel", String(found.1), String(found.2), String(found.3)) }

      // One task dies during its training, as from a memory fault.
      let working = run + "/queue/working"
      var killed: pid_t?
      wait(seconds: 180) {
        let claims = (try? FileManager.default.contentsOfDirectory(atPath: working)) ?? []
        guard let claim = claims.first(where: { exists("\(working)/\($0)/state") }),
          let token = claim.split(separator: "@").last,
          let process = pid_t(token.split(separator: ".")[2])
        else { return false }
        killed = process
        return kill(process, SIGKILL) == 0
      }
      #expect(killed != nil)
      // So does the node's daemon.
      #expect(program("pkill", "-KILL", "-x", "slurmd")?.code == 0)
      Thread.sleep(forTimeInterval: 2)
      #expect(program("pgrep", "-x", "slurmd")?.code != 0)
      #expect(program("slurmd")?.code == 0)

      wait(seconds: 300) {
        guard let queue = program("squeue", "--noheader", "--format", "%F"), queue.code == 0 else {
          return false
        }
        return jobs.isDisjoint(with: queue.standardOutput.split(whereSeparator: \.isWhitespace))
      }
      let status = try reprise("status", run).standardOutput
      #expect(status.contains("0 failed, 4 finished, 0 running, 0 open"), "\(status)")
      #expect(exists(run + "/results.json") && exists(run + "/report/report.pdf"))
      #expect(try results(of: run) == results(of: single))
      let logs = files(below: run + "/slurm/logs")
      #expect(logs.contains { $0.contains("_1") }, "\(logs)")
    }
  }

  private func wait(seconds: Int, until isDone: () -> Bool) {
    let end = ContinuousClock.now + .seconds(seconds)
    while !isDone(), ContinuousClock.now < end { usleep(200_000) }
  }
}
