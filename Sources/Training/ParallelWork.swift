// The one place where a training uses several threads.
import Dispatch

/// Returns `body(0) … body(count - 1)`, in order, computed by up to `threads` threads.
///
/// The results are the same for any number of threads as long as `body` depends on its index alone.
package func parallelMap<Element>(
  count: Int, threads: Int, _ body: (Int) throws -> Element
) throws -> [Element] {
  guard threads > 1, count > 1 else { return try (0..<count).map(body) }
  var results = [Result<Element, any Error>?](repeating: nil, count: count)
  results.withUnsafeMutableBufferPointer { slots in
    // Each iteration writes its own slot and nothing else, and `concurrentPerform` returns after
    // the last; so neither the slots nor the body, which it only calls, are ever raced for.
    nonisolated(unsafe) let slots = slots
    nonisolated(unsafe) let body = body
    let workers = min(threads, count)
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      for index in stride(from: worker, to: count, by: workers) {
        slots[index] = Result { try body(index) }
      }
    }
  }
  return try results.compactMap { try $0?.get() }
}
