// Signs of life: a worker writes a growing number, which `ClaimWatch` reads.
import Files
import Foundation
import Synchronization

/// Sends signs of life for all claims of a process.
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

  /// Sends signs of life for a claim until `end`.
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

  /// Stops the signs of life for a claim. No write is pending afterwards.
  package func end(_ claim: Claim) { state.withLock { _ = $0.claims.remove(claim) } }

  /// Writes a value that differs from every earlier beat. A full disk does not end the work.
  /// Another process may then take it over, which costs time but no result.
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
