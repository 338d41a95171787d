// The work itself: threads of this process claim cells, beside any number of other processes on any
// number of machines that do the same.
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
  /// Cells side by side.
  package var jobs = 1
  /// Cores that they share.
  package var cores = ProcessInfo.processInfo.activeProcessorCount
  /// How long a claim of another machine may be silent until it is taken over, s.
  package var lease = 120.0
  /// Whether to stay until nobody is on any cell any more; else until others are seen to be alive
  /// on them.
  package var staysToTheEnd = true
  /// No new cell is begun after that many seconds.
  package var seconds = Double.infinity
  /// The one cell to run, by the name of its folder; any where nil.
  package var only: String?
  /// What a plan takes a cell to need, s, by the name of its folder: the longest go first.
  package var predicted: [String: Double] = [:]
  /// The wish of whoever started the process to stop it.
  package var interruption = Interruption()

  package init() {}
}

/// How a process learns that it should stop, and says that it has something in hand which must be
/// kept first.
package struct Interruption: Sendable {
  /// Whether cells should stop.
  package var isRequested: @Sendable () -> Bool = { false }
  /// A cell is in hand from here on, and no longer.
  package var hold: @Sendable () -> Void = {}
  package var release: @Sendable () -> Void = {}

  package init() {}
}

/// The run stopped because it was asked to. What is done is kept.
package struct RunStopped: Error, CustomStringConvertible {
  package let finished: Int
  package let left: Int

  package var description: String {
    "stopped; \(finished) cells finished, \(left) left; start it again to go on where it stopped"
  }
}

/// The cells of a run, worked off by one process.
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
  /// The names of the cells' folders, the longest cells first.
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
    // Of equal ones in the order of the experiment.
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
  /// - Throws: the first trouble that is not a cell's own: a folder that cannot be written.
  func work() throws {
    // Threads of their own: those of a pool would be taken by what the first cell does side by
    // side.
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

  /// Runs a cell, if there is one for this process. From its claim until it is handed in or given
  /// back a signal waits for it.
  private func runNext() throws -> Bool {
    options.interruption.hold()
    defer { options.interruption.release() }
    guard let claim = try next() else { return false }
    try run(claim)
    return true
  }

  /// Claims the next cell: one whose owner is gone, or the longest open one. Waits where others are
  /// on the last ones, who may yet fall.
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
      // Whoever took the cell over goes on with it.
      guard claim.isHeld else { return }
      switch error {
      case is TrainingStopped: try claim.release()
      case _ where isTroubleOfDisk(error):
        // No fault of the cell's: it waits for a disk that can be written and read.
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

/// Says when a long epoch should be kept on the way.
private final class Saver: Sendable {
  /// Seconds between two checkpoints within an epoch.
  private static let pause = 300.0
  private let last = Mutex(ContinuousClock.now)

  /// Whether so much time has passed that the state should be kept; starts anew when it has.
  var isDue: Bool {
    last.withLock { last in
      guard ContinuousClock.now - last >= .seconds(Self.pause) else { return false }
      last = .now
      return true
    }
  }

  func restart() { last.withLock { $0 = .now } }
}
