// `reprise slurm`: a run as a job array of Slurm, written and, when asked, submitted.
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
    abstract: "Write the batch scripts of a run for Slurm, and submit them.",
    discussion: """
      First lay the run out: reprise run EXPERIMENT … --out RUN --no-start. Three jobs follow one another: \
      preparation, an array whose tasks take cells until none is left, and results with the report. Preempted \
      and requeued tasks go on from their checkpoints. docs/clusters.md says more, of containers too.
      """)

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
  var folder: String
  @Option(help: "The time limit of a task in any of Slurm's forms, such as 4:00:00 or 1-12.")
  var time: String
  @Option(help: "The partition; the site's default by default.")
  var partition: String?
  @Option(help: "The account that pays.")
  var account: String?
  @Option(help: "The quality of service.")
  var qos: String?
  @Option(help: "Cores of a task, and the cells that it works on side by side.")
  var cores = 1
  @Option(help: "GB of memory of a task; from the plan by default.")
  var memory: Double?
  @Option(help: "Tasks that may run at the same time; as many as there is room for by default.")
  var tasks: Int?
  @Option(
    help:
      "Cells that a task should do; from the plan by default. It sizes the array: tasks take cells as they come."
  )
  var chunk: Int?
  @Option(help: "A line of shell before the program, such as \"module load gcc\"; may be repeated.")
  var setup: [String] = []
  @Option(
    help: ArgumentHelp(
      "A further option of sbatch, such as --option=--constraint=avx512; may be repeated.",
      valueName: "option"))
  var option: [String] = []
  @Option(
    help: """
      What starts reprise on a node: another path, or a launcher such as "apptainer exec --bind /data \
      /images/reprise.sif reprise".
      """)
  var program: String?
  @Flag(help: "Submit the jobs; without it the scripts are written and the commands shown.")
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

  /// Memory of a process that trains nothing: program, libraries, normalisations.
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
        // A plan is about right; half as much again does not cost a task.
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
          + "reprise status \(shellQuoted(run.folder)) tells how far it is")
    } else {
      try submission.write()
      try tell("written to \(request.scriptFolder); --submit submits them, or by hand:")
      try tell(request.commands)
      try tell("without Slurm:\n" + request.withoutSlurm)
    }
  }
}
