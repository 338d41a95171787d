// Signs of life. Whoever works writes a number that grows; whoever waits watches whether it does, by the
// watcher's own clock: what a node's clock says, and whether it goes backwards, does not matter.
import Files
import Foundation
import Synchronization

/// Beats for all claims that a process holds.
package final class Heartbeat: Sendable {
  static let fileName = "heartbeat"

  private struct State {
    var claims: Set<Claim> = []
    var count = 0
    var hasStarted = false
  }

  private let state = Mutex(State())
  /// Seconds between two beats.
  private let interval: Double

  package init(interval: Double = 5) { self.interval = interval }

  /// Beats for a claim until `end`.
  package func begin(_ claim: Claim) {
    let starts = state.withLock { state in
      state.claims.insert(claim)
      defer { state.hasStarted = true }
      return !state.hasStarted
    }
    beat()
    guard starts else { return }
    Thread.detachNewThread { [self] in
      while true {
        Thread.sleep(forTimeInterval: interval)
        beat()
      }
    }
  }

  /// Ends the beats for a claim; afterwards none is on its way.
  package func end(_ claim: Claim) { state.withLock { _ = $0.claims.remove(claim) } }

  /// Writes what cannot be mistaken for an earlier beat. A full disk ends no work: others may then take it
  /// over, which costs time and no result.
  private func beat() {
    state.withLock { state in
      state.count += 1
      for claim in state.claims {
        let descriptor = open(
          claim.path + "/" + Self.fileName, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { continue }
        let text = "\(state.count)\n"
        _ = text.withCString { write(descriptor, $0, strlen($0)) }
        close(descriptor)
      }
    }
  }
}

/// Watches the claims of others for signs of life.
package struct ClaimWatch {
  private struct Sign {
    let beat: Data?
    let since: ContinuousClock.Instant
  }

  private let queue: WorkQueue
  private var signs: [WorkQueue.Working: Sign] = [:]
  /// How long a claim may be silent, s.
  package let lease: Double

  package init(_ queue: WorkQueue, lease: Double) {
    (self.queue, self.lease) = (queue, lease)
  }

  /// What the watch knows of the claims of others.
  package struct Observation: Sendable {
    /// Their owners are gone.
    package var abandoned: [WorkQueue.Working] = []
    /// They were seen to beat, or their processes are there.
    package var alive: [WorkQueue.Working] = []
    /// Not yet watched for long enough.
    package var unsure: [WorkQueue.Working] = []
  }

  /// Looks once.
  ///
  /// - Parameter names: only claims of these.
  package mutating func look(
    _ names: Set<String>, now: ContinuousClock.Instant = .now
  ) -> Observation {
    var seen: [WorkQueue.Working: Sign] = [:]
    var observation = Observation()
    for working in queue.workers() where names.contains(working.name) {
      let path = "\(queue.workingFolder)/\(working.folderName)/\(Heartbeat.fileName)"
      let beat = FileManager.default.contents(atPath: path)
      let before = signs[working]
      let hasBeaten = before != nil && before?.beat != beat
      let sign =
        if let before, !hasBeaten { before } else { Sign(beat: beat, since: now) }
      seen[working] = sign
      if working.claimant?.hasEnded == true || now - sign.since >= .seconds(lease) {
        observation.abandoned.append(working)
      } else if hasBeaten || working.claimant?.hasEnded == false {
        observation.alive.append(working)
      } else {
        observation.unsure.append(working)
      }
    }
    signs = seen
    return observation
  }
}
