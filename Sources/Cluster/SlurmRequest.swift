// What a site and a user decide about running a grid under Slurm. The cells themselves, and how
// long they take, are `SlurmPlan`'s.

/// A run and what Slurm is to give it.
package struct SlurmRequest: Equatable, Sendable {
  /// The run's folder, from the root on; every node must see it under this path.
  package let runFolder: String
  package let runName: String
  /// The words that start `reprise` on a node: its path, or a launcher with the program at its end.
  package let program: [String]
  /// The folder that the program is started in; `RUN/slurm` if nil.
  package let workingFolder: String?
  /// The site's own default if nil.
  package let partition: String?
  /// The user's default account if nil.
  package let account: String?
  /// The default quality of service if nil.
  package let qos: String?
  package let timeLimit: TimeLimit
  /// Cores of a task, > 0, and the cells that it works on side by side.
  package let cores: Int
  /// Memory of a task in bytes, > 0; the partition's default if nil.
  package let memory: Int?
  /// Tasks that may run at the same time, > 0; as many as there is room for if nil.
  package let parallelTasks: Int?
  /// Lines of shell before the program, such as `module load gcc`.
  package let setup: [String]
  /// Further options of sbatch, written as they are; they win over ours.
  package let options: [String]
  /// Slurm's MaxArraySize, > 0.
  package let maximumArraySize: Int

  /// Slurm's own default of MaxArraySize.
  package static let usualArraySize = 1001

  /// - Throws: `SlurmError.badValue` for a folder that is not from the root on, for a `\` in the
  ///   run's, for a line end in what must stand on one line, for an option without `-`, and for a
  ///   number below 1.
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

  /// The folder of scripts, and under it that of logs.
  package var scriptFolder: String { runFolder + "/slurm" }
  package var logFolder: String { scriptFolder + "/logs" }

  private func validate() throws(SlurmError) {
    for (name, path) in [("run folder", runFolder), ("working folder", workingFolder ?? "/")]
    where !path.hasPrefix("/") {
      throw .badValue(name: name, value: path, expected: "a path from the root on")
    }
    // Slurm 22.05 finds no log whose path has one, however it is escaped (`remove_path_slashes`).
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
      // Line ends would end an #SBATCH line, and NUL any argument.
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
