// Property: every derivative rule agrees with central differences. Control: a wrong rule does not.
import Autograd
import Randomness
import Tensors
import Testing

private func random(_ shape: [Int], _ name: String, scale: Double = 1) -> Tensor {
  var stream = RandomStream(seed: 11).split(name)
  return Tensor(
    shape: shape,
    values: (0..<shape.reduce(1, *)).map { _ in Float(scale * stream.normal()) })
}

private struct Operation: Sendable, CustomTestStringConvertible {
  let name: String
  let shapes: [[Int]]
  let apply: @Sendable (Tape, [Variable]) -> Variable
  var testDescription: String { name }
}

private let sequences = Ragged([5, 1, 7])

/// The weights are small, so that attention does not fall on one frame alone.
private func frameAttention(_ tape: Tape, _ inputs: [Variable], heads: Int) -> Variable {
  let weights = inputs.dropFirst().map { tape.scaled($0, by: 0.3) }
  return tape.frameAttention(
    inputs[0], sequences,
    FrameAttentionWeights(
      projection: weights[0], projectionBias: weights[1], output: weights[2],
      outputBias: weights[3], query: weights[4], heads: heads)
  ).stacked
}

private let operations = [
  Operation(name: "sum", shapes: [[3, 4], [3, 4]]) { $0.sum($1[0], $1[1]) },
  Operation(name: "sum of a value with itself", shapes: [[3, 4]]) { $0.sum($1[0], $1[0]) },
  Operation(name: "scaled", shapes: [[3, 4]]) { $0.scaled($1[0], by: -1.5) },
  Operation(name: "mean of two", shapes: [[3, 4], [3, 4]]) { $0.mean($1[0], $1[1]) },
  Operation(name: "gelu", shapes: [[5, 7]]) { $0.gelu($1[0]) },
  Operation(name: "dropout", shapes: [[5, 7]]) { $0.dropout($1[0], rate: 0.4, seed: 3) },
  Operation(name: "affine", shapes: [[3, 4], [4, 5], [5]]) {
    $0.affine($1[0], weight: $1[1], bias: $1[2])
  },
  Operation(name: "affine without bias", shapes: [[3, 4], [4, 1]]) {
    $0.affine($1[0], weight: $1[1], bias: nil)
  },
  Operation(name: "layer norm", shapes: [[3, 6], [6], [6]]) {
    $0.layerNorm($1[0], gain: $1[1], bias: $1[2])
  },
  Operation(name: "convolution", shapes: [[13, 3], [9, 4], [4]]) {
    $0.convolution($1[0], sequences, weight: $1[1], bias: $1[2], stride: 1).0
  },
  Operation(name: "strided convolution", shapes: [[13, 2], [10, 3], [3]]) {
    $0.convolution($1[0], sequences, weight: $1[1], bias: $1[2], stride: 2).0
  },
  Operation(name: "rows", shapes: [[5, 3]]) { $0.rows($1[0], 1..<4) },
  Operation(
    name: "frame-level attention", shapes: [[13, 6], [6, 18], [18], [6, 6], [6], [6, 1]]
  ) { frameAttention($0, $1, heads: 2) },
  Operation(
    name: "frame-level attention of a wide head",
    shapes: [[13, 18], [18, 54], [54], [18, 18], [18], [18, 1]]
  ) { frameAttention($0, $1, heads: 1) },
  Operation(name: "softmax within sequences", shapes: [[13, 1]]) {
    $0.softmax($1[0], within: sequences)
  },
  Operation(name: "weighted sum", shapes: [[13, 3], [13, 1]]) {
    $0.weightedSum($1[0], weights: $1[1], within: sequences)
  },
  Operation(name: "mean within sequences", shapes: [[13, 3]]) {
    $0.mean($1[0], within: sequences)
  },
  Operation(name: "maximum within sequences", shapes: [[13, 3]]) {
    $0.maximum($1[0], within: sequences)
  },
]

@Suite struct `A derivative rule` {
  @Test(arguments: operations)
  private func `agrees with central differences`(operation: Operation) {
    let inputs = operation.shapes.enumerated().map { random($1, "\(operation.name) \($0)") }
    let worst = worstGradientDisagreement(at: inputs, of: operation.apply)
    #expect(worst.relative < 5e-3, "\(worst)")
  }

  @Test func `agrees for relu away from its corner`() {
    let input = Tensor(shape: [4], values: [-2, -0.5, 0.5, 2])
    let worst = worstGradientDisagreement(at: [input]) { $0.relu($1[0]) }
    #expect(worst.relative < 1e-3, "\(worst)")
  }

  @Test func `is found out when it is wrong`() {
    let worst = worstGradientDisagreement(at: [random([3, 4], "wrong")]) { tape, inputs in
      tape.record(inputs[0].value.scaled(by: 2), from: inputs) { dOutput, gradients in
        gradients.add(dOutput.scaled(by: 2.1), to: inputs[0])
      }
    }
    #expect(worst.relative > 0.04)
  }

  @Test func `is found out when it forgets an input`() {
    let inputs = [random([3, 4], "a"), random([3, 4], "b")]
    let worst = worstGradientDisagreement(at: inputs) { tape, inputs in
      tape.record(inputs[0].value + inputs[1].value, from: inputs) { dOutput, gradients in
        gradients.add(dOutput, to: inputs[0])
      }
    }
    #expect(worst.input == 1 && worst.relative > 0.9)
  }
}

@Suite struct `A tape` {
  @Test func `frees everything when it is dropped without a backward pass`() {
    final class Witness {}
    weak var witness: Witness?
    weak var dropped: Tape?
    do {
      let tape = Tape()
      let held = Witness()
      witness = held
      dropped = tape
      let x = tape.variable(.zeros([2, 2]))
      let y = tape.record(x.value, from: [x]) { [held] dOutput, gradients in
        _ = held
        gradients.add(dOutput, to: x)
      }
      _ = tape.sum(y, y)
    }
    #expect(witness == nil && dropped == nil)
  }

  @Test func `records nothing for constants`() {
    let tape = Tape()
    let constant = Variable(constant: .zeros([2, 2]))
    #expect(!tape.gelu(constant).isDifferentiated)
    #expect(tape.gelu(tape.variable(.zeros([2, 2]))).isDifferentiated)
  }

  @Test func `adds up the gradients of all uses of a value`() {
    let tape = Tape()
    let x = tape.variable(.full([1], 3))
    let y = tape.sum(tape.scaled(x, by: 2), tape.sum(x, x))
    let gradients = tape.gradients(of: [(y, .full([1], 1))])
    #expect(gradients[x]?.array == [4])
  }
}
