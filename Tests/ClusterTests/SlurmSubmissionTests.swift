// Submission to fakes of Slurm's programs.
import Cluster
import Files
import Foundation
import TestSupport
import Testing

/// Kind: by hand.
@Suite struct `A submission` {
  /// A submission and its outcome.
  struct Trial {
    let submission: SlurmSubmission
    let fakes: Fakes
    var environment: [String: String] { fakes.environment }
    var folder: String { submission.request.scriptFolder }
  }

  /// An sbatch that returns numbers from 101 on and rejects the submission number `refusing`.
  func trial(_ folder: String, refusing: Int = 0, says: String = "$number") throws -> Trial {
    let fakes = try Fakes(in: folder)
    try fakes.write(
      "sbatch",
      """
      echo "$*" >> "$FAKES/sbatch-asked"
      number=$((100 + $(wc -l < "$FAKES/sbatch-asked")))
      if [ $number = \(100 + refusing) ]; then
        echo "sbatch: error: Batch job submission failed: Invalid account" >&2
        exit 1
      fi
      echo "a warning" >&2
      echo "\(says)"
      """)
    try fakes.write("scancel", #"echo "$*" >> "$FAKES/scancel-asked""#)
    let request = try request(folder: folder + "/a run")
    return Trial(submission: SlurmSubmission(request, try plan(request)), fakes: fakes)
  }

  @Test func `hands three jobs over, each after the one before`() throws {
    try withTemporaryFolder { folder in
      let trial = try trial(folder)
      let jobs = try trial.submission.submit(environment: trial.environment)
      #expect(jobs.prepare == "101")
      #expect(jobs.cells == "102")
      #expect(jobs.report == "103")
      let slurm = folder + "/a run/slurm"
      #expect(
        trial.fakes.text("sbatch-asked") == """
          --parsable \(slurm)/prepare.sh
          --parsable --dependency=afterok:101 --kill-on-invalid-dep=yes \(slurm)/cells.sh
          --parsable --dependency=afterok:101,afterany:102 --kill-on-invalid-dep=yes \
          \(slurm)/report.sh

          """)
      #expect(trial.fakes.text("scancel-asked").isEmpty)
      let names = try FileManager.default.contentsOfDirectory(atPath: slurm).sorted()
      #expect(names == ["cells.sh", "logs", "prepare.sh", "report.sh"])
      let scripts = SlurmScripts(trial.submission.request, trial.submission.plan)
      #expect(try String(contentsOfFile: slurm + "/report.sh", encoding: .utf8) == scripts.report)
      // Submitted again, the scripts are replaced.
      #expect(try trial.submission.submit(environment: trial.environment).prepare == "104")
    }
  }

  @Test(arguments: [(1, [String]()), (2, ["101"]), (3, ["102", "101"])])
  func `is taken back as a whole when Slurm refuses a job`(
    refusing: Int, cancelled: [String]
  ) throws {
    try withTemporaryFolder { folder in
      let trial = try trial(folder, refusing: refusing)
      let error = #expect(throws: SlurmError.self) {
        try trial.submission.submit(environment: trial.environment)
      }
      let script = trial.folder + "/" + ["prepare", "cells", "report"][refusing - 1] + ".sh"
      #expect(
        error
          == .refused(
            script: script,
            words: "sbatch: error: Batch job submission failed: Invalid account",
            cancelled: cancelled, left: []))
      #expect(trial.fakes.text("scancel-asked") == cancelled.map { $0 + "\n" }.joined())
      #expect(error?.description.contains("Invalid account") == true)
      #expect(error?.description.contains("submit again") == true)
    }
  }

  @Test func `says which jobs are still queued when they cannot be cancelled`() throws {
    try withTemporaryFolder { folder in
      let trial = try trial(folder, refusing: 3)
      try trial.fakes.write("scancel", #"[ "$1" = 102 ]"#)
      let error = #expect(throws: SlurmError.self) {
        try trial.submission.submit(environment: trial.environment)
      }
      #expect(error?.description.contains("cancelled the earlier jobs: 102;") == true)
      #expect(error?.description.contains("scancel failed: scancel 101;") == true)
    }
  }

  @Test func `reads the cluster's name and a site's remarks beside the number`() throws {
    try withTemporaryFolder { folder in
      let trial = try trial(folder, refusing: 2, says: "welcome\\n$number;east".unescaped)
      #expect(throws: SlurmError.self) {
        try trial.submission.submit(environment: trial.environment)
      }
      #expect(trial.fakes.text("scancel-asked") == "--clusters=east 101\n")
    }
  }

  @Test func `stops at an answer that is no job`() throws {
    try withTemporaryFolder { folder in
      let trial = try trial(folder, says: "Submitted batch job $number")
      let error = #expect(throws: SlurmError.self) {
        try trial.submission.submit(environment: trial.environment)
      }
      #expect(error?.description.contains("expected a job number") == true)
    }
  }

  @Test func `without sbatch leaves the scripts and says how to submit them`() throws {
    try withTemporaryFolder { folder in
      let request = try request(folder: folder + "/it's")
      let submission = SlurmSubmission(request, try plan(request))
      let error = #expect(throws: SlurmError.self) {
        try submission.submit(environment: ["PATH": folder])
      }
      let words = error?.description ?? ""
      #expect(words.hasPrefix("sbatch: not found; the scripts are in \(folder)/it's/slurm; submit"))
      #expect(words.hasSuffix(request.commands))
      #expect(FileManager.default.fileExists(atPath: folder + "/it's/slurm/cells.sh"))
    }
  }

  @Test func `says why sbatch cannot be started`() throws {
    try withTemporaryFolder { folder in
      let trial = try trial(folder)
      try trial.fakes.set("sbatch", "#!/no/such/shell\n")
      let error = #expect(throws: SlurmError.self) {
        try trial.submission.submit(environment: trial.environment)
      }
      #expect(error?.description.contains("cannot be started") == true)
    }
  }

  @Test func `needs a run folder that can be written to`() throws {
    try withTemporaryFolder { folder in
      let trial = try trial(folder)
      try trial.fakes.set("a run")
      #expect(throws: FileError.self) {
        try trial.submission.submit(environment: trial.environment)
      }
      #expect(trial.fakes.text("sbatch-asked").isEmpty)
    }
  }

  @Test func `can be made by hand with the same commands`() throws {
    try withTemporaryFolder { folder in
      let trial = try trial(folder, says: "$number;east")
      try trial.submission.write()
      let ended = try bash(
        ["-euc", trial.submission.request.commands + "\necho \"$report\""], in: folder,
        environment: trial.environment)
      #expect(ended.output.hasSuffix("103;east\n"))
      let byHand = trial.fakes.text("sbatch-asked")
      try trial.fakes.set("sbatch-asked")
      _ = try trial.submission.submit(environment: trial.environment)
      #expect(trial.fakes.text("sbatch-asked") == byHand)
    }
  }

  @Test func `can be done without, by commands that bash understands`() throws {
    try withTemporaryFolder { folder in
      let request = try request(folder: folder + "/it's", cores: 3)
      let text = request.withoutSlurm
      try #require(try bash(["-nc", text], in: folder).code == 0)
      #expect(text.contains("--list open | parallel -q /opt/reprise cell '"))
    }
  }
}

@Suite struct `The greatest array` {
  @Test(arguments: [
    ("echo 'MaxArraySize            = 4001'", 4001), ("echo 'MaxArraySize = 0'", 1001),
    ("echo 'MaxJobCount = 7'", 1001), ("exit 1", 1001),
  ])
  func `is what Slurm's configuration says`(body: String, size: Int) throws {
    try withTemporaryFolder { folder in
      let fakes = try Fakes(in: folder)
      try fakes.write("scontrol", body)
      #expect(maximumArraySize(environment: fakes.environment) == size)
      #expect(maximumArraySize(environment: [:]) == 1001)
    }
  }
}

extension String {
  /// With `\n` replaced by line ends.
  fileprivate var unescaped: String { replacingOccurrences(of: "\\n", with: "\n") }
}
