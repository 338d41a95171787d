// The order of a run's jobs, and the commands that do by hand what `submit()` does.

/// The jobs of a run, in the order of submission.
enum SlurmStep: String, CaseIterable, Sendable {
  case prepare, cells, report

  /// The sbatch options that make this job wait for earlier ones.
  ///
  /// - Parameter numbers: the numbers of the earlier jobs, in order. Shell variables are allowed.
  func dependencies(_ numbers: [String]) -> [String] {
    switch self {
    case .prepare: []
    case .cells: ["--dependency=afterok:\(numbers[0])", "--kill-on-invalid-dep=yes"]
    case .report:
      // Without the first condition, the report job would do the whole run after a failed
      // preparation.
      ["--dependency=afterok:\(numbers[0]),afterany:\(numbers[1])", "--kill-on-invalid-dep=yes"]
    }
  }
}

extension SlurmRequest {
  /// The path of a job's script.
  func path(of step: SlurmStep) -> String { "\(scriptFolder)/\(step.rawValue).sh" }

  /// The three shell commands that submit the scripts.
  package var commands: String {
    let steps = SlurmStep.allCases
    return steps.enumerated().map { index, step in
      // With several clusters sbatch prints `NUMBER;CLUSTER`.
      let before = steps[..<index].map { "${\($0.rawValue)%%;*}" }
      let words = ["sbatch", "--parsable"] + step.dependencies(before)
      return
        "\(step.rawValue)=$(\(words.joined(separator: " ")) \(shellQuoted(path(of: step))))"
    }.joined(separator: "\n")
  }

  /// How to process the run without Slurm: with GNU parallel on one machine, or by hand on several.
  package var withoutSlurm: String {
    let (run, program) = (shellQuoted(runFolder), shellCommand(program))
    return """
      # on one machine, with GNU parallel (-q keeps the quotes of paths):
      \(program) run \(run) --prepare
      \(program) status \(run) --list open | parallel -q \(program) cell \(run) {}
      \(program) run \(run) --jobs \(cores)
      # on several machines that share the folder: prepare once, then on each of them
      \(program) cell \(run) --jobs \(cores)
      # and when all of them have ended, on one
      \(program) run \(run) --jobs \(cores)
      """
  }
}
