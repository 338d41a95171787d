// Ctrl-C and SIGTERM: cells in hand keep a checkpoint and are given back, all within seconds.
import Foundation
import Synchronization

/// The process's wish to stop.
package enum StopRequest {
  /// Seconds from the request until the process ends whatever is not done yet. Batch systems kill after
  /// more than that; a claim that could not be given back is taken over all the same.
  private static let patience = 8.0

  private static let signal = Atomic<Int32>(0)
  private static let inHand = Atomic(0)

  /// Whether cells should stop.
  package static var isMade: Bool { signal.load(ordering: .relaxed) != 0 }

  /// The exit code that a stopped program is expected to have: 128 and the signal's number.
  package static var exitCode: Int32 { 128 + signal.load(ordering: .relaxed) }

  /// Listens from now on. To be called before the process has other threads.
  ///
  /// While no cell is in hand there is nothing to keep, and the process ends at once; so it does when asked
  /// twice.
  package static func listen() {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM] { sigaddset(&signals, number) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    let watched = signals
    Thread.detachNewThread {
      var watched = watched
      while true {
        var number: Int32 = 0
        guard sigwait(&watched, &number) == 0 else { continue }
        let isSecond = signal.exchange(number, ordering: .relaxed) != 0
        if isSecond || inHand.load(ordering: .relaxed) == 0 { _exit(128 + number) }
        Thread.detachNewThread {
          Thread.sleep(forTimeInterval: patience)
          _exit(exitCode)
        }
      }
    }
  }

  /// Does `body` with a cell in hand.
  static func holding<Result>(_ body: () throws -> Result) rethrows -> Result {
    inHand.wrappingAdd(1, ordering: .relaxed)
    defer { inHand.wrappingSubtract(1, ordering: .relaxed) }
    return try body()
  }
}

/// The run stopped because it was asked to. What is done is kept.
package struct RunStopped: Error, CustomStringConvertible {
  package let finished: Int
  package let left: Int

  package var description: String {
    "stopped; \(finished) cells finished, \(left) left; start it again to go on where it stopped"
  }
}
