// By hand: large blocks stay in the process after they are freed, until they are returned.
import TestSupport
import Tensors
import Testing

@Suite struct `The memory of large tensors` {
  /// 27 MiB, which no other test uses.
  private let shape = [27 << 18]

  /// Marks the end of a tensor, frees it, and returns whether the next tensor of nearly its size
  /// ends with the mark: its pages are then the same and were not cleared.
  private func isUsedAgain(afterFreeing: () -> Void = {}) -> Bool {
    var first = Tensor(uninitialized: shape)
    first.withUnsafeMutableBuffer { $0[$0.count - 1] = 7 }
    first = .scalar(0)
    afterFreeing()
    // Four sizes for each doubling: half a MiB more is the same size.
    let second = Tensor(uninitialized: [shape[0] + 1 << 17])
    return second.withUnsafeBuffer { $0[shape[0] - 1] == 7 }
  }

  // Other tests allocate at the same time and can take a block away, though hardly ten times.
  @Test func `is used again, also by a tensor of nearly the same size`() {
    #expect((0..<10).contains { _ in isUsedAgain() })
  }

  @Test func `is cleared once it went back to the system`() {
    #expect(!(0..<10).contains { _ in isUsedAgain(afterFreeing: returnFreedMemory) })
  }

  @Test func `starts at a large page, and that of small tensors at a cache line`() {
    for count in [1, 1000, 1 << 20, 3 << 20, shape[0]] {
      let tensor = Tensor(uninitialized: [count])
      let place = Int(bitPattern: tensor.address)
      #expect(place % (count >= 1 << 20 ? 2 << 20 : 64) == 0)
      withExtendedLifetime(tensor) {}
    }
  }
}
