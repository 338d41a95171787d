// Writes a run's scripts and submits them to Slurm: all three, or none.
import Files
import Foundation

/// A request with its plan, ready to submit.
package struct SlurmSubmission: Equatable, Sendable {
  package let request: SlurmRequest
  package let plan: SlurmPlan

  package init(_ request: SlurmRequest, _ plan: SlurmPlan) {
    self.request = request
    self.plan = plan
  }

  /// The numbers of the three jobs.
  package struct Jobs: Equatable, Sendable {
    package let prepare: String
    package let cells: String
    package let report: String
  }

  /// Writes the scripts to `RUN/slurm` and creates the log folder.
  ///
  /// - Throws: `FileError`.
  package func write() throws {
    // Slurm does not start a task if the folder of its log is missing.
    try makeFolder(request.logFolder)
    let scripts = SlurmScripts(request, plan)
    for (step, text) in [
      (SlurmStep.prepare, scripts.prepare), (.cells, scripts.cells), (.report, scripts.report),
    ] {
      try Data(text.utf8).writeAtomically(to: request.path(of: step))
    }
  }

  /// Writes the scripts and submits them. The cells start after a successful preparation. The
  /// report starts when all tasks have ended, even with errors. If Slurm rejects a job, the earlier
  /// ones are cancelled.
  ///
  /// - Parameter environment: the environment of sbatch and scancel, with their PATH.
  /// - Throws: `FileError`; `SlurmError.notFound` without sbatch; `.refused` with sbatch's message.
  package func submit(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> Jobs {
    try write()
    guard let sbatch = Program(named: "sbatch", environment: environment) else {
      throw SlurmError.notFound(
        program: "sbatch", scripts: request.scriptFolder, commands: request.commands)
    }
    var jobs: [SubmittedJob] = []
    for step in SlurmStep.allCases {
      let script = request.path(of: step)
      let answer: Program.Answer
      do {
        answer = try sbatch.run(
          ["--parsable"] + step.dependencies(jobs.map(\.number)) + [script])
      } catch {
        throw withdraw(jobs, script: script, because: "\(error)", environment)
      }
      guard answer.succeeded, let job = SubmittedJob(parsing: answer.output) else {
        let words =
          answer.succeeded
          ? "its output was \(shellQuoted(answer.output)), expected a job number" : answer.complaint
        throw withdraw(jobs, script: script, because: words, environment)
      }
      jobs.append(job)
    }
    return Jobs(prepare: jobs[0].number, cells: jobs[1].number, report: jobs[2].number)
  }

  /// Cancels `jobs`, last first, and returns the error to throw.
  private func withdraw(
    _ jobs: [SubmittedJob], script: String, because words: String, _ environment: [String: String]
  ) -> SlurmError {
    var (cancelled, left) = ([String](), [String]())
    let scancel = Program(named: "scancel", environment: environment)
    for job in jobs.reversed() {
      let answer = try? scancel?.run(job.clusterOption + [job.number])
      if answer?.succeeded == true {
        cancelled.append(job.number)
      } else {
        left.append(job.number)
      }
    }
    return .refused(script: script, words: words, cancelled: cancelled, left: left)
  }
}

/// The output of `sbatch --parsable`: the job's number, and `;CLUSTER` if there are several.
struct SubmittedJob: Equatable {
  let number: String
  let cluster: String?

  init?(parsing output: String) {
    // A site's filters may print lines before it.
    let parts = (output.split(whereSeparator: \.isNewline).last ?? "").split(separator: ";")
    guard let first = parts.first, first.allSatisfy({ $0.isASCII && $0.isNumber }) else {
      return nil
    }
    number = String(first)
    cluster = parts.count > 1 ? String(parts[1]) : nil
  }

  var clusterOption: [String] { cluster.map { ["--clusters=\($0)"] } ?? [] }
}

/// Returns Slurm's MaxArraySize: the most tasks that an array may have, because indices start at 0.
///
/// - Parameter environment: the environment of scontrol, with its PATH.
/// - Returns: the value from `scontrol show config`; Slurm's default if scontrol is missing.
package func maximumArraySize(
  environment: [String: String] = ProcessInfo.processInfo.environment
) -> Int {
  let scontrol = Program(named: "scontrol", environment: environment)
  let answer = try? scontrol?.run(["show", "config"])
  let line = answer?.output.split(whereSeparator: \.isNewline).first {
    $0.hasPrefix("MaxArraySize")
  }
  let size = line?.split(separator: "=").last.flatMap {
    Int($0.trimmingCharacters(in: .whitespaces))
  }
  return size.flatMap { $0 > 0 ? $0 : nil } ?? SlurmRequest.usualArraySize
}
