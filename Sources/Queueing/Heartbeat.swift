// Signs of life: whoever works writes a number that grows, which `ClaimWatch` reads.
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

  /// Writes what cannot be mistaken for an earlier beat. A full disk ends no work: others may then
  /// take it over, which costs time and no result.
  private func beat() {
    state.withLock { state in
      state.count += 1
      for claim in state.claims {
        let descriptor = open(
          claim.path + "/" + Self.fileName,
          O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY, 0o644)
        guard descriptor >= 0 else { continue }
        let text = "\(state.count)\n"
        _ = text.withCString { write(descriptor, $0, strlen($0)) }
        close(descriptor)
      }
    }
  }
}
