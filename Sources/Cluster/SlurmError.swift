// What can go wrong between a grid and a cluster.

/// What went wrong with a request, or with Slurm's answer to it.
package enum SlurmError: Error, Equatable, Sendable {
  /// In none of Slurm's forms of a time.
  case notATime(String)
  case timeTooShort(seconds: Int)
  /// A part of the request that no script could carry, or that makes no sense.
  case badValue(name: String, value: String, expected: String)
  /// There is nothing to submit.
  case noOpenCell
  /// A program of Slurm is not on the PATH.
  /// - Parameters:
  ///   - scripts: the folder in which the scripts lie.
  ///   - commands: what submits them.
  case notFound(program: String, scripts: String, commands: String)
  /// A program is there and cannot be started.
  case cannotStart(program: String, reason: String)
  /// sbatch did not take a script, or said something that is no job.
  /// - Parameters:
  ///   - words: sbatch's own.
  ///   - cancelled: jobs submitted before, which were cancelled.
  ///   - left: jobs submitted before, which scancel did not take back.
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
      time limit \(seconds) s: expected at least \(TimeLimit.shortest) s, for a task is told to \
      stop \
      90 s before its end; 60 means 60 minutes, 1:00:00 an hour
      """
    case .badValue(let name, let value, let expected): "\(name) \(value): expected \(expected)"
    case .noOpenCell: "no cell is open: nothing to submit; `reprise run` writes results and report"
    case .notFound(let program, let scripts, let commands):
      """
      \(program): not found; the scripts lie in \(scripts); submit them where Slurm is with
      \(commands)
      """
    case .cannotStart(let program, let reason):
      "\(program): cannot be started: \(reason); check that it is a program and may be run"
    case .refused(let script, let words, let cancelled, let left):
      "sbatch did not take \(script): \(words)"
        + (cancelled.isEmpty ? "" : "; cancelled what was submitted before: \(list(cancelled))")
        + (left.isEmpty ? "" : "; still queued, as scancel failed: scancel \(list(left))")
        + "; correct what sbatch names (partition, account, time, memory, options) and submit again"
    }
  }

  private func list(_ jobs: [String]) -> String { jobs.joined(separator: " ") }
}
