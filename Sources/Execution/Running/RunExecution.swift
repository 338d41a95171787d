// Runs an experiment from its folder to its results, alone or with other processes.
import Surroundings
import Cells
import Files
import Foundation
import Queueing
package import Runs
import Settings
import Training

extension ExperimentRun {
  /// Prepares the run, trains every unfinished cell, and stores what the report needs.
  ///
  /// A cell that fails stores its reason, and the others continue. The numbers do not depend on the
  /// options.
  ///
  /// - Parameters:
  ///   - retryFailed: whether to try failed cells again.
  ///   - retrain: see `layOut`.
  /// - Throws: an error that keeps any cell from starting; `RunStopped` on request.
  /// - Returns: all failed cells with their reasons, including earlier ones.
  package func run(
    _ options: WorkOptions, retryFailed: Bool = false, retrain: Bool = false,
    watch: @escaping @Sendable (RunEvent) -> Void
  ) throws -> [(cell: Cell, reason: String)] {
    try layOut(retryFailed: retryFailed, retrain: retrain)
    let pending = try pending()
    let prepared = try prepared(
      for: pending, threads: max(options.jobs, options.cores), watch: watch)
    let cells = try trainings()
    let waiting = Set(pending.map(\.hash))
    let settled = cells.filter { !waiting.contains($0.hash) }
    watch(
      .started(
        cells: cells.count, epochs: cells.reduce(0) { $0 + $1.epochs },
        finished: settled.count { failure(of: $0) == nil }))
    for cell in settled {
      if let reason = failure(of: cell) {
        watch(.failed(cell, reason: reason + " (before; --retry-failed tries it again)"))
      } else {
        watch(.finished(cell, epochs: cell.epochs, reused: true))
      }
    }
    if let prepared { try work(pending, prepared, options, watch: watch) }
    try recordExamples(prepared, watch: watch)
    return try failures()
  }

  /// Takes part in a prepared run: claims cells until none is left for this process.
  ///
  /// - Returns: the cells of this process that failed, with their reasons.
  @discardableResult package func takePart(
    _ options: WorkOptions, watch: @escaping @Sendable (RunEvent) -> Void
  ) throws -> [(cell: Cell, reason: String)] {
    try requireOwnFolders(of: folder)
    var cells = try pending()
    if let only = options.only { cells = cells.filter { $0.folderName == only } }
    watch(
      .started(
        cells: cells.count, epochs: cells.reduce(0) { $0 + $1.epochs }, finished: 0))
    if !cells.isEmpty {
      let prepared = try preparedCorpora(
        for: cells, threads: max(options.jobs, options.cores), watch: watch)
      try work(cells, prepared, options, watch: watch)
    }
    let taken = Set(cells.map(\.hash))
    return try failures().filter { taken.contains($0.cell.hash) }
  }

  private func work(
    _ cells: [Cell], _ prepared: PreparedCorpora, _ options: WorkOptions,
    watch: @escaping @Sendable (RunEvent) -> Void
  ) throws {
    var options = options
    let plan = try? RunPlan(ofRun: folder, for: experiment)
    for cell in cells where options.predicted[cell.folderName] == nil {
      options.predicted[cell.folderName] = plan?.seconds(of: cell)
    }
    let needed = cells.compactMap { plan?.memory(of: $0) }.max()
    let available = availableMemory()
    let fitting = jobs(options.jobs, needing: needed, of: available)
    // A machine with too little memory may swap. A limit of the process ends it.
    if let needed, let left = addressSpaceLeft, left < needed {
      throw RunError.memoryLimit(needed: needed, left: left)
    }
    if fitting < options.jobs, let needed {
      watch(
        .limited(
          jobs: fitting, asked: options.jobs,
          reason: "a cell may need \(sizeText(needed)), and \(sizeText(available)) are free"))
      options.jobs = fitting
    }
    let work = CellWork(self, cells, prepared, options, watch: watch)
    try work.work()
    try RunCost(peakMemory: RunCost.current.peakMemory, savings: prepared.savings)
      .write(to: folder)
    if let savings = prepared.savings { watch(.framesCached(savings)) }
    if options.interruption.isRequested() {
      let left = try pending().count
      throw RunStopped(finished: try trainings().count - left, left: left)
    }
  }
}
