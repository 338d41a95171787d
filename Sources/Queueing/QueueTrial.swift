// Tests a queue under many claimants: is each piece of work done exactly once on this file system,
// and what does a claim cost?
import Dispatch
import Files
import Foundation
import Synchronization

/// The result of testing a file system.
package struct QueueTrial: Codable, Sendable {
  package let cells: Int
  package let claimants: Int
  /// Cells that exactly one claimant published.
  package let doneOnce: Int
  /// Seconds from the first claim to the last publication.
  package let seconds: Double
  /// Seconds for one cell's claim and publication while all others claim as well: the median and
  /// the 99th percentile.
  package let median: Double
  package let ninetyNinth: Double

  /// Has `claimants` threads process `cells` empty pieces of work in a temporary folder.
  ///
  /// - Throws: `FileError.cannotWrite`.
  package init(folder: String, cells: Int, claimants: Int) throws {
    let place = "\(folder)/reprise-trial-\(UUID().uuidString)"
    let queue = WorkQueue(folder: place + "/queue", finished: place + "/cells")
    defer { try? FileManager.default.removeItem(atPath: place) }
    let names = (0..<cells).map { String(format: "cell-%06d", $0) }
    try queue.open(names)
    let all = Set(names)
    let results = Mutex<(times: [Double], names: [String], error: (any Error)?)>(([], [], nil))
    let clock = ContinuousClock()
    let start = clock.now
    // Separate threads: a pool would run only as many as there are cores.
    let group = DispatchGroup()
    for _ in 0..<claimants {
      group.enter()
      Thread.detachNewThread {
        defer { group.leave() }
        let claimant = Claimant.current()
        // Like the processes of a run, each claimant watches all others.
        var watch = ClaimWatch(queue, lease: 120)
        do {
          while true {
            let begin = clock.now
            guard
              let claim = try watch.claimNext(of: names, all, by: claimant).claim,
              try claim.publish() == .published
            else { return }
            let time = (clock.now - begin) / .seconds(1)
            results.withLock {
              $0.times.append(time)
              $0.names.append(claim.name)
            }
          }
        } catch {
          results.withLock { $0.error = $0.error ?? error }
        }
      }
    }
    group.wait()
    seconds = (clock.now - start) / .seconds(1)
    let (times, done, error) = results.withLock { ($0.times.sorted(), $0.names, $0.error) }
    if let error { throw error }
    (self.cells, self.claimants) = (cells, claimants)
    let counts = Dictionary(done.map { ($0, 1) }, uniquingKeysWith: +)
    doneOnce = names.count { counts[$0] == 1 }
    median = times.isEmpty ? 0 : times[times.count / 2]
    ninetyNinth = times.isEmpty ? 0 : times[min(times.count - 1, times.count * 99 / 100)]
  }

  /// Whether the file system is safe for a queue.
  package var passed: Bool { doneOnce == cells }

  package var text: String {
    "\(cells) cells, \(claimants) claimants: \(doneOnce) done exactly once"
      + (passed ? "" : ": RENAMES ARE NOT ATOMIC HERE")
      + String(
        format:
          """
          ; %.2f s in all, %.2f ms a cell; a claim and its publication: median %.1f ms, 99 %% \
          within %.1f ms
          """,
        seconds, 1000 * seconds / Double(max(1, cells)), 1000 * median, 1000 * ninetyNinth)
  }
}
