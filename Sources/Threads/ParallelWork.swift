// Divides work among threads: parts of a list, or parts of one operation. No other code starts
// threads to compute. Results have the same bits for any number of threads.
import Foundation
import Synchronization

/// The number of threads that run at the same time on this machine.
package var processorCount: Int { ProcessInfo.processInfo.activeProcessorCount }

/// Returns `body(0) … body(count - 1)`, in order, computed by up to `threads` threads. The results
/// do not depend on the number of threads if `body` depends only on its index.
///
/// - Throws: the error with the least index. With one thread, the parts after it are not computed.
package func parallelMap<Element, Failure: Error>(
  count: Int, threads: Int, _ body: (Int) throws(Failure) -> Element
) throws(Failure) -> [Element] {
  var elements: [Element] = []
  elements.reserveCapacity(max(count, 0))
  guard threads > 1, count > 1 else {
    for index in stride(from: 0, to: count, by: 1) { elements.append(try body(index)) }
    return elements
  }
  var results = [Result<Element, Failure>?](repeating: nil, count: count)
  results.withUnsafeMutableBufferPointer { slots in
    // Each part writes only to its own slot.
    parallel(count, threads: threads) { index in
      slots[index] = Result { () throws(Failure) in try body(index) }
    }
  }
  for result in results {
    if let result { elements.append(try result.get()) }
  }
  return elements
}

/// Calls `body(0) … body(count - 1)` on up to `threads` threads. A thread takes the next part when
/// it finishes one. The parts must write to different places.
package func parallel(_ count: Int, threads: Int, _ body: (Int) -> Void) {
  parallel(0, then: count, threads: threads, body)
}

/// Calls `body(0) … body(first - 1)` as `parallel` does. After all of these it calls
/// `body(first) … body(first + second - 1)`, which may read what the first calls wrote. The threads
/// do not sleep in between.
package func parallel(_ first: Int, then second: Int, threads: Int, _ body: (Int) -> Void) {
  let count = first + second
  guard threads > 1, count > 1 else { return (0..<count).forEach(body) }
  let parts = PartCounts()
  Helpers.shared.run(with: min(threads, max(first, second)) - 1) {
    while true {
      let index = parts.next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < count else { return }
      if index >= first {
        // The parts we wait for are running on other threads.
        while parts.done.load(ordering: .acquiring) < first { sched_yield() }
      }
      body(index)
      if index < first { parts.done.wrappingAdd(1, ordering: .releasing) }
    }
  }
}

/// Calls `body` with successive ranges of up to `size` from `0 ..< count`, on up to `threads`
/// threads.
package func parallel(
  _ count: Int, by size: Int, threads: Int, _ body: (Range<Int>) -> Void
) {
  parallel((count + size - 1) / size, threads: threads) { part in
    body(part * size..<min((part + 1) * size, count))
  }
}

/// The number of parts taken, and the number of finished parts of the first kind.
private final class PartCounts: Sendable {
  let next = Atomic(0)
  let done = Atomic(0)
}
