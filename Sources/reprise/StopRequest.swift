// Ctrl-C and SIGTERM: cells in hand keep a checkpoint and are given back, all within seconds.
import Execution
import Foundation
import Synchronization

/// The process's wish to stop.
enum StopRequest {
  /// Seconds from the request until the process ends whatever is not done yet. Batch systems kill after
  /// more than that; a claim that could not be given back is taken over all the same.
  private static let patience = 8.0

  private static let signal = Atomic<Int32>(0)
  private static let inHand = Atomic(0)
  private static let doorbell = Atomic<Int32>(-1)

  /// Whether cells should stop.
  static var isMade: Bool { signal.load(ordering: .relaxed) != 0 }

  /// The exit code that a stopped program is expected to have: 128 and the signal's number.
  static var exitCode: Int32 { 128 + signal.load(ordering: .relaxed) }

  /// Listens from now on.
  ///
  /// While no cell is in hand there is nothing to keep, and the process ends at once; so it does at a second
  /// Ctrl-C. Batch systems send SIGTERM several times, which changes nothing.
  static func listen() {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return }
    doorbell.store(ends[1], ordering: .relaxed)
    var signals = sigset_t()
    sigemptyset(&signals)
    // Whoever started this process may have left them blocked.
    for number in [SIGINT, SIGTERM] { sigaddset(&signals, number) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    // A signal may come to any thread, those of libraries included; all that may be done there is to ring.
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
        if !isFirst, number == SIGINT { _exit(128 + number) }
        if inHand.load(ordering: .relaxed) == 0 { _exit(128 + number) }
        guard isFirst else { continue }
        Thread.detachNewThread {
          Thread.sleep(forTimeInterval: patience)
          _exit(exitCode)
        }
      }
    }
  }

  /// Whether whoever started this process wants it to go on in spite of the signal, as a shell does with Ctrl-C
  /// and a program in the background.
  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    sigaction(number, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// The wish as those see it who work.
  static var interruption: Interruption {
    var interruption = Interruption()
    interruption.isRequested = { isMade }
    interruption.hold = { inHand.wrappingAdd(1, ordering: .relaxed) }
    interruption.release = { inHand.wrappingSubtract(1, ordering: .relaxed) }
    return interruption
  }
}
