// The threads that help a caller with its parts. They are plain system threads. libdispatch needs
// /proc and free file descriptors for its own threads, and ends the process if it finds none.
import Dispatch
import Foundation
import Synchronization

/// Threads that sleep until a caller shares work. They start when they are first needed and last as
/// long as the process.
///
/// A caller always works too. Its work therefore ends even if no thread can start, and even if
/// shared work shares work of its own.
final class Helpers: Sendable {
  static let shared = Helpers()

  private struct State {
    /// The work shared now. The latest is last.
    var open: [SharedWork] = []
    var started = 0
    /// The number of sleeping helpers that were not woken yet.
    var asleep = 0
  }
  private let state = Mutex(State())
  private let bell = DispatchSemaphore(value: 0)

  /// Calls `task` on this thread and on up to `count` helpers. Returns when all calls have
  /// returned. `task` returns when no part is left for it.
  func run(with count: Int, _ task: () -> Void) {
    withoutActuallyEscaping(task) { task in
      withUnsafePointer(to: task) { task in
        let work = SharedWork(task, seats: count)
        for _ in 0..<open(work, for: count) { bell.signal() }
        work.perform()
        if !close(work) { work.end.wait() }
      }
    }
  }

  /// Offers work to `count` helpers and returns how many of them must be woken.
  private func open(_ work: SharedWork, for count: Int) -> Int {
    state.withLock { state in
      state.open.append(work)
      let room = max(count, processorCount - 1) - state.started
      for _ in 0..<max(0, min(count - state.asleep, room)) where start() { state.started += 1 }
      let called = min(count, state.asleep)
      state.asleep -= called
      return called
    }
  }

  /// Stops further helpers from joining. Returns whether all that joined have left.
  private func close(_ work: SharedWork) -> Bool {
    state.withLock { state in
      state.open.removeAll { $0 === work }
      work.isClosed = true
      return work.guests == 0
    }
  }

  /// Starts a helper, if the system has a thread to spare.
  private func start() -> Bool {
    var thread = pthread_t()
    let started = pthread_create(&thread, nil, { _ in Helpers.shared.help() }, nil) == 0
    if started { pthread_detach(thread) }
    return started
  }

  private func help() -> Never {
    while true {
      let work = state.withLock { state -> SharedWork? in
        guard let work = state.open.last(where: { $0.seats > 0 }) else {
          state.asleep += 1
          return nil
        }
        work.seats -= 1
        work.guests += 1
        return work
      }
      guard let work else {
        bell.wait()
        continue
      }
      work.perform()
      state.withLock { _ in
        work.guests -= 1
        if work.isClosed, work.guests == 0 { work.end.signal() }
      }
    }
  }
}

/// The work that one caller shares. Its variables are accessed only under the helpers' lock.
private final class SharedWork: @unchecked Sendable {
  /// Lies on the stack of the caller, which waits for all helpers that joined.
  private let task: UnsafePointer<() -> Void>
  let end = DispatchSemaphore(value: 0)
  /// The number of helpers that may still join, and the number at work.
  var seats: Int
  var guests = 0
  var isClosed = false

  init(_ task: UnsafePointer<() -> Void>, seats: Int) {
    self.task = task
    self.seats = seats
  }

  // Not inlined: no reference to the closure outlives the call.
  @inline(never) func perform() { task.pointee() }
}
