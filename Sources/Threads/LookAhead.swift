// Makes values on a thread of its own while its owner uses earlier ones.
import Dispatch
import Foundation
import Synchronization

/// A series of values that a second thread makes ahead of their use.
///
/// The values are made in groups. While the owner takes the values of one group, the thread makes
/// the next. It never goes further ahead, so at most two groups are in memory.
///
/// If the system has no thread to spare, the owner makes each group itself when it needs it. The
/// values are the same.
package final class LookAhead<Value: Sendable>: Sendable {
  private let shared: Shared
  /// The thread; nil if none could start, or after `stop`.
  private let thread: Mutex<pthread_t?>

  /// Starts to make the first group.
  ///
  /// - Parameters:
  ///   - onThread: false to make each group on the owner's thread when it is needed.
  ///   - make: returns the next group. Nil or an empty group ends the series. It is called on one
  ///     thread at a time. `isStopped` tells it that nobody wants its result any more.
  package init(
    onThread: Bool = true, _ make: @escaping @Sendable (_ isStopped: () -> Bool) -> [Value]?
  ) {
    let shared = Shared(make)
    self.shared = shared
    thread = Mutex(onThread ? shared.start() : nil)
  }

  deinit { stop() }

  /// Returns the next value, or nil after the last one. Waits for it if it is not yet made.
  package func next() -> Value? {
    if thread.withLock({ $0 == nil }) { return shared.nextOnThisThread() }
    return shared.next()
  }

  /// Stops the thread and waits until it has ended. Values that were not taken are dropped.
  package func stop() {
    thread.withLock { thread in
      guard let running = thread else { return }
      shared.stop()
      pthread_join(running, nil)
      thread = nil
    }
    shared.drop()
  }

  /// What the owner and the thread share.
  private final class Shared: Sendable {
    private struct State {
      /// The group in use, last value first, and the one after it.
      var current: [Value] = []
      var following: [Value]?
      /// Whether no group follows those above.
      var isOver = false
      var isStopped = false
    }
    private let state = Mutex(State())
    private let make: @Sendable (_ isStopped: () -> Bool) -> [Value]?
    /// Signalled when the thread may make a group, and when it has made one.
    private let wanted = DispatchSemaphore(value: 0)
    private let made = DispatchSemaphore(value: 0)

    init(_ make: @escaping @Sendable (_ isStopped: () -> Bool) -> [Value]?) { self.make = make }

    func start() -> pthread_t? {
      let thread = startThread(ThreadBody { [self] in work() })
      if thread != nil { wanted.signal() }
      return thread
    }

    private var isStopped: Bool { state.withLock { $0.isStopped } }

    private func work() {
      while true {
        wanted.wait()
        guard !isStopped else { return }
        let group = make { isStopped } ?? []
        state.withLock { state in
          state.following = group
          state.isOver = group.isEmpty
        }
        made.signal()
        if group.isEmpty { return }
      }
    }

    func next() -> Value? {
      while true {
        let (value, isOver) = state.withLock { ($0.current.popLast(), $0.isOver) }
        if let value { return value }
        if isOver { return nil }
        made.wait()
        let goesOn = state.withLock { state in
          state.current = (state.following ?? []).reversed()
          state.following = nil
          return !state.current.isEmpty
        }
        guard goesOn else { return nil }
        wanted.signal()
      }
    }

    func nextOnThisThread() -> Value? {
      if let value = state.withLock({ $0.current.popLast() }) { return value }
      guard state.withLock({ !$0.isOver && !$0.isStopped }) else { return nil }
      let group = make { false } ?? []
      return state.withLock { state in
        state.isOver = group.isEmpty
        state.current = group.reversed()
        return state.current.popLast()
      }
    }

    func stop() {
      state.withLock { $0.isStopped = true }
      wanted.signal()
    }

    /// Drops all values and ends the series.
    func drop() {
      state.withLock { state in
        (state.current, state.following) = ([], nil)
        (state.isOver, state.isStopped) = (true, true)
      }
    }
  }
}

/// What a thread runs. A C function cannot carry a generic type, so it carries this.
private final class ThreadBody: Sendable {
  let run: @Sendable () -> Void

  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// Starts a thread, if the system has one to spare. The caller must join it.
private func startThread(_ body: ThreadBody) -> pthread_t? {
  var thread = pthread_t()
  let held = Unmanaged.passRetained(body)
  let started = pthread_create(
    &thread, nil,
    { held in
      if let held { Unmanaged<ThreadBody>.fromOpaque(held).takeRetainedValue().run() }
      return nil
    }, held.toOpaque())
  guard started == 0 else {
    held.release()
    return nil
  }
  return thread
}
