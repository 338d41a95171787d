// Oracle: the vectorised kernels on cases that random inputs rarely reach, such as remainders,
// extremes and shared work.
import Autograd
import Foundation
import Randomness
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

@Suite struct `An operation that does several at once` {
  func random(_ shape: [Int], _ seed: UInt64) -> Tensor {
    var stream = RandomStream(seed: seed)
    return .random(shape, &stream)
  }

  /// 77 rows are two parts of 32 and a remainder.
  @Test(arguments: [nil, 0.3], [false, true])
  func `has the bits of layer norm, GELU, sum and dropout one after the other`(
    rate: Double?, hasResidual: Bool
  ) {
    let (x, gain, bias) = (random([77, 48], 1), random([48], 2), random([48], 3))
    let tensors = [x, gain, bias] + (hasResidual ? [random([77, 48], 4)] : [])
    let seed = random([77, 48], 5)
    func found(_ body: (Tape, [Variable]) -> Variable) -> [Tensor?] {
      let tape = Tape()
      let variables = tensors.map(tape.variable)
      let output = body(tape, variables)
      let gradients = tape.gradients(of: [(output, seed)])
      return [output.value] + variables.map { gradients[$0] }
    }
    let together = found { tape, v in
      tape.normalizedActivation(
        v[0], gain: v[1], bias: v[2], residual: hasResidual ? v[3] : nil,
        dropout: rate.map { ($0, 9) })
    }
    let apart = found { tape, v in
      let activated = tape.gelu(tape.layerNorm(v[0], gain: v[1], bias: v[2]))
      let sum = hasResidual ? tape.sum(v[3], activated) : activated
      return tape.dropout(sum, rate: rate ?? 0, seed: 9)
    }
    #expect(together == apart)
    #expect(together.allSatisfy { $0 != nil })
  }

  /// The second sequence alone, and with others around it: 300 windows, more than a block.
  @Test(arguments: [1, 2, 3])
  func `convolves a sequence to the same bits whatever lies beside it`(stride: Int) {
    let lengths = [211, 13, 389]
    let (x, weight, bias) = (random([613, 9], 1), random([45, 20], 2), random([20], 3))
    func convolved(_ x: Tensor, _ lengths: [Int]) -> (Tensor, Ragged) {
      let (variable, outputs) = tape().convolution(
        Variable(constant: x), Ragged(lengths), weight: Variable(constant: weight),
        bias: Variable(constant: bias), stride: stride)
      return (variable.value, outputs)
    }
    let (together, outputs) = convolved(x, lengths)
    let (alone, _) = convolved(x.rows(211..<224), [13])
    #expect(together.rows(outputs.offsets[1]..<outputs.offsets[2]) == alone)
  }
}
