// The scripts under a real Slurm, with a few lines of shell instead of `reprise`. Only if Slurm
// runs on this machine and is idle: a site's cluster is not for tests.
import Cluster
import Foundation
import TestSupport
import Testing

/// Whether this machine controls a Slurm with a free node.
private let hasOwnSlurm: Bool = {
  let question = """
    set -e; sinfo -h -t idle -o %n | grep -q .
    scontrol ping | grep -q "$(hostname -s).* UP"
    """
  return (try? withTemporaryFolder { try bash(["-c", question], in: $0).code }) == 0
}()

/// Kind: end to end.
@Suite(
  .enabled(if: hasOwnSlurm, "needs a Slurm of this machine's own, with a free node"), .serialized)
struct `A real Slurm` {
  /// A `reprise` that records its calls and works as long as the file `busy` exists.
  private func submit(_ folder: String) throws -> (fakes: Fakes, jobs: SlurmSubmission.Jobs) {
    let fakes = try Fakes(in: folder)
    try fakes.write(
      "reprise",
      """
      cd "$(dirname "$0")"
      trap 'echo stopped >> events; exit 143' TERM
      echo "$1" >> events
      if [ "$1" = cell ]; then while [ -e busy ]; do sleep 0.1; done; fi
      if [ "$3" = --jobs ]; then echo > "$1-ended"; fi
      """)
    let request = try request(
      folder: folder + "/it's a \"100%x\" $run", program: [folder + "/reprise"])
    return (fakes, try SlurmSubmission(request, plan(request)).submit())
  }

  /// Empties the queue, whatever the outcome of a test.
  private func cancel(_ jobs: SlurmSubmission.Jobs, in folder: String) {
    let numbers = "\(jobs.prepare) \(jobs.cells) \(jobs.report)"
    _ = try? bash(["-c", "scancel \(numbers)"], in: folder)
  }

  @Test(.timeLimit(.minutes(30))) func `runs preparation, cells and report in this order`() throws {
    try withTemporaryFolder { folder in
      let (fakes, jobs) = try submit(folder)
      defer { cancel(jobs, in: folder) }
      try fakes.wait(for: "run-ended", seconds: 90)
      // Two tasks of six cells.
      #expect(fakes.text("events") == "run\ncell\ncell\nrun\n")
      let logs = try FileManager.default.contentsOfDirectory(
        atPath: folder + "/it's a \"100%x\" $run/slurm/logs")
      #expect(
        logs.sorted() == [
          "reprise-a-cells-\(jobs.cells)_0.out", "reprise-a-cells-\(jobs.cells)_1.out",
          "reprise-a-prepare-\(jobs.prepare).out", "reprise-a-report-\(jobs.report).out",
        ])
    }
  }

  @Test(.timeLimit(.minutes(30))) func `stops cancelled tasks, and reports all the same`() throws {
    try withTemporaryFolder { folder in
      let fakes = try Fakes(in: folder)
      try fakes.set("busy")
      let jobs = try submit(folder).jobs
      defer { cancel(jobs, in: folder) }
      let end = Date().addingTimeInterval(60)
      while !fakes.text("events").contains("cell\n"), Date() < end {
        Thread.sleep(forTimeInterval: 0.1)
      }
      #expect(try bash(["-c", "scancel \(jobs.cells)"], in: folder).code == 0)
      try fakes.wait(for: "run-ended", seconds: 90)
      #expect(fakes.text("events").contains("stopped\n"))
      #expect(fakes.text("events").hasSuffix("stopped\nrun\n"))
      // Nothing was requeued.
      let left = try bash(["-c", "squeue -h -j \(jobs.cells) 2>&1"], in: folder)
      #expect(!left.output.contains("PD"))
    }
  }
}
