// The order of a run's jobs, and the commands that a person would type instead of `submit()`.

/// The jobs of a run, in the order of their submission.
enum SlurmStep: String, CaseIterable, Sendable {
  case prepare, cells, report

  /// The options of sbatch that have this job wait for those before it.
  ///
  /// - Parameter numbers: of the jobs before it, in order; shell's variables will do.
  func dependencies(_ numbers: [String]) -> [String] {
    switch self {
    case .prepare: []
    case .cells: ["--dependency=afterok:\(numbers[0])", "--kill-on-invalid-dep=yes"]
    case .report:
      // Without the first condition, the report would do a whole run whose preparation has failed.
      ["--dependency=afterok:\(numbers[0]),afterany:\(numbers[1])", "--kill-on-invalid-dep=yes"]
    }
  }
}

extension SlurmRequest {
  /// Where a job's script lies.
  func path(of step: SlurmStep) -> String { "\(scriptFolder)/\(step.rawValue).sh" }

  /// The three commands that submit the scripts, for a shell.
  package var commands: String {
    let steps = SlurmStep.allCases
    return steps.enumerated().map { index, step in
      // With several clusters sbatch says `NUMBER;CLUSTER`.
      let before = steps[..<index].map { "${\($0.rawValue)%%;*}" }
      let words = ["sbatch", "--parsable"] + step.dependencies(before)
      return
        "\(step.rawValue)=$(\(words.joined(separator: " ")) \(shellQuoted(path(of: step))))"
    }.joined(separator: "\n")
  }

  /// How to work on the run without Slurm: with GNU parallel on one machine, or by hand on several.
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
