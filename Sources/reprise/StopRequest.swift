// Ctrl-C and SIGTERM: running cells save a checkpoint and are freed, within seconds.
import Execution
import Foundation
import Synchronization

/// A request to stop this process.
enum StopRequest {
  /// Seconds from the request until the process ends in any case. Batch systems wait longer before
  /// they kill. Another process can take over a cell that was not freed.
  private static let patience = 8.0

  private static let signal = Atomic<Int32>(0)
  private static let inHand = Atomic(0)
  private static let doorbell = Atomic<Int32>(-1)

  /// Whether running cells should stop.
  static var isMade: Bool { signal.load(ordering: .relaxed) != 0 }

  /// The exit code of a stopped program: 128 plus the signal's number.
  static var exitCode: Int32 { 128 + signal.load(ordering: .relaxed) }

  /// Starts to listen.
  ///
  /// The process ends at once if no cell is running, or at a second Ctrl-C. Batch systems send
  /// SIGTERM several times, so a second one changes nothing.
  static func listen() {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return }
    doorbell.store(ends[1], ordering: .relaxed)
    var signals = sigset_t()
    sigemptyset(&signals)
    // The parent process may have blocked them.
    for number in [SIGINT, SIGTERM] { sigaddset(&signals, number) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    // Any thread may get the signal, also one of a library. The handler may do no more than ring.
    for number in [SIGINT, SIGTERM] where !isIgnored(number) {
      Foundation.signal(number) { number in
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(StopRequest.doorbell.load(ordering: .relaxed), &byte, 1)
      }
    }
    let door = ends[0]
    Thread.detachNewThread {
      var byte: UInt8 = 0
      while true {
        guard read(door, &byte, 1) == 1 else { continue }
        let number = Int32(byte)
        let isFirst = signal.exchange(number, ordering: .relaxed) == 0
        if !isFirst && number == SIGINT || inHand.load(ordering: .relaxed) == 0 {
          StatusLine.closeIfFree()
          _exit(128 + number)
        }
        guard isFirst else { continue }
        Thread.detachNewThread {
          Thread.sleep(forTimeInterval: patience)
          _exit(exitCode)
        }
      }
    }
  }

  /// Whether the parent process told this one to ignore the signal, as a shell does with Ctrl-C for
  /// a program in the background.
  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    sigaction(number, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// The request, for the code that trains.
  static var interruption: Interruption {
    var interruption = Interruption()
    interruption.isRequested = { isMade }
    interruption.hold = { inHand.wrappingAdd(1, ordering: .relaxed) }
    interruption.release = { inHand.wrappingSubtract(1, ordering: .relaxed) }
    return interruption
  }
}
