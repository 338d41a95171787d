// Property: work in parallel keeps its order.
import Synchronization
import Testing
import Threads

@Suite struct `Work in parallel` {
  private struct Failure: Error, Equatable { let index: Int }

  @Test(arguments: [0, 1, 2, 7, 100], [1, 2, 3, 16])
  func `comes back in order, each piece done once`(count: Int, threads: Int) {
    let calls = Mutex<[Int]>([])
    let results = parallelMap(count: count, threads: threads) { index in
      calls.withLock { $0.append(index) }
      return index * index
    }
    #expect(results == (0..<count).map { $0 * $0 })
    #expect(calls.withLock { $0.sorted() } == Array(0..<count))
  }

  @Test(arguments: [1, 2, 8])
  func `throws the first error in order, whoever was faster`(threads: Int) {
    #expect(throws: Failure(index: 3)) {
      try parallelMap(count: 12, threads: threads) { index in
        if index >= 3 { throw Failure(index: index) }
        return index
      }
    }
  }
}
