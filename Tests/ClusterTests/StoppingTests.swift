// Batch scripts that are told to stop, with fakes of `reprise` and `scontrol`.
import Cluster
import Foundation
import TestSupport
import Testing

/// Kind: by hand.
@Suite struct `A task` {
  /// Runs a script like Slurm.
  ///
  /// - Parameter signals: sent one after the other once the program works.
  func run(
    _ script: String = "cells", _ signals: [Int32] = [], restarts: Int? = nil,
    arrange: (Fakes) throws -> Void = { _ in }
  ) throws -> (ended: Ended, requeued: String) {
    try withTemporaryFolder { folder in
      let fakes = try Fakes(in: folder)
      // Cells longer than the limit: new ones are accepted for 1 s.
      let request = try request(folder: folder + "/run", program: [folder + "/reprise"])
      let plan = try SlurmPlan(cellSeconds: [4000, 4000], request)
      try SlurmSubmission(request, plan).write()
      try arrange(fakes)
      if !signals.isEmpty { try fakes.set("busy") }
      var environment = fakes.environment
      environment["SLURM_JOB_ID"] = "79"
      environment["SLURM_ARRAY_JOB_ID"] = "77"
      environment["SLURM_ARRAY_TASK_ID"] = "3"
      environment["SLURM_RESTART_COUNT"] = restarts.map(String.init)
      let task = try startBash(
        ["\(folder)/run/slurm/\(script).sh"], in: folder, environment: environment)
      if !signals.isEmpty { try fakes.wait(for: "started") }
      for signal in signals {
        task.signal(signal)
        Thread.sleep(forTimeInterval: 0.1)
      }
      return (try task.ended(), fakes.text("scontrol-asked"))
    }
  }

  @Test(arguments: [0, 1, 2]) func `ends as its program does`(code: Int) throws {
    let (ended, requeued) = try run { try $0.set("code", "\(code)") }
    #expect(ended.code == Int32(code))
    #expect(requeued.isEmpty)
  }

  @Test(arguments: [("cells", "77_3"), ("prepare", "79"), ("report", "79")])
  func `is put back when its time is nearly out`(script: String, job: String) throws {
    let (ended, requeued) = try run(script, [SIGUSR1])
    #expect(ended.code == 0)
    #expect(ended.output.contains("told to stop\nstopped\n"))
    #expect(requeued == "requeue \(job)\n")
  }

  @Test(arguments: [[SIGTERM], [SIGUSR1, SIGTERM], [SIGTERM, SIGUSR1], [SIGTERM, SIGTERM]])
  func `is not put back when it is cancelled`(signals: [Int32]) throws {
    let (ended, requeued) = try run("cells", signals) {
      try $0.set("job", "JobState=CANCELLED PreemptTime=None\n")
      // Nor may it be requeued for open cells.
      try $0.set("open", "a\n")
    }
    #expect(ended.code == 143)
    // It waited for the program anyway.
    #expect(ended.output.contains("stopped\n"))
    #expect(requeued.isEmpty)
  }

  @Test func `puts itself back when it is preempted with a grace time`() throws {
    let (ended, requeued) = try run("cells", [SIGTERM]) {
      try $0.set("job", "JobState=RUNNING PreemptTime=2026-01-01T00:00:00\n")
    }
    #expect(ended.code == 0)
    #expect(requeued == "requeue 77_3\n")
  }

  @Test(arguments: [("cells", 50), ("report", 50), ("prepare", 3)])
  func `is not put back for ever`(script: String, most: Int) throws {
    let (last, requeued) = try run(script, [SIGUSR1], restarts: most - 1)
    #expect(last.code == 0)
    #expect(!requeued.isEmpty)
    let (ended, again) = try run(script, [SIGUSR1], restarts: most)
    #expect(ended.code == 143)
    #expect(again.isEmpty)
    #expect(ended.output.contains("requeued \(most) times, the limit"))
  }

  @Test func `keeps its code when Slurm does not put it back`() throws {
    let (ended, _) = try run("cells", [SIGUSR1]) {
      try $0.write("scontrol", "echo Requeue disabled >&2; exit 1")
    }
    #expect(ended.code == 143)
    #expect(ended.output.contains("Requeue disabled"))
  }

  @Test func `is put back when its time for new cells is used up and some are open`() throws {
    let (_, requeued) = try run {
      try $0.set("seconds", "1.2")
      try $0.set("open", "a\n")
    }
    #expect(requeued == "requeue 77_3\n")
    // Not without open cells, not with time left, and not after an error.
    #expect(try run { try $0.set("seconds", "1.2") }.requeued.isEmpty)
    #expect(try run { try $0.set("open", "a\n") }.requeued.isEmpty)
    let broken = try run {
      try $0.set("seconds", "1.2")
      try $0.set("open", "a\n")
      try $0.set("code", "2")
    }
    #expect(broken.requeued.isEmpty)
    #expect(broken.ended.code == 2)
  }

  @Test func `passes a stop on that came before its program was there`() throws {
    try withTemporaryFolder { folder in
      let fakes = try Fakes(in: folder)
      try fakes.set("busy")
      let request = try request(
        folder: folder + "/run", program: [folder + "/reprise"],
        setup: ["echo > \"$FAKES/setup\"", "sleep 0.3"])
      try SlurmSubmission(request, plan(request)).write()
      let task = try startBash(
        [folder + "/run/slurm/cells.sh"], in: folder, environment: fakes.environment)
      try fakes.wait(for: "setup")
      task.signal(SIGTERM)
      #expect(try task.ended().code == 143)
    }
  }
}
