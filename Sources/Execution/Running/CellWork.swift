// Trains cells: threads of this process claim cells, alongside any number of other processes on any
// number of machines.
import Cells
import Dispatch
import Experiments
import Files
import Foundation
import Queueing
import Runs
import Settings
import Synchronization
import Training

/// How a process takes part in a run.
package struct WorkOptions: Sendable {
  /// Number of parallel cells.
  package var jobs = 1
  /// Number of cores that they share.
  package var cores = ProcessInfo.processInfo.activeProcessorCount
  /// How long another machine's claim may be silent before it is taken over, in seconds.
  package var lease = 120.0
  /// Whether to stay until nobody holds a cell. Otherwise, until the holders of the last cells are
  /// seen alive.
  package var staysToTheEnd = true
  /// No new cell is started after this many seconds.
  package var seconds = Double.infinity
  /// The folder name of the only cell to run; nil for all.
  package var only: String?
  /// The planned seconds of each cell by folder name. The longest cells go first.
  package var predicted: [String: Double] = [:]
  /// Requests to stop the process.
  package var interruption = Interruption()

  package init() {}
}

/// Tells a process to stop, and lets it finish saving first.
package struct Interruption: Sendable {
  /// Whether cells should stop.
  package var isRequested: @Sendable () -> Bool = { false }
  /// Mark the start and the end of work that must be saved before the process stops.
  package var hold: @Sendable () -> Void = {}
  package var release: @Sendable () -> Void = {}

  package init() {}
}

/// The run stopped on request. Finished work is kept.
package struct RunStopped: Error, CustomStringConvertible {
  package let finished: Int
  package let left: Int

  package var description: String {
    "stopped; \(finished) cells finished, \(left) left; run the same command to resume"
  }
}

/// The cells of a run, processed by one process.
final class CellWork: Sendable {
  private let run: ExperimentRun
  private let cells: [String: Cell]
  private let prepared: PreparedCorpora
  private let options: WorkOptions
  private let watch: @Sendable (RunEvent) -> Void

  private let queue: WorkQueue
  private let claimant = Claimant.current()
  private let heartbeat: Heartbeat
  private let share: CoreShare
  /// Folder names of the cells, longest cells first.
  private let order: [String]
  private let names: Set<String>
  private let others: Mutex<ClaimWatch>
  private let problem = Mutex<(any Error)?>(nil)
  private let deadline: ContinuousClock.Instant?

  init(
    _ run: ExperimentRun, _ cells: [Cell], _ prepared: PreparedCorpora, _ options: WorkOptions,
    watch: @escaping @Sendable (RunEvent) -> Void
  ) {
    self.run = run
    self.cells = Dictionary(uniqueKeysWithValues: cells.map { ($0.folderName, $0) })
    self.prepared = prepared
    self.options = options
    self.watch = watch
    queue = run.queue
    heartbeat = Heartbeat(interval: min(5, options.lease / 8))
    share = CoreShare(cores: options.cores)
    names = Set(cells.map(\.folderName))
    // Equally long cells keep the experiment's order.
    order = cells.map(\.folderName).enumerated().sorted { a, b in
      let (x, y) = (options.predicted[a.element] ?? 0, options.predicted[b.element] ?? 0)
      return x != y ? x > y : a.offset < b.offset
    }.map(\.element)
    others = Mutex(ClaimWatch(queue, lease: options.lease))
    deadline =
      options.seconds < 1e9 ? ContinuousClock.now + .seconds(max(0, options.seconds)) : nil
  }

  /// Works until nothing is left for this process.
  ///
  /// - Throws: the first error that is not a cell's own, such as a folder that cannot be written.
  func work() throws {
    // Separate threads: the first cell's parallel work would occupy those of a pool.
    let group = DispatchGroup()
    for _ in 0..<options.jobs {
      group.enter()
      Thread.detachNewThread { [self] in
        defer { group.leave() }
        do {
          while try runNext() {}
        } catch {
          problem.withLock { $0 = $0 ?? error }
        }
      }
    }
    group.wait()
    if let error = problem.withLock({ $0 }) { throw error }
  }

  private var isOver: Bool {
    options.interruption.isRequested() || problem.withLock { $0 != nil }
      || deadline.map { ContinuousClock.now >= $0 } ?? false
  }

  /// Runs a cell, if there is one for this process. From its claim until it is published or
  /// released, signals are held back.
  private func runNext() throws -> Bool {
    options.interruption.hold()
    defer { options.interruption.release() }
    guard let claim = try next() else { return false }
    try run(claim)
    return true
  }

  /// Claims the next cell: one whose owner is gone, or the longest open one. Waits while others
  /// hold the last cells, because they may still fail.
  private func next() throws -> Claim? {
    var hasTold = false
    while !isOver {
      let attempt = try others.withLock { try $0.claimNext(of: order, names, by: claimant) }
      if let claim = attempt.claim { return claim }
      let (seen, own) = (attempt.seen, claimant.token)
      let (alive, unsure) = (seen.alive.filter { $0.token != own }, seen.unsure)
      let waits = options.staysToTheEnd ? !(alive + unsure).isEmpty : !unsure.isEmpty
      guard waits || !seen.abandoned.isEmpty else { return nil }
      if !hasTold {
        let titles = (alive + unsure).map { $0.claimant?.title ?? $0.token }
        watch(.waiting(others: Set(titles).sorted()))
        hasTold = true
      }
      Thread.sleep(forTimeInterval: min(1, options.lease / 20))
    }
    return nil
  }

  private func run(_ claim: Claim) throws {
    guard let cell = cells[claim.name] else { return }
    share.enter()
    heartbeat.begin(claim)
    defer {
      heartbeat.end(claim)
      share.leave()
    }
    try settle(claim, CellFolder(path: claim.path, cell: cell))
  }

  private func settle(_ claim: Claim, _ folder: CellFolder) throws {
    do {
      try train(folder)
      heartbeat.end(claim)
      try publish(claim, folder)
    } catch {
      heartbeat.end(claim)
      // The process that took the cell over continues it.
      guard claim.isHeld else { return }
      switch error {
      case is TrainingStopped: try claim.release()
      case _ where isTroubleOfDisk(error):
        // Not the cell's fault: it waits for a working disk.
        _ = try? claim.release()
        throw error
      default:
        let settings = folder.cell.identity.settings
        let reason = (error as? TrainingError)?.description(under: settings) ?? "\(error)"
        try folder.fail(reason)
        try claim.fail()
        watch(.failed(folder.cell, reason: reason))
      }
    }
  }

  private func train(_ folder: CellFolder) throws {
    let identity = folder.cell.identity
    guard let corpus = run.corpora.first(where: { $0.corpus == identity.corpus }) else {
      return
    }
    let choice = run.experiment.protocolSettings
    let scoresTest = choice.evaluateOn == .test
    let (share, watch, stops) = (share, watch, options.interruption.isRequested)
    let saver = Saver()
    try folder.run(
      try prepared[corpus.corpus, identity.settings], folds: corpus.foldNames.count,
      CellConduct(
        ledger: scoresTest ? TestLedger(run: run.folder, writer: claimant.token) : nil,
        watchesEpochs: scoresTest && choice.testTrajectory, threads: { share.threads },
        pause: { stops() ? .stop : saver.isDue ? .keep : .none },
        afterEpoch: { record in
          saver.restart()
          watch(.epoch(folder.cell, record))
        }))
  }

  private func publish(_ claim: Claim, _ folder: CellFolder) throws {
    try folder.tidy()
    switch try claim.publish() {
    case .published:
      try run.inventory.enter("cells/" + folder.cell.folderName)
      watch(.finished(folder.cell, epochs: 0, reused: false))
    case .lost: break
    case .alreadyThere:
      let there = CellFolder(run: run.folder, cell: folder.cell)
      if there.isIntact {
        try claim.discard()
      } else {
        try setAside(there.path, of: run.folder)
        _ = try claim.publish()
      }
      try run.inventory.enter("cells/" + folder.cell.folderName)
      watch(.finished(folder.cell, epochs: 0, reused: false))
    }
  }
}

/// Decides when to save within a long epoch.
private final class Saver: Sendable {
  /// Seconds between two checkpoints within an epoch.
  private static let pause = 300.0
  private let last = Mutex(ContinuousClock.now)

  /// Whether it is time to save. If so, the clock restarts.
  var isDue: Bool {
    last.withLock { last in
      guard ContinuousClock.now - last >= .seconds(Self.pause) else { return false }
      last = .now
      return true
    }
  }

  func restart() { last.withLock { $0 = .now } }
}
