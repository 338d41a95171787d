// Golden and oracle: the bits of fixed seeds, which no later version may change, against published
// vectors and a plain version of the published algorithm. Property: the draws have the right
// distribution.
import Randomness
import TestSupport
import Testing

/// The oracle: xoshiro256** and SplitMix64 as in their authors' C code, on an array and with
/// rotations through division.
private struct Reference {
  var state: [UInt64]

  init(state: [UInt64]) { self.state = state }

  init(seed: UInt64) {
    var counter = seed
    state = (0..<4).map { _ in Reference.splitMix(&counter) }
  }

  static func splitMix(_ counter: inout UInt64) -> UInt64 {
    counter = counter &+ 0x9e37_79b9_7f4a_7c15
    let first = (counter ^ (counter / (1 << 30))) &* 0xbf58_476d_1ce4_e5b9
    let second = (first ^ (first / (1 << 27))) &* 0x94d0_49bb_1331_11eb
    return second ^ (second / (1 << 31))
  }

  private func rotated(_ x: UInt64, _ count: Int) -> UInt64 {
    (0..<count).reduce(x) { x, _ in (x &* 2) | (x / (1 << 63)) }
  }

  mutating func next() -> UInt64 {
    let result = rotated(state[1] &* 5, 7) &* 9
    let shifted = state[1] &* (1 << 17)
    state[2] ^= state[0]
    state[3] ^= state[1]
    state[1] ^= state[2]
    state[0] ^= state[3]
    state[2] ^= shifted
    state[3] = rotated(state[3], 45)
    return result
  }
}

private func draws(_ count: Int, _ stream: RandomStream) -> [UInt64] {
  var stream = stream
  return (0..<count).map { _ in stream.next() }
}

@Suite struct `A random stream` {
  @Test func `is held to an oracle that gives the published vectors`() {
    var counter: UInt64 = 0
    #expect(
      (0..<4).map { _ in Reference.splitMix(&counter) } == [
        0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f, 0xf88b_b8a8_724c_81ec,
      ])
    var reference = Reference(state: [1, 2, 3, 4])
    #expect(
      (0..<4).map { _ in reference.next() } == [11520, 0, 1_509_978_240, 1_215_971_899_390_074_240])
  }

  @Test(arguments: [0, 1, 42, .max] as [UInt64])
  func `gives the bits of the published algorithm`(seed: UInt64) {
    var reference = Reference(seed: seed)
    #expect(draws(1000, RandomStream(seed: seed)) == (0..<1000).map { _ in reference.next() })
    #expect(draws(4, RandomStream(seed: seed)) != draws(4, RandomStream(seed: seed ^ 1)))
  }

  @Test func `gives the same bits for ever`() {
    #expect(
      draws(4, RandomStream(seed: 0)) == [
        0x99ec_5f36_cb75_f2b4, 0xbf6e_1f78_4956_452a, 0x1a5f_849d_4933_e6e0, 0x6aa5_94f1_262d_2d2c,
      ])
    #expect(
      draws(3, RandomStream(seed: 1).split("weights")) == [
        0x22fe_08ef_5ded_a69d, 0x56e2_57f4_a764_9377, 0xf54c_9e57_1ff9_7219,
      ])
  }

  @Test func `splits by name, however much was drawn before`() {
    let fresh = RandomStream(seed: 3)
    var used = fresh
    for _ in 0..<17 { _ = used.next() }
    #expect(draws(5, used.split("a")) == draws(5, fresh.split("a")))
    #expect(draws(5, used) != draws(5, fresh))
    let streams = [
      fresh, fresh.split("a"), fresh.split("b"), fresh.split(""), fresh.split("a").split("b"),
      fresh.split("b").split("a"), fresh.split("ab"), RandomStream(seed: 4).split("a"),
    ]
    #expect(Set(streams.map { draws(2, $0) }).count == streams.count)
  }

  @Test func `splits without a trace of kinship`() {
    // The correlation of 20000 pairs of independent uniforms has deviation 1/√20000 ≈ 0.007.
    var (a, b) = (RandomStream(seed: 9).split("epoch 1"), RandomStream(seed: 9).split("epoch 2"))
    let sum = (0..<20_000).reduce(0.0) { sum, _ in
      sum + 12 * (a.uniform() - 0.5) * (b.uniform() - 0.5)
    }
    #expect(abs(sum / 20_000) < 0.03)
  }
}

@Suite struct `A drawn number` {
  @Test func `is uniform within its bounds`() {
    var stream = RandomStream(seed: 5)
    let values = (0..<40_000).map { _ in stream.uniform(-2, 6) }
    #expect(values.allSatisfy { $0 >= -2 && $0 < 6 })
    // Mean 2 ± 8/√12/√40000 = 0.012. Each eighth holds 5000 ± 66.
    #expect(abs(values.reduce(0, +) / 40_000 - 2) < 0.05)
    for eighth in 0..<8 { #expect(abs(values.count { Int($0 + 2) == eighth } - 5000) < 330) }
  }

  @Test func `is the upper 53 bits of the next 64`() {
    var (stream, bits) = (RandomStream(seed: 6), RandomStream(seed: 6))
    for _ in 0..<100 {
      #expect(stream.uniform() == Double(bits.next() / 2048) / 9_007_199_254_740_992)
    }
  }

  @Test(arguments: [1, 2, 3, 7, 10])
  func `is a whole number below its bound, each as often`(bound: Int) {
    var stream = RandomStream(seed: UInt64(bound))
    var counts = [Int](repeating: 0, count: bound)
    for _ in 0..<5000 * bound { counts[stream.integer(below: bound)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 5000) < 360 }, "\(counts)")
  }

  @Test func `has no bias where a bound does not divide 2 to the 64`() {
    // A plain remainder would put 56 % of the draws into the lower half of this range.
    let bound = Int.max / 2 + Int.max / 4
    var stream = RandomStream(seed: 8)
    let low = (0..<20_000).count { _ in stream.integer(below: bound) < bound / 2 }
    #expect(abs(low - 10_000) < 360)
  }

  @Test func `rejects what Lemire's rule rejects`() {
    // With a bound just above 2⁶², about a quarter of the draws are rejected. With 2⁶² none are.
    func used(_ bound: Int) -> Int {
      var (stream, counter) = (RandomStream(seed: 10), RandomStream(seed: 10))
      for _ in 0..<1000 { _ = stream.integer(below: bound) }
      let next = stream.next()
      return (1...).first { _ in counter.next() == next } ?? 0
    }
    #expect(used(1 << 62) == 1001)
    #expect((1150...1600).contains(used((1 << 62) + 1)))
  }

  @Test func `of a closed range reaches both ends and nothing beyond`() {
    var stream = RandomStream(seed: 12)
    #expect(Set((0..<200).map { _ in stream.integer(in: -1...2) }) == [-1, 0, 1, 2])
    #expect(stream.integer(in: 5...5) == 5)
  }

  @Test func `is normal by its moments and its tails`() {
    var stream = RandomStream(seed: 13)
    let values = (0..<50_000).map { _ in stream.normal() }
    func moment(_ power: Int) -> Double {
      values.reduce(0) { sum, x in sum + (0..<power).reduce(1.0) { product, _ in product * x } }
        / 50_000
    }
    // The estimates have standard deviations 0.0045, 0.0063, 0.017 and 0.044.
    expectClose(
      [moment(1), moment(2), moment(3), moment(4)], [0, 1, 0, 3], relative: 0, absolute: 0.2)
    expectClose([moment(1), moment(2)], [0, 1], relative: 0, absolute: 0.03)
    #expect(abs(Double(values.count { abs($0) > 1.959964 }) / 50_000 - 0.05) < 0.005)
  }
}

@Suite struct `A shuffle` {
  @Test func `makes every order of three about equally often`() {
    var stream = RandomStream(seed: 14)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<12_000 {
      var order = [0, 1, 2]
      stream.shuffle(&order)
      counts[order, default: 0] += 1
    }
    // 2000 ± 41 each.
    #expect(counts.count == 6)
    #expect(counts.values.allSatisfy { abs($0 - 2000) < 200 }, "\(counts)")
  }

  @Test func `keeps every element, and leaves none or one alone`() {
    var stream = RandomStream(seed: 15)
    let before = stream
    var (none, one) = ([Int](), [7])
    stream.shuffle(&none)
    stream.shuffle(&one)
    #expect(none == [] && one == [7] && stream == before)
    var many = Array(0..<100)
    stream.shuffle(&many)
    #expect(many != Array(0..<100) && many.sorted() == Array(0..<100))
  }
}
