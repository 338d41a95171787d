// Oracle: every operation of the tape and its derivative rule against plain double precision, on
// random shapes. Inputs stay away from kinks and jumps.
import Autograd
import Randomness
import TestSupport
import Tensors
import Testing

/// Distinct numbers within ±2, far enough apart and from 0 for a difference quotient.
private func distinct(_ shape: [Int], _ random: inout RandomStream) -> Tensor {
  let count = shape.reduce(1, *)
  var order = Array(0..<count)
  random.shuffle(&order)
  return Tensor(
    shape: shape, values: order.map { (Float($0) + 0.25) / Float(count) * 4 - 2 })
}

private func extents(_ random: inout RandomStream) -> (rows: Int, columns: Int) {
  (random.integer(in: 1...50), random.integer(in: 1...50))
}

private let elementwise = [
  FuzzedOperation("sum", roundings: 3) { random in
    let (n, d) = extents(&random)
    return FuzzCase(
      [.random([n, d], &random), .random([n, d], &random)], { $0.sum($1[0], $1[1]) }
    ) { zip($0[0], $0[1]).map { $0 + $1 } }
  },
  FuzzedOperation("sum with itself", roundings: 3) { random in
    let (n, d) = extents(&random)
    return FuzzCase([.random([n, d], &random)], { $0.sum($1[0], $1[0]) }) { $0[0].map { 2 * $0 } }
  },
  FuzzedOperation("mean of two", roundings: 3) { random in
    let (n, d) = extents(&random)
    return FuzzCase(
      [.random([n, d], &random), .random([n, d], &random)], { $0.mean($1[0], $1[1]) }
    ) { zip($0[0], $0[1]).map { ($0 + $1) / 2 } }
  },
  FuzzedOperation("scaled", roundings: 4) { random in
    let ((n, d), factor) = (extents(&random), Float(random.normal()))
    return FuzzCase([.random([n, d], &random)], { $0.scaled($1[0], by: factor) }) {
      $0[0].map { Double(factor) * $0 }
    }
  },
  FuzzedOperation("gelu", roundings: 24) { random in
    let (n, d) = extents(&random)
    let x = Tensor.random([n, d], &random).scaled(by: 2)
    return FuzzCase([x], { $0.gelu($1[0]) }) { Naive.gelu($0[0]) }
  },
  FuzzedOperation("relu", roundings: 1) { random in
    let (n, d) = extents(&random)
    return FuzzCase([distinct([n, d], &random)], { $0.relu($1[0]) }) { $0[0].map { max($0, 0) } }
  },
  FuzzedOperation("dropout", roundings: 6) { random in
    let (n, d) = (random.integer(in: 10...50), random.integer(in: 10...50))
    let (rate, seed) = (random.uniform(0.05, 0.8), random.next())
    return FuzzCase(
      [.random([n, d], &random)], { $0.dropout($1[0], rate: rate, seed: seed) }
    ) { Naive.dropout($0[0], rate: rate, seed: seed) }
  },
]

private let products = [
  FuzzedOperation("affine", roundings: 12) { random in
    let ((n, i), o) = (extents(&random), random.integer(in: 1...60))
    return FuzzCase(
      [.random([n, i], &random), .random([i, o], &random), .random([o], &random)],
      { $0.affine($1[0], weight: $1[1], bias: $1[2]) }
    ) { Naive.affine($0[0], $0[1], $0[2], i: i, o: o) }
  },
  FuzzedOperation("affine without bias", roundings: 12) { random in
    let ((n, i), o) = (extents(&random), random.integer(in: 1...60))
    return FuzzCase(
      [.random([n, i], &random), .random([i, o], &random)],
      { $0.affine($1[0], weight: $1[1], bias: nil) }
    ) { Naive.affine($0[0], $0[1], nil, i: i, o: o) }
  },
  FuzzedOperation("layer norm", roundings: 12) { random in
    let (n, d) = (random.integer(in: 1...40), random.integer(in: 6...80))
    let epsilon = Float(random.uniform(1e-5, 0.1))
    return FuzzCase(
      [.random([n, d], &random), .random([d], &random), .random([d], &random)],
      { $0.layerNorm($1[0], gain: $1[1], bias: $1[2], epsilon: epsilon) }
    ) { Naive.layerNorm($0[0], $0[1], $0[2], epsilon: Double(epsilon)) }
  },
  FuzzedOperation("normalised activation", roundings: 40) { random in
    let (n, d) = (random.integer(in: 1...80), random.integer(in: 6...80))
    let (rate, seed) = (random.uniform(0, 0.8), random.next())
    let (hasResidual, epsilon) = (random.integer(below: 2) == 1, Float(random.uniform(1e-5, 0.1)))
    return FuzzCase(
      [.random([n, d], &random), .random([d], &random), .random([d], &random)]
        + (hasResidual ? [.random([n, d], &random)] : []),
      {
        $0.normalizedActivation(
          $1[0], gain: $1[1], bias: $1[2], residual: hasResidual ? $1[3] : nil,
          dropout: rate < 0.1 ? nil : (rate, seed), epsilon: epsilon)
      }
    ) {
      let activated = Naive.gelu(Naive.layerNorm($0[0], $0[1], $0[2], epsilon: Double(epsilon)))
      let sum = hasResidual ? zip($0[3], activated).map { $0 + $1 } : activated
      return rate < 0.1 ? sum : Naive.dropout(sum, rate: rate, seed: seed)
    }
  },
  FuzzedOperation("convolution", roundings: 12) { random in
    let sequences = Ragged.random(most: 4, longest: random.integer(in: 1...200), &random)
    let (i, o) = (random.integer(in: 1...40), random.integer(in: 1...40))
    let (taps, stride) = (1 + 2 * random.integer(below: 4), random.integer(in: 1...3))
    return FuzzCase(
      [.random([sequences.rows, i], &random), .random([taps * i, o], &random)]
        + [.random([o], &random)],
      { $0.convolution($1[0], sequences, weight: $1[1], bias: $1[2], stride: stride).0 }
    ) { Naive.convolution($0[0], $0[1], $0[2], sequences, i: i, stride: stride) }
  },
]

private let overSequences = [
  FuzzedOperation("frame-level attention", roundings: 40) { random in
    let sequences = Ragged.random(most: 3, longest: 40, &random)
    let (heads, e) = (1 << random.integer(below: 3), random.integer(in: 1...20))
    let d = heads * e
    return FuzzCase(
      [
        .random([sequences.rows, d], &random),
        Tensor.random([d, 3 * d], &random).scaled(by: 1 / Float(d).squareRoot()),
        .random([3 * d], &random),
        Tensor.random([d, d], &random).scaled(by: 1 / Float(d).squareRoot()),
        .random([d], &random),
        Tensor.random([d, 1], &random).scaled(by: 1 / Float(d).squareRoot()),
      ],
      {
        $0.frameAttention(
          $1[0], sequences,
          FrameAttentionWeights(
            projection: $1[1], projectionBias: $1[2], output: $1[3], outputBias: $1[4],
            query: $1[5], heads: heads)
        ).stacked
      }
    ) { Naive.frameAttention($0, sequences, heads: heads) }
  },
  FuzzedOperation("softmax", roundings: 12) { random in
    let sequences = Ragged.random(most: 8, longest: 200, &random)
    return FuzzCase(
      [.random([sequences.rows, 1], &random)], { $0.softmax($1[0], within: sequences) }
    ) { x in
      Naive.each(sequences) { Naive.softmax(Array(x[0][$0])) }
    }
  },
  FuzzedOperation("weighted sum", roundings: 12) { random in
    let sequences = Ragged.random(most: 6, longest: 40, &random)
    let d = random.integer(in: 1...40)
    return FuzzCase(
      [.random([sequences.rows, d], &random), .random([sequences.rows, 1], &random)],
      { $0.weightedSum($1[0], weights: $1[1], within: sequences) }
    ) { Naive.weightedSum($0[0], $0[1], sequences) }
  },
  FuzzedOperation("mean within sequences", roundings: 8) { random in
    let sequences = Ragged.random(most: 6, longest: 40, &random)
    let d = random.integer(in: 1...40)
    return FuzzCase(
      [.random([sequences.rows, d], &random)], { $0.mean($1[0], within: sequences) }
    ) {
      let weights = Naive.each(sequences) { rows in rows.map { _ in 1 / Double(rows.count) } }
      return Naive.weightedSum($0[0], weights, sequences)
    }
  },
  FuzzedOperation("maximum within sequences", roundings: 1) { random in
    let sequences = Ragged.random(most: 6, longest: 40, &random)
    let d = random.integer(in: 1...40)
    return FuzzCase(
      [distinct([sequences.rows, d], &random)], { $0.maximum($1[0], within: sequences) }
    ) { Naive.maximum($0[0], sequences) }
  },
]

@Suite struct `An operation on random shapes` {
  @Test(arguments: elementwise + products + overSequences)
  private func `agrees with plain double precision, value and gradient`(
    operation: FuzzedOperation
  ) {
    operation.expectAgreement()
  }
}
