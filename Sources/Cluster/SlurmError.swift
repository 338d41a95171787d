// Errors between a run and a cluster.

/// An error in a request, or in Slurm's answer to it.
package enum SlurmError: Error, Equatable, Sendable {
  /// Not one of Slurm's time formats.
  case notATime(String)
  case timeTooShort(seconds: Int)
  /// A part of the request that makes no sense or cannot be written to a script.
  case badValue(name: String, value: String, expected: String)
  /// The run has no open cells to submit.
  case noOpenCell
  /// A program of Slurm is not on the PATH.
  /// - Parameters:
  ///   - scripts: the folder with the scripts.
  ///   - commands: the commands that submit them.
  case notFound(program: String, scripts: String, commands: String)
  /// A program exists but cannot be started.
  case cannotStart(program: String, reason: String)
  /// sbatch rejected a script, or its output is not a job.
  /// - Parameters:
  ///   - words: sbatch's message.
  ///   - cancelled: earlier jobs, which were cancelled.
  ///   - left: earlier jobs that scancel could not cancel.
  case refused(script: String, words: String, cancelled: [String], left: [String])
}

extension SlurmError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notATime(let text):
      """
      time limit \(text): expected minutes, minutes:seconds, hours:minutes:seconds, days-hours, \
      days-hours:minutes or days-hours:minutes:seconds, such as 4:00:00 or 1-12
      """
    case .timeTooShort(let seconds):
      """
      time limit \(seconds) s: expected at least \(TimeLimit.shortest) s, because a task is told \
      to stop 90 s before its end; 60 means 60 minutes, 1:00:00 an hour
      """
    case .badValue(let name, let value, let expected): "\(name) \(value): expected \(expected)"
    case .noOpenCell: "no cell is open: nothing to submit; `reprise run` writes results and report"
    case .notFound(let program, let scripts, let commands):
      """
      \(program): not found; the scripts are in \(scripts); submit them on a machine with Slurm:
      \(commands)
      """
    case .cannotStart(let program, let reason):
      "\(program): cannot be started: \(reason); check that it is a program and may be run"
    case .refused(let script, let words, let cancelled, let left):
      "sbatch did not take \(script): \(words)"
        + (cancelled.isEmpty ? "" : "; cancelled the earlier jobs: \(list(cancelled))")
        + (left.isEmpty ? "" : "; still queued, as scancel failed: scancel \(list(left))")
        + "; correct what sbatch complains about (partition, account, time, memory, options) and "
        + "submit again"
    }
  }

  private func list(_ jobs: [String]) -> String { jobs.joined(separator: " ") }
}
