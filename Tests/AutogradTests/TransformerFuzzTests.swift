// Oracle: the operations of pretrained transformers against plain double precision, on random
// shapes.
import Autograd
import Randomness
import TestSupport
import Tensors
import Testing

private let operations = [
  FuzzedOperation("linear", roundings: 40) { random in
    let (n, i, o) = (
      random.integer(in: 1...40), random.integer(in: 1...300), random.integer(in: 1...70)
    )
    let gelu = random.integer(below: 2) == 1
    return FuzzCase(
      [.random([n, i], &random), .random([o, i], &random), .random([o], &random)]
        + [.random([n, o], &random)],
      { $0.linear($1[0], .variable($1[1]), bias: $1[2], addend: $1[3], gelu: gelu) }
    ) { Naive.linear($0[0], $0[1], $0[2], addend: $0[3], i: i, gelu: gelu) }
  },
  FuzzedOperation("attention of queries, keys and values", roundings: 24) { random in
    let sequences = Ragged.random(most: 3, longest: 60, &random)
    let (heads, e) = (1 << random.integer(below: 3), random.integer(in: 1...70))
    let shape = [sequences.rows, heads * e]
    return FuzzCase(
      [.random(shape, &random), .random(shape, &random), .random(shape, &random)],
      {
        $0.attention(
          query: $1[0], key: $1[1], value: $1[2], sequences, heads: heads, position: nil)
      }
    ) {
      Naive.gatedAttention(
        $0[0], $0[1], $0[2], gate: nil, bias: nil, sequences, heads: heads, e: e)
    }
  },
  FuzzedOperation("attention with gated positions", roundings: 24) { random in
    let sequences = Ragged.random(most: 3, longest: 60, &random)
    let (heads, e) = (1 << random.integer(below: 3), random.integer(in: 1...40))
    let shape = [sequences.rows, heads * e]
    let span = 2 * ((sequences.lengths.max() ?? 1) + random.integer(below: 3)) - 1
    return FuzzCase(
      [.random(shape, &random), .random(shape, &random), .random(shape, &random)]
        + [.random([sequences.rows, heads], &random), .random([heads, span], &random)],
      {
        $0.attention(
          query: $1[0], key: $1[1], value: $1[2], sequences, heads: heads,
          position: PositionBias(gate: $1[3], bias: $1[4]))
      }
    ) {
      Naive.gatedAttention(
        $0[0], $0[1], $0[2], gate: $0[3], bias: $0[4], sequences, heads: heads, e: e)
    }
  },
  FuzzedOperation("position gate", roundings: 24) { random in
    let (n, heads, e) = (
      random.integer(in: 1...40), random.integer(in: 1...6), random.integer(in: 1...20)
    )
    return FuzzCase(
      [.random([n, heads * e], &random), .random([8, e], &random), .random([8], &random)]
        + [.random([1, heads, 1, 1], &random)],
      { $0.positionGate($1[0], weight: $1[1], bias: $1[2], constant: $1[3]) }
    ) { Naive.positionGate($0[0], $0[1], $0[2], $0[3], e: e) }
  },
  FuzzedOperation("relative positions", roundings: 6) { random in
    let (heads, longest) = (random.integer(in: 1...4), random.integer(in: 1...120))
    let buckets = PositionBuckets(
      count: 4 * random.integer(in: 2...20), greatestDistance: random.integer(in: 50...200))
    return FuzzCase(
      [.random([buckets.count, heads], &random)],
      { $0.relativePositions($1[0], buckets, longest: longest) }
    ) { x in
      (0..<heads * (2 * longest - 1)).map { index in
        let offset = index % (2 * longest - 1) - longest + 1
        return x[0][buckets.bucket(offset) * heads + index / (2 * longest - 1)]
      }
    }
  },
  FuzzedOperation("weight norm", roundings: 16) { random in
    let (o, i, k) = (
      random.integer(in: 1...12), random.integer(in: 1...8), random.integer(in: 1...70)
    )
    return FuzzCase(
      [.random([1, 1, k], &random), .random([o, i, k], &random)],
      { $0.weightNorm(gain: $1[0], direction: $1[1]) }
    ) { Naive.weightNorm($0[0], $0[1], o: o, i: i) }
  },
  FuzzedOperation("grouped convolution", roundings: 24) { random in
    let sequences = Ragged.random(most: 3, longest: 80, &random)
    let (groups, i) = (random.integer(in: 1...4), random.integer(in: 1...6))
    // Less than a block of taps, exactly one block, or several with the last one full or not.
    let choices = [random.integer(in: 1...16), 32, 64, random.integer(in: 33...80)]
    let (d, taps) = (groups * i, choices[random.integer(below: 4)])
    return FuzzCase(
      [.random([sequences.rows, d], &random), .random([d, taps * i], &random)]
        + [.random([d], &random)],
      {
        $0.groupedConvolution(
          $1[0], sequences, .variable($1[1]), bias: $1[2], groups: groups)
      }
    ) { Naive.groupedConvolution($0[0], $0[1], $0[2], sequences, groups: groups) }
  },
  FuzzedOperation("mixture of states", roundings: 16) { random in
    let (n, d) = (random.integer(in: 1...20), random.integer(in: 1...20))
    let (frozen, trained) = (random.integer(below: 3), random.integer(in: 1...3))
    let below = Tensor.random([n, frozen * d], &random)
    let states = (0..<trained).map { _ in Tensor.random([n, d], &random) }
    return FuzzCase(
      states + [.random([frozen + trained, 1], &random)],
      { $0.mixture(frozen: below, Array($1.dropLast()), width: d, weights: $1[trained]) }
    ) { x in
      (0..<n * d).map { index in
        let low = (0..<frozen).reduce(0.0) {
          $0 + x[trained][$1] * Double(below.array[(index / d * frozen + $1) * d + index % d])
        }
        return (0..<trained).reduce(low) { $0 + x[trained][frozen + $1] * x[$1][index] }
      }
    }
  },
]

@Suite struct `An operation of a transformer` {
  @Test(arguments: operations)
  private func `agrees with plain double precision, value and gradient`(
    operation: FuzzedOperation
  ) {
    operation.expectAgreement()
  }

  /// Runs attention over the output of a gated linear map, like one layer of a transformer.
  func block(_ tape: Tape, _ x: [Variable], _ sequences: Ragged) -> Variable {
    let h = tape.linear(x[0], .variable(x[1]), bias: x[2], gelu: true)
    let gate = tape.positionGate(h, weight: x[3], bias: x[4], constant: x[5])
    return tape.attention(
      query: h, key: x[0], value: h, sequences, heads: 3,
      position: PositionBias(gate: gate, bias: x[6]))
  }

  func inputs(_ sequences: Ragged) -> [Tensor] {
    var random = RandomStream(seed: 3)
    let shapes = [
      [sequences.rows, 96], [96, 96], [96], [8, 32], [8], [3], [3, 2 * 300 - 1],
    ]
    return shapes.map { Tensor.random($0, &random) }
  }

  @Test func `has the same bits on any number of threads`() {
    let sequences = Ragged([300, 7, 120])
    let x = inputs(sequences)
    let results = [1, 2, 5].map { threads in
      block(Tape(recording: false, threads: threads), x.map(Variable.init(constant:)), sequences)
        .value
    }
    #expect(results[0] == results[1] && results[0] == results[2])
    #expect(results[0].isFinite)
  }

  @Test func `has the same bits whatever stands beside a sequence`() {
    let x = inputs(Ragged([300, 7, 120]))
    let tape = Tape(recording: false)
    let together = block(tape, x.map(Variable.init(constant:)), Ragged([300, 7, 120])).value
    let alone = [x[0].rows(300..<307)] + x[1...]
    let result = block(tape, alone.map(Variable.init(constant:)), Ragged([7])).value
    #expect(together.rows(300..<307) == result)
    #expect(together.rows(301..<308) != result)
  }

  @Test func `has the same bits and gradients when activations are computed again`() {
    let sequences = Ragged([30, 7])
    let x = inputs(sequences)
    let (kept, again) = (Tape(), Tape())
    let (a, b) = (x.map(kept.variable), x.map(again.variable))
    let one = block(kept, a, sequences)
    let other = again.recomputing(b) { block($0, $1, sequences) }
    #expect(one.value == other.value)
    let ones = kept.gradients(of: [(one, .full(one.shape, 1))])
    let others = again.gradients(of: [(other, .full(one.shape, 1))])
    for (a, b) in zip(a, b) { #expect(ones[a] == others[b] && ones[a] != nil) }
  }

  @Test func `has the same bits with a frozen weight as with a trained one`() {
    var random = RandomStream(seed: 4)
    let (x, w, b) = (
      Tensor.random([13, 300], &random), Tensor.random([70, 300], &random),
      Tensor.random([70], &random)
    )
    let tape = Tape()
    let bias = Variable(constant: b)
    let frozen = tape.linear(
      Variable(constant: x), .frozen(PackedMatrix(transposing: w)), bias: bias, gelu: true)
    let trained = tape.linear(
      Variable(constant: x), .variable(tape.variable(w)), bias: bias, gelu: true)
    #expect(frozen.value == trained.value)
  }

  @Test func `convolves with the same bits with a frozen weight as with a trained one`() {
    var random = RandomStream(seed: 5)
    let (x, w, b) = (
      Tensor.random([90, 12], &random), Tensor.random([12, 70 * 4], &random),
      Tensor.random([12], &random)
    )
    let sequences = Ragged([1, 64, 25])
    let results = [
      GroupedWeight.frozen(GroupedSpectrum(of: w, groups: 3, threads: 2)),
      .variable(Variable(constant: w)),
    ].map {
      Tape(recording: false, threads: 2).groupedConvolution(
        Variable(constant: x), sequences, $0, bias: Variable(constant: b), groups: 3
      ).value
    }
    #expect(results[0] == results[1] && results[0].isFinite)
  }

  @Test(arguments: [false, true])
  func `gives several linear maps of one input the bits of each alone`(frozen: Bool) {
    var random = RandomStream(seed: 6)
    let x = Tensor.random([13, 300], &random)
    let layers = [70, 40].map { Tensor.random([$0, 300], &random) }
    let tape = Tape(threads: 2)
    let variables = layers.map { w -> (weight: LinearWeight, bias: Variable) in
      let bias = Variable(constant: Tensor.random([w.rows], &random))
      return (
        frozen ? .frozen(PackedMatrix(transposing: w)) : .variable(tape.variable(w)), bias
      )
    }
    let together = tape.linear(Variable(constant: x), variables)
    let alone = variables.map { tape.linear(Variable(constant: x), $0.weight, bias: $0.bias) }
    #expect(zip(together, alone).allSatisfy { $0.value == $1.value })
    #expect(together.allSatisfy { $0.isDifferentiated != frozen })
  }
}

@Suite struct `A relative position` {
  let buckets = PositionBuckets(count: 320, greatestDistance: 800)

  @Test func `has a bucket of its own when near, and after the query another half`() {
    #expect((-79...0).map(buckets.bucket) == (0...79).reversed().map { $0 })
    #expect((1...79).map(buckets.bucket) == (161...239).map { $0 })
  }

  @Test func `shares a bucket when far`() {
    // ⌊80 + ln(160/80) / ln(10) · 80⌋ = ⌊80 + 24.08⌋. Distances from 800 on share the last bucket.
    #expect(buckets.bucket(-80) == 80 && buckets.bucket(80) == 240)
    #expect(buckets.bucket(-160) == 104 && buckets.bucket(160) == 264)
    #expect(buckets.bucket(-800) == 159 && buckets.bucket(-5000) == 159)
    #expect(buckets.bucket(790) == 319 && buckets.bucket(5000) == 319)
    #expect(buckets.bucket(-700) < 159)
  }
}
