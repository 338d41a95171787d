// Decides the number of tasks for a run. Tasks take any open cells from the run's folder, one after
// the other. The plan decides how many tasks there are and how long each accepts new cells, but not
// which cells it gets.

/// A job array for the open cells of a run.
package struct SlurmPlan: Equatable, Sendable {
  /// A problem that the user should know before submitting.
  package enum Warning: Equatable, Sendable {
    /// One cell takes more than its share of the time limit, in seconds.
    case longCell(seconds: Double, limit: Int)
    /// The array allows too few tasks, so each has more work than its share of the time limit, in
    /// seconds.
    case fullTasks(seconds: Double, limit: Int, arraySize: Int)
  }

  package let cells: Int
  /// Average number of cells per task.
  package let cellsPerTask: Int
  package let tasks: Int
  /// Predicted time of an average task, in seconds.
  package let taskSeconds: Double
  /// Predicted time of the longest cell, in seconds.
  package let longestCell: Double
  /// How long a task accepts new cells, in seconds: `--for`.
  package let acceptingSeconds: Int
  package let warnings: [Warning]

  /// The work that justifies starting a task, in seconds (our choice). Starting a task, opening the
  /// run and loading its features take some seconds, which is then below 1 %.
  package static let worthwhile = 600.0
  /// The share of the time limit that predicted work may fill (our choice).
  package static let usableShare = 0.8

  /// Plans an array.
  ///
  ///     target = min(600, 0.8 · limit)        mean = Σ seconds / cells
  ///     chunk  = jobs · max(1, ⌊target / mean⌋), and at least ⌈cells / array size⌉
  ///     tasks  = ⌈cells / chunk⌉              for = max(1, ⌊0.9 · limit − max seconds⌋)
  ///
  /// - Parameters:
  ///   - cellSeconds: the predicted time of each open cell on one core, ≥ 0.
  ///   - jobs: number of cells that a task trains in parallel, > 0.
  ///   - arraySize: the most tasks that an array may have, > 0.
  ///   - chunk: number of cells per task, > 0; nil to compute it as above.
  /// - Throws: `SlurmError.noOpenCell` without cells.
  /// - Precondition: every time is finite and not negative.
  package init(
    cellSeconds: [Double], timeLimit: TimeLimit, jobs: Int = 1,
    arraySize: Int = SlurmRequest.usualArraySize, chunk asked: Int? = nil
  ) throws(SlurmError) {
    guard let longest = cellSeconds.max() else { throw .noOpenCell }
    precondition(
      cellSeconds.allSatisfy { $0.isFinite && $0 >= 0 }, "a cell's time is \(cellSeconds)")
    precondition(
      jobs > 0 && arraySize > 0 && asked ?? 1 > 0,
      "\(jobs) jobs, array size \(arraySize), chunk \(asked ?? 1); need 1")
    let count = cellSeconds.count
    let limit = Double(timeLimit.seconds)
    let usable = Self.usableShare * limit
    let mean = cellSeconds.reduce(0, +) / Double(count)
    // More rounds than cells are useless, and a mean of 0 would give infinitely many.
    let rounds = max(1, min(Double(count), (min(Self.worthwhile, usable) / mean).rounded(.down)))
    let wanted = min(count, asked ?? jobs * Int(rounds))
    let needed = (count + arraySize - 1) / arraySize
    let chunk = max(wanted, needed)
    cells = count
    cellsPerTask = chunk
    tasks = (count + chunk - 1) / chunk
    taskSeconds = Double((chunk + jobs - 1) / jobs) * mean
    longestCell = longest
    acceptingSeconds = Int(max(1, (0.9 * limit - longest).rounded(.down)))
    var warnings: [Warning] = []
    if longest > usable {
      warnings.append(.longCell(seconds: longest, limit: timeLimit.seconds))
    }
    if chunk > wanted, taskSeconds > usable {
      warnings.append(
        .fullTasks(seconds: taskSeconds, limit: timeLimit.seconds, arraySize: arraySize))
    }
    self.warnings = warnings
  }

  /// Plans the array of a request.
  package init(
    cellSeconds: [Double], _ request: SlurmRequest, chunk: Int? = nil
  ) throws(SlurmError) {
    try self.init(
      cellSeconds: cellSeconds, timeLimit: request.timeLimit, jobs: request.cores,
      arraySize: request.maximumArraySize, chunk: chunk)
  }
}

extension SlurmPlan: CustomStringConvertible {
  /// The plan on one line, and one line per warning.
  package var description: String {
    let head =
      "\(number(cells, "open cell")) in \(number(tasks, "task")) of \(cellsPerTask), about "
      + "\(minutes(taskSeconds)) each; "
      + "the longest cell takes \(minutes(longestCell))"
    return ([head] + warnings.map(\.description)).joined(separator: "\n")
  }
}

extension SlurmPlan.Warning: CustomStringConvertible {
  package var description: String {
    switch self {
    case .longCell(let seconds, let limit):
      """
      a cell takes \(minutes(seconds)), more than 80 % of the limit of \(minutes(Double(limit))): \
      it will \
      be checkpointed, requeued and continued
      """
    case .fullTasks(let seconds, let limit, let arraySize):
      """
      an array may have \(arraySize) tasks, so each has \(minutes(seconds)) to do, more than 80 % \
      of the \
      limit of \(minutes(Double(limit))): tasks will be requeued until all cells are done; a \
      longer limit \
      or more cores spare that
      """
    }
  }
}

private func number(_ count: Int, _ noun: String) -> String {
  "\(count) \(noun)\(count == 1 ? "" : "s")"
}

/// A time in minutes, or in seconds below two minutes.
private func minutes(_ time: Double) -> String {
  let seconds = min(time, 1e12)
  return seconds < 120 ? "\(Int(seconds.rounded())) s" : "\(Int((seconds / 60).rounded())) min"
}
