// Property: every part runs once, in the requested order.
import Dispatch
import Foundation
import Synchronization
import Testing
import Threads

@Suite struct `Work shared by threads` {
  @Test(arguments: [1, 2, 7]) func `is all done, and once`(threads: Int) {
    let done = Mutex([Int](repeating: 0, count: 23))
    parallel(23, threads: threads) { part in done.withLock { $0[part] += 1 } }
    parallel(23, by: 5, threads: threads) { part in
      done.withLock { for index in part { $0[index] += 1 } }
    }
    #expect(done.withLock { $0 } == [Int](repeating: 2, count: 23))
  }

  /// Each part of the second kind reads what all parts of the first kind wrote.
  @Test(arguments: [1, 2, 7], [(0, 9), (9, 0), (13, 17), (1, 1)])
  func `of two kinds begins the second when the first is done`(threads: Int, counts: (Int, Int)) {
    let (first, second) = counts
    for _ in 0..<10 {
      let done = Mutex((first: 0, second: 0, early: 0))
      parallel(first, then: second, threads: threads) { part in
        // The last parts of the first kind are slow, while the other threads have nothing else to
        // do.
        if part < first { usleep(part + threads < first ? 0 : 1000) }
        done.withLock {
          if part < first {
            $0.first += 1
          } else {
            $0.second += 1
            if $0.first < first { $0.early += 1 }
          }
        }
      }
      #expect(done.withLock { $0 } == (first, second, 0))
    }
  }

  @Test func `of nothing does nothing`() {
    parallel(0, threads: 2) { _ in Issue.record("called") }
    parallel(0, by: 3, threads: 2) { _ in Issue.record("called") }
  }

  /// Parts that share out work of their own must not wait for threads that wait for them.
  @Test(arguments: [2, 3, 9]) func `may share out work of its own`(threads: Int) {
    for _ in 0..<50 {
      let sums = parallelMap(count: 6, threads: threads) { outer in
        parallelMap(count: 5, threads: threads) { inner in outer * inner }.reduce(0, +)
      }
      #expect(sums == (0..<6).map { $0 * 10 })
    }
  }

  /// Threads that help one caller help another, whoever is done first.
  @Test func `comes from several callers at once`() {
    let sums = Mutex([Int](repeating: 0, count: 8))
    let callers = DispatchGroup()
    for caller in 0..<8 {
      callers.enter()
      Thread.detachNewThread {
        for _ in 0..<40 {
          let sum = parallelMap(count: 7, threads: 3) { part in part + caller }.reduce(0, +)
          sums.withLock { $0[caller] += sum }
        }
        callers.leave()
      }
    }
    callers.wait()
    #expect(sums.withLock { $0 } == (0..<8).map { 40 * (21 + 7 * $0) })
  }

  /// Another thread joins: with one alone the first part would wait for the second for ever.
  @Test func `is done by several threads`() {
    let other = DispatchSemaphore(value: 0)
    let met = Mutex([false, false])
    parallel(2, threads: 2) { part in
      if part == 0 {
        let isMet = other.wait(timeout: .now() + 60) == .success
        met.withLock { $0[0] = isMet }
      } else {
        other.signal()
        met.withLock { $0[1] = true }
      }
    }
    #expect(met.withLock { $0 } == [true, true])
  }
}
