// Oracle: the vectorised kernels where random inputs do not lead: tails, extremes, shares.
import Autograd
import Foundation
import TestSupport
import Tensors
import Testing

private func tape() -> Tape { Tape(recording: false) }

@Suite struct `A vectorised kernel` {
  @Test func `computes GELU as erf does, tails included`() {
    let x = Tensor(shape: [4001], values: (0...4000).map { Float($0 - 2000) / 100 })
    let expected = x.array.map { 0.5 * Double($0) * (1 + erf(Double($0) / 2.0.squareRoot())) }
    expectClose(
      tape().gelu(Variable(constant: x)).value.array.map(Double.init), expected,
      relative: 1e-5, absolute: 3e-6)
  }

  @Test func `takes the softmax of extreme scores without overflow`() {
    let scores = Tensor(shape: [4, 1], values: [1e4, -1e4, 1e4, 0])
    let weights = tape().softmax(Variable(constant: scores), within: Ragged([4])).value
    expectClose(weights.array, [0.5, 0, 0.5, 0])
  }

  @Test func `drops the share that was asked for`() {
    let x = Tensor.full([100_000], 1)
    let dropped = tape().dropout(Variable(constant: x), rate: 0.3, seed: 9).value.array
    let kept = dropped.filter { $0 != 0 }
    #expect(abs(Double(kept.count) / 100_000 - 0.7) < 0.01)
    #expect(kept.allSatisfy { abs($0 - 1 / 0.7) < 1e-6 })
    let other = tape().dropout(Variable(constant: x), rate: 0.3, seed: 10).value.array
    #expect(other != dropped)
  }
}
