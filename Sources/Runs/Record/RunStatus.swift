// The state of a run, which anybody can read from its folder at any time.
import Evaluation
import Files
import Foundation
import Queueing
import Settings

/// The state of a cell.
package enum CellState: String, Codable, Sendable, CaseIterable {
  case open, running, finished, failed
}

/// The state of every cell of a run.
package struct RunStatus: Codable, Sendable {
  package struct Entry: Codable, Sendable {
    /// The name of the cell's folder.
    package let name: String
    package let title: String
    package let state: CellState
    package let epochs: Int
    /// Number of finished epochs of a cell that is running or was interrupted.
    package var epochsDone: Int?
    /// The current claimant, and the seconds since its last sign of life.
    package var claimant: String?
    package var silent: Double?
    /// Why it failed.
    package var reason: String?
  }

  package let run: String
  package let cells: [Entry]
  /// Hours that the rest should take the current workers, or this machine if there are none; nil
  /// without finished cells and without a plan.
  package let hoursLeft: Double?

  package func count(_ state: CellState) -> Int { cells.count { $0.state == state } }
}

extension RecordedRun {
  /// Reads the state of all trainings.
  package func status() throws -> RunStatus {
    let listing = try queue.listing()
    let (failed, working) = (
      Set(listing.failed), Dictionary(grouping: listing.working, by: \.name)
    )
    let plan = try? recordedPlan()
    var (known, left): ([String: [Double]], [(cell: Cell, share: Double)]) = ([:], [])
    let entries = trainings.map { cell -> RunStatus.Entry in
      let epochs = cell.identity.scored == nil ? cell.identity.settings.training.epochs : 0
      func entry(_ state: CellState, done: Int? = nil) -> RunStatus.Entry {
        RunStatus.Entry(
          name: cell.folderName, title: cell.title, state: state, epochs: epochs, epochsDone: done)
      }
      let finished = CellFolder(run: folder, cell: cell)
      if finished.isDone {
        let log = (try? finished.epochs()) ?? []
        known[cell.costKey, default: []].append(log.reduce(0) { $0 + $1.seconds })
        return entry(.finished)
      }
      if let claimed = working[cell.folderName]?.last {
        let place = "\(queue.workingFolder)/\(claimed.folderName)"
        let done = epochsLogged(in: place)
        left.append((cell, 1 - Double(done) / Double(max(1, epochs))))
        var running = entry(.running, done: done)
        running.claimant = claimed.claimant?.title ?? claimed.token
        running.silent = modified(place + "/heartbeat").map { max(0, -$0.timeIntervalSinceNow) }
        return running
      }
      if failed.contains(cell.folderName) {
        var entry = entry(.failed)
        entry.reason = failure(of: cell) ?? "reason not recorded"
        return entry
      }
      let done = epochsLogged(in: "\(queue.openFolder)/\(cell.folderName)")
      left.append((cell, 1 - Double(done) / Double(max(1, epochs))))
      return entry(.open, done: done > 0 ? done : nil)
    }
    let all = known.values.flatMap(\.self)
    let mean = all.isEmpty ? nil : all.reduce(0, +) / Double(all.count)
    let seconds = left.map { cell, share -> Double? in
      let own = known[cell.costKey].map { $0.reduce(0, +) / Double($0.count) }
      return (own ?? plan?.seconds(of: cell) ?? mean).map { $0 * share }
    }
    let workers = entries.count { $0.state == .running }
    let cores = workers > 0 ? workers : ProcessInfo.processInfo.activeProcessorCount
    let isKnown = seconds.allSatisfy { $0 != nil }
    return RunStatus(
      run: folder, cells: entries,
      hoursLeft: isKnown
        ? seconds.compactMap(\.self).reduce(0, +) / Double(cores) / 3600 : nil)
  }

  private func epochsLogged(in place: String) -> Int {
    (try? Data(readingFile: place + "/epochs.jsonl", mayGrow: true))?.count { $0 == 0x0a } ?? 0
  }

  private func modified(_ path: String) -> Date? {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
  }
}

extension Cell {
  /// Cells with the same key take about the same time.
  fileprivate var costKey: String {
    "\(identity.corpus) \(variant) \(isCompanion)"
  }
}

extension RunStatus {
  /// Counts, current workers and failures.
  package var text: String {
    let counts = CellState.allCases.reversed().map { "\(count($0)) \($0.rawValue)" }
    var lines = ["\(run): \(cells.count) cells: " + counts.joined(separator: ", ")]
    if let hoursLeft, count(.open) + count(.running) > 0 {
      let workers = count(.running)
      lines.append(
        "about \(duration(hoursLeft * 3600)) left, "
          + (workers > 0 ? "with the \(workers) cells that run now" : "once somebody starts"))
    }
    for cell in cells where cell.state == .running {
      let silent = cell.silent.map { ", last sign of life \(Int($0)) s ago" } ?? ""
      lines.append(
        "running  \(cell.title)  epoch \(cell.epochsDone ?? 0)/\(cell.epochs)  "
          + "\(cell.claimant ?? "")\(silent)")
    }
    for cell in cells where cell.state == .failed {
      lines.append("failed   \(cell.title)  \(cell.reason ?? "")")
    }
    if count(.failed) > 0 { lines.append("reprise run \(run) --retry-failed tries them again") }
    return lines.joined(separator: "\n")
  }
}
