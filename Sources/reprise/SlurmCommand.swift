// `reprise slurm`: writes a run as Slurm jobs, and submits them on request.
import ArgumentParser
import Cluster
import Execution
import Experiments
import Files
import Foundation
import Runs

struct SlurmCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slurm",
    abstract: "Write and submit the Slurm jobs of a run.",
    discussion: help(
      """
      Writes three jobs: one prepares, an array trains the cells, one draws the report. A task \
      that is preempted or requeued resumes from its checkpoint. docs/clusters.md says more, \
      also about containers.
      """,
      examples: [
        "1. Make the run's folder.":
          "reprise run --corpus ravdess=/data/ravdess --out runs/ravdess --no-start",
        "2. Write the scripts and show the commands that submit them.":
          "reprise slurm runs/ravdess --time 4:00:00 --cores 4",
        "3. Or submit at once.":
          "reprise slurm runs/ravdess --time 4:00:00 --cores 4 --submit",
      ]))

  @Argument(help: ArgumentHelp("The folder of the run.", valueName: "run"))
  var folder: String
  @Option(help: "The time limit of a task, as Slurm writes it: 4:00:00 or 1-12.")
  var time: String
  @Option(help: "The partition; the default of the site if left out.")
  var partition: String?
  @Option(help: "The account to charge.")
  var account: String?
  @Option(help: "The quality of service.")
  var qos: String?
  @Option(help: "How many cores a task has, and how many cells it trains at the same time.")
  var cores = 1
  @Option(help: ArgumentHelp("The memory of a task; from the plan by default.", valueName: "gb"))
  var memory: Double?
  @Option(help: "How many tasks may run at the same time; no limit by default.")
  var tasks: Int?
  @Option(
    help: """
      How many cells a task should train; from the plan by default. Sets the size of the array: \
      tasks take cells as they come.
      """)
  var chunk: Int?
  @Option(help: "A line of shell to run first, such as \"module load gcc\". Repeatable.")
  var setup: [String] = []
  @Option(
    help: ArgumentHelp(
      "Another option for sbatch, such as --option=--constraint=avx512. Repeatable.",
      valueName: "option"))
  var option: [String] = []
  @Option(
    help: """
      How a node starts Reprise: a path, or a launcher such as "apptainer exec --bind /data \
      /images/reprise.sif reprise". This program by default.
      """)
  var program: String?
  @Flag(help: "Submit the jobs. Without it, Reprise writes the scripts and shows the commands.")
  var submit = false

  func validate() throws {
    for (name, value) in [("cores", cores), ("tasks", tasks ?? 1), ("chunk", chunk ?? 1)]
    where !(1...100_000).contains(value) {
      throw ValidationError("--\(name) \(value): expected 1 to 100000")
    }
    guard memory.map({ (0.001...1e6).contains($0) }) ?? true else {
      throw ValidationError("--memory \(memory ?? 0): expected 0.001 to 1000000 GB")
    }
  }

  /// Memory of a process before it trains anything, in bytes.
  private static let baseMemory = 500_000_000

  func run() throws {
    let run = try RecordedRun(readingFolder: absolutePath(folder))
    let plan = try run.recordedPlan() ?? ExperimentRun(run).plan()
    let open = try run.pending()
    let seconds = open.map { plan.seconds(of: $0) ?? 0 }
    let needed = open.compactMap { plan.memory(of: $0) }.max() ?? 0
    let request = try SlurmRequest(
      runFolder: run.folder, runName: run.experiment.name,
      program: try program.map(shellWords)
        ?? [FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")],
      workingFolder: FileManager.default.currentDirectoryPath, partition: partition,
      account: account, qos: qos, timeLimit: try TimeLimit(parsing: time), cores: cores,
      memory: memory.map { Int($0 * 1e9) }
        // The plan is an estimate; half as much again keeps a task from being killed.
        ?? Self.baseMemory + cores * needed / 2 * 3,
      parallelTasks: tasks, setup: setup, options: option,
      maximumArraySize: maximumArraySize())
    let slurmPlan = try SlurmPlan(cellSeconds: seconds, request, chunk: chunk)
    let submission = SlurmSubmission(request, slurmPlan)
    try tell(slurmPlan.description)
    if submit {
      let jobs = try submission.submit()
      try tell(
        "submitted: preparation \(jobs.prepare), cells \(jobs.cells), report \(jobs.report); "
          + "`reprise status \(shellQuoted(run.folder))` shows progress")
    } else {
      try submission.write()
      try tell("written to \(request.scriptFolder); submit with --submit, or by hand:")
      try tell(request.commands)
      try tell("without Slurm:\n" + request.withoutSlurm)
    }
  }
}
