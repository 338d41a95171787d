// Oracle: the vectorised kernels beside plain Swift that says the same.
import Autograd
import Foundation
import Randomness
import TestSupport
import Tensors
import Testing

private func random(_ shape: [Int], _ name: String) -> Tensor {
  var stream = RandomStream(seed: 5).split(name)
  return Tensor(
    shape: shape, values: (0..<shape.reduce(1, *)).map { _ in Float(stream.normal()) })
}

private func tape() -> Tape { Tape(recording: false) }

@Suite struct `A vectorised kernel` {
  @Test func `computes GELU as erf does, tails included`() {
    let x = Tensor(shape: [4001], values: (0...4000).map { Float($0 - 2000) / 100 })
    let expected = x.array.map { 0.5 * Double($0) * (1 + erf(Double($0) / 2.0.squareRoot())) }
    expectClose(
      tape().gelu(Variable(constant: x)).value.array.map(Double.init), expected,
      relative: 1e-5, absolute: 3e-6)
  }

  @Test func `normalises rows as two plain passes do`() {
    let (x, gain, bias) = (random([7, 33], "x"), random([33], "gain"), random([33], "bias"))
    var expected: [Double] = []
    for row in 0..<7 {
      let values = x.array[row * 33..<(row + 1) * 33].map(Double.init)
      let mean = values.reduce(0, +) / 33
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 33
      for (c, value) in values.enumerated() {
        expected.append(
          (value - mean) / (variance + 1e-5).squareRoot() * Double(gain.array[c])
            + Double(bias.array[c]))
      }
    }
    let actual = tape().layerNorm(
      Variable(constant: x), gain: Variable(constant: gain), bias: Variable(constant: bias))
    expectClose(actual.value.array.map(Double.init), expected, relative: 1e-4, absolute: 1e-5)
  }

  @Test(arguments: [(1, 1), (5, 1), (5, 2), (3, 3)])
  func `convolves as the definition says`(taps: Int, stride: Int) {
    let sequences = Ragged([6, 1, 9])
    let (inputs, outputs) = (3, 4)
    let x = random([16, inputs], "x")
    let weight = random([taps * inputs, outputs], "w")
    let bias = random([outputs], "b")
    let (actual, shorter) = tape().convolution(
      Variable(constant: x), sequences, weight: Variable(constant: weight),
      bias: Variable(constant: bias), stride: stride)
    var expected: [Double] = []
    for s in 0..<sequences.count {
      let length = sequences.lengths[s]
      #expect(shorter.lengths[s] == (length - 1) / stride + 1)
      for t in 0..<(length - 1) / stride + 1 {
        for o in 0..<outputs {
          var sum = Double(bias.array[o])
          for k in 0..<taps {
            let frame = t * stride + k - (taps - 1) / 2
            guard (0..<length).contains(frame) else { continue }
            for i in 0..<inputs {
              sum +=
                Double(x.array[(sequences.offsets[s] + frame) * inputs + i])
                * Double(weight.array[(k * inputs + i) * outputs + o])
            }
          }
          expected.append(sum)
        }
      }
    }
    expectClose(actual.value.array.map(Double.init), expected, relative: 1e-4, absolute: 1e-5)
  }

  @Test func `attends as the definition says`() {
    let (sequences, heads, e) = (Ragged([4, 1, 6]), 3, 2)
    let d = heads * e
    let x = random([11, 3 * d], "qkv")
    var expected = [Double](repeating: 0, count: 11 * d)
    for s in 0..<sequences.count {
      let rows = sequences.offsets[s]..<sequences.offsets[s + 1]
      for (t, h) in rows.flatMap({ t in (0..<heads).map { (t, $0) } }) {
        func at(_ row: Int, _ part: Int, _ f: Int) -> Double {
          Double(x.array[row * 3 * d + part * d + h * e + f])
        }
        let scores = rows.map { j in
          (0..<e).reduce(0.0) { $0 + at(t, 0, $1) * at(j, 1, $1) } / Double(e).squareRoot()
        }
        let total = scores.reduce(0) { $0 + exp($1) }
        for (j, score) in zip(rows, scores) {
          for f in 0..<e { expected[t * d + h * e + f] += exp(score) / total * at(j, 2, f) }
        }
      }
    }
    let actual = tape().attention(Variable(constant: x), sequences, heads: heads)
    expectClose(actual.value.array.map(Double.init), expected, relative: 1e-4, absolute: 1e-5)
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
