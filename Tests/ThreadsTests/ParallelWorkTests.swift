// Property: every part runs once, in the requested order.
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
}
