// The three batch scripts of a run: prepare, cells (a job array) and report. They differ in their
// commands, and in when a task is requeued. All stop a task in the same way.

/// Batch scripts for `sbatch`, as text.
package struct SlurmScripts: Equatable, Sendable {
  /// Decodes, extracts features, audits and verifies.
  package let prepare: String
  /// A job array whose tasks process open cells until none is left.
  package let cells: String
  /// Processes the remaining cells, then writes results and report.
  package let report: String

  /// The most restarts of a cells or report task (our choice). With a one-hour limit this is two
  /// days of computing; then a person should look.
  package static let restarts = 50
  /// The most restarts of the preparation, which would otherwise never end under a far too short
  /// limit.
  package static let preparationRestarts = 3

  package init(_ request: SlurmRequest, _ plan: SlurmPlan) {
    let run = shellQuoted(request.runFolder)
    let jobs = "--jobs \(request.cores)"
    let array = "0-\(plan.tasks - 1)" + (request.parallelTasks.map { "%\($0)" } ?? "")
    prepare = request.script(
      "prepare", does: "Prepares", identity: .job, restarts: Self.preparationRestarts,
      command: "run \(run) --prepare")
    cells = request.script(
      "cells", does: "Works on open cells of", identity: .arrayTask(array),
      restarts: Self.restarts,
      command: "cell \(run) \(jobs) --for \(plan.acceptingSeconds)",
      goesOn: """
        :[01] | time:[01]) # its time for new cells is used up, and some are open
            [ "$SECONDS" -ge \(plan.acceptingSeconds) ] && \
        [ -n "$("${reprise[@]}" status \(run) --list open)" ] && requeue ;;
        """)
    report = request.script(
      "report", does: "Ends", identity: .job, restarts: Self.restarts,
      command: "run \(run) \(jobs)")
  }
}

/// How Slurm identifies a script's task.
private enum Identity {
  case job
  /// A task of an array with these indices.
  case arrayTask(String)

  /// The task's log file, with Slurm's placeholders for names and numbers.
  var log: String {
    switch self {
    case .job: "%x-%j.out"
    case .arrayTask: "%x-%A_%a.out"
    }
  }

  /// The task's name for `scontrol`, as a shell word; also valid outside Slurm.
  var shellWord: String {
    switch self {
    case .job: "${SLURM_JOB_ID:-0}"
    case .arrayTask: "${SLURM_ARRAY_JOB_ID:-0}_${SLURM_ARRAY_TASK_ID:-0}"
    }
  }
}

extension SlurmRequest {
  /// - Parameters:
  ///   - does: the beginning of a sentence about the run.
  ///   - command: the program's subcommand and arguments, as shell text.
  ///   - goesOn: further branches that requeue the task.
  fileprivate func script(
    _ name: String, does: String, identity: Identity, restarts: Int, command: String,
    goesOn: String? = nil
  ) -> String {
    """
    #!/bin/bash
    # \(does) the run \(runName). Written by `reprise`; docs/clusters.md explains it.
    \(header(name, identity))

    job=\(identity.shellWord) stopped='' program=''
    stop() { # tells the program to keep what it has and to end
      stopped=$1
      [ -z "$program" ] || kill -TERM "$program" 2>/dev/null
    }
    trap '[ -n "$stopped" ] || stop time' USR1 # the time limit is near
    trap 'stop term' TERM # preempted or cancelled

    preempted() { # with a grace time, of which Slurm does not put back what ends within it
      scontrol show job "$job" 2>/dev/null | grep -q 'PreemptTime=[0-9]'
    }
    requeue() { # puts this task back into the queue and ends, but not for ever
      trap '' TERM # with which Slurm ends what it puts back
      if [ "$stopped" = term ] && ! preempted; then return 1; fi # cancelled
      if [ "${SLURM_RESTART_COUNT:-0}" -ge \(restarts) ]; then
        echo "$job was requeued \(restarts) times, the limit; submit it again to continue" >&2
        return 1
      fi
      scontrol requeue "$job" && exit 0
    }

    \(lines.map { $0 + "\n" }.joined())set -u
    reprise=(\(shellCommand(program)))
    echo "$(date '+%F %T') $job on ${HOSTNAME:-?}, restarts: ${SLURM_RESTART_COUNT:-0}"
    "${reprise[@]}" \(command) &
    program=$!
    [ -z "$stopped" ] || kill -TERM "$program" 2>/dev/null # the signal came before it
    while kill -0 "$program" 2>/dev/null; do wait "$program"; done # a signal ends a wait early
    wait "$program"
    code=$?

    case $stopped:$code in
      time:143 | term:143) requeue ;;
    \(goesOn.map { "  \($0)\n" } ?? "")esac
    exit "$code"

    """
  }

  /// The site's lines, then the change to the working folder. They precede `set -u`, which some
  /// modules do not support.
  private var lines: [String] {
    setup + (workingFolder.map { ["cd -- \(shellQuoted($0)) || exit 2"] } ?? [])
  }

  /// The `#SBATCH` lines. `%` is special to Slurm in the path of the log only.
  private func header(_ name: String, _ identity: Identity) -> String {
    let logs = logFolder.split(separator: "%", omittingEmptySubsequences: false)
      .joined(separator: "%%")
    var options = [
      "--job-name=" + sbatchQuoted(jobName(name)), "--chdir=" + sbatchQuoted(scriptFolder),
      "--output=" + sbatchQuoted("\(logs)/\(identity.log)"), "--time=\(timeLimit)",
      "--nodes=1 --ntasks=1 --cpus-per-task=\(cores)",
    ]
    // Slurm's M is a MiB.
    if let memory { options.append("--mem=\((memory - 1) / 1_048_576 + 1)M") }
    if let partition { options.append("--partition=" + sbatchQuoted(partition)) }
    if let account { options.append("--account=" + sbatchQuoted(account)) }
    if let qos { options.append("--qos=" + sbatchQuoted(qos)) }
    if case .arrayTask(let indices) = identity { options.append("--array=\(indices)") }
    options.append("--requeue --open-mode=append --signal=B:USR1@90")
    return (options + self.options).map { "#SBATCH " + $0 }.joined(separator: "\n")
  }

  /// A name that is also valid in file names.
  private func jobName(_ name: String) -> String {
    let safe = runName.map { character in
      character.isASCII && (character.isLetter || character.isNumber) || "._-".contains(character)
        ? character : "-"
    }
    return "reprise-\(String(safe))-\(name)"
  }
}
