// The site's and the user's choices for a run under Slurm. `SlurmPlan` handles the cells and their
// times.

/// A run and the resources to request from Slurm.
package struct SlurmRequest: Equatable, Sendable {
  /// The run's folder as an absolute path that is valid on every node.
  package let runFolder: String
  package let runName: String
  /// The command that starts `reprise` on a node: its path, or a launcher followed by the program.
  package let program: [String]
  /// The working folder of the program; nil for `RUN/slurm`.
  package let workingFolder: String?
  /// Nil for the site's default.
  package let partition: String?
  /// Nil for the user's default account.
  package let account: String?
  /// Nil for the default quality of service.
  package let qos: String?
  package let timeLimit: TimeLimit
  /// Number of cores per task, > 0, and of cells that it trains in parallel.
  package let cores: Int
  /// Memory per task in bytes, > 0; nil for the partition's default.
  package let memory: Int?
  /// Number of tasks that may run at once, > 0; nil for no limit.
  package let parallelTasks: Int?
  /// Shell lines before the program, such as `module load gcc`.
  package let setup: [String]
  /// Further sbatch options, written unchanged. They override ours.
  package let options: [String]
  /// Slurm's MaxArraySize, > 0.
  package let maximumArraySize: Int

  /// Slurm's default for MaxArraySize.
  package static let usualArraySize = 1001

  /// - Throws: `SlurmError.badValue` for a folder that is not absolute, a `\` in the run's folder,
  ///   a line end in a one-line value, an option without `-`, or a number below 1.
  package init(
    runFolder: String, runName: String, program: [String], workingFolder: String? = nil,
    partition: String? = nil, account: String? = nil, qos: String? = nil, timeLimit: TimeLimit,
    cores: Int = 1, memory: Int? = nil, parallelTasks: Int? = nil, setup: [String] = [],
    options: [String] = [], maximumArraySize: Int = usualArraySize
  ) throws(SlurmError) {
    self.runFolder = runFolder
    self.runName = runName
    self.program = program
    self.workingFolder = workingFolder
    self.partition = partition
    self.account = account
    self.qos = qos
    self.timeLimit = timeLimit
    self.cores = cores
    self.memory = memory
    self.parallelTasks = parallelTasks
    self.setup = setup
    self.options = options
    self.maximumArraySize = maximumArraySize
    try validate()
  }

  /// The folder of scripts, which contains the folder of logs.
  package var scriptFolder: String { runFolder + "/slurm" }
  package var logFolder: String { scriptFolder + "/logs" }

  private func validate() throws(SlurmError) {
    for (name, path) in [("run folder", runFolder), ("working folder", workingFolder ?? "/")]
    where !path.hasPrefix("/") {
      throw .badValue(name: name, value: path, expected: "a path from the root on")
    }
    // Slurm 22.05 cannot find a log whose path contains `\`, however it is escaped
    // (`remove_path_slashes`).
    if runFolder.contains("\\") {
      throw .badValue(
        name: "run folder", value: runFolder,
        expected: #"a path without \, which Slurm does not bear in the paths of logs"#)
    }
    guard program.first?.isEmpty == false else {
      throw .badValue(
        name: "program", value: shellCommand(program), expected: "a program, such as /opt/reprise")
    }
    let lines =
      [
        ("run folder", runFolder), ("run name", runName), ("working folder", workingFolder),
        ("partition", partition), ("account", account), ("qos", qos),
      ] + program.map { ("program", $0) } + options.map { ("option", $0) }
    for (name, text) in lines {
      // A line end would end an #SBATCH line, and NUL any argument.
      guard let text, text.unicodeScalars.contains(where: { "\n\r\0".unicodeScalars.contains($0) })
      else { continue }
      throw .badValue(
        name: name, value: shellQuoted(text), expected: "one line: it goes into a batch script")
    }
    for option in options where !option.hasPrefix("-") {
      throw .badValue(
        name: "option", value: option, expected: "an option of sbatch, such as --constraint=avx512")
    }
    let numbers = [
      ("cores", cores), ("memory", memory), ("parallel tasks", parallelTasks),
      ("maximum array size", maximumArraySize),
    ]
    for (name, number) in numbers {
      guard let number, number < 1 else { continue }
      throw .badValue(name: name, value: "\(number)", expected: "at least 1")
    }
  }
}
