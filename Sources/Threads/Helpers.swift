// The threads that help a caller with its parts. They are plain threads of the system: libdispatch
// needs /proc and free file descriptors for its own, and ends the process where it finds none.
import Dispatch
import Foundation
import Synchronization

/// Threads that sleep until a caller shares work out. They start when they are first needed, and
/// they last as long as the process does.
///
/// A caller always works too. So its work ends even where no thread can be started, and where work
/// shares out work of its own.
final class Helpers: Sendable {
  static let shared = Helpers()

  private struct State {
    /// Work that is shared out now, the latest last.
    var open: [SharedWork] = []
    var started = 0
    /// Helpers that sleep and are not yet called.
    var asleep = 0
  }
  private let state = Mutex(State())
  private let bell = DispatchSemaphore(value: 0)

  /// Calls `task` on this thread and on up to `count` helpers, and returns when all calls have.
  /// `task` returns when no part is left for it.
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

  /// Offers work to `count` helpers, and returns how many of them must be woken.
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

  /// Lets nobody join any more, and returns whether all who had joined have left.
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

/// What one caller shares out. Its variables are read and written under the helpers' lock alone.
private final class SharedWork: @unchecked Sendable {
  /// Lies on the caller's stack, which waits for all who joined.
  private let task: UnsafePointer<() -> Void>
  let end = DispatchSemaphore(value: 0)
  /// How many helpers may still join, and how many are at work.
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
