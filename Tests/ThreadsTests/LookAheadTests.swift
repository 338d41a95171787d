// Property: values made ahead come once and in order, never more than a group ahead, and no thread
// is at work after the end.
import Dispatch
import Synchronization
import Testing
import Threads

/// Makes groups of numbers, and records what it was asked.
private final class Counter: Sendable {
  private let groups: [[Int]]
  private let state = Mutex((made: 0, active: 0))

  init(_ groups: [[Int]]) { self.groups = groups }

  var made: Int { state.withLock { $0.made } }
  var active: Int { state.withLock { $0.active } }

  func next() -> [Int]? {
    let index = state.withLock { state in
      state.active += 1
      state.made += 1
      return state.made - 1
    }
    defer { state.withLock { $0.active -= 1 } }
    return groups.indices.contains(index) ? groups[index] : nil
  }
}

@Suite struct `A series of values made ahead` {
  @Test(arguments: [[], [[1]], [[1, 2, 3], [4], [5, 6]], [[1], [2], [3], [4]]])
  func `comes once and in order`(groups: [[Int]]) {
    let counter = Counter(groups)
    let series = LookAhead { _ in counter.next() }
    var found: [Int] = []
    while let value = series.next() { found.append(value) }
    #expect(found == groups.flatMap(\.self))
    #expect(series.next() == nil && series.next() == nil)
    #expect(counter.made == groups.count + 1)
  }

  @Test func `is made no more than one group ahead`() {
    let counter = Counter((0..<50).map { [2 * $0, 2 * $0 + 1] })
    let series = LookAhead { _ in counter.next() }
    for index in 0..<100 {
      #expect(series.next() == index)
      // The group in use, and the one after it.
      #expect(counter.made <= index / 2 + 2)
    }
  }

  @Test(arguments: 0..<4) func `ends when it is stopped, and no thread stays at work`(taken: Int) {
    let counter = Counter((0..<50).map { [$0] })
    let series = LookAhead { _ in counter.next() }
    for index in 0..<taken { #expect(series.next() == index) }
    series.stop()
    let made = counter.made
    #expect(counter.active == 0 && made <= taken + 2)
    #expect(series.next() == nil && counter.made == made)
    series.stop()
  }

  @Test func `tells a group in the making that it is stopped`() {
    let begun = DispatchSemaphore(value: 0)
    let series = LookAhead { isStopped -> [Int]? in
      begun.signal()
      while !isStopped() {}
      return [1]
    }
    begun.wait()
    series.stop()
    #expect(series.next() == nil)
  }

  @Test func `ends its thread when nobody owns it any more`() {
    let counter = Counter([[1], [2], [3]])
    do {
      let series = LookAhead { _ in counter.next() }
      #expect(series.next() == 1)
    }
    #expect(counter.active == 0 && counter.made <= 3)
  }
}
