// How many tasks a grid becomes. Tasks take cells one after the other from the run's folder,
// whichever are open: the plan decides how many tasks there are and how long each takes new cells,
// not who does what.

/// A job array for the open cells of a run.
package struct SlurmPlan: Equatable, Sendable {
  /// What a user should know before submitting.
  package enum Warning: Equatable, Sendable {
    /// One cell takes more than its share of the time limit; s.
    case longCell(seconds: Double, limit: Int)
    /// The array may hold too few tasks: each has more to do than fits its share of the limit; s.
    case fullTasks(seconds: Double, limit: Int, arraySize: Int)
  }

  package let cells: Int
  /// Cells that a task does on average.
  package let cellsPerTask: Int
  package let tasks: Int
  /// Predicted time of a task that does its share, s.
  package let taskSeconds: Double
  /// Predicted time of the longest cell, s.
  package let longestCell: Double
  /// How long a task takes new cells, s: `--for`.
  package let acceptingSeconds: Int
  package let warnings: [Warning]

  /// Work that makes a task worth its start, s. Ours: starting a task, opening the run and loading
  /// its features cost some seconds, which are then below 1 %.
  package static let worthwhile = 600.0
  /// The share of the time limit that work may fill by prediction. Ours.
  package static let usableShare = 0.8

  /// Plans an array.
  ///
  ///     target = min(600, 0.8 · limit)        mean = Σ seconds / cells
  ///     chunk  = jobs · max(1, ⌊target / mean⌋), and at least ⌈cells / array size⌉
  ///     tasks  = ⌈cells / chunk⌉              for = max(1, ⌊0.9 · limit − max seconds⌋)
  ///
  /// - Parameters:
  ///   - cellSeconds: the predicted time of each open cell on one core, ≥ 0.
  ///   - jobs: cells that a task works on side by side, > 0.
  ///   - arraySize: the most tasks that an array may have, > 0.
  ///   - chunk: cells that a task should do, > 0; as computed above if nil.
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
    // More rounds than cells help nothing, and a mean of 0 would make them infinite.
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
  /// The plan in a line, and a line for each warning.
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
      be checkpointed, requeued and gone on with
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
