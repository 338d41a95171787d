// Seeded random numbers that never change. Swift may change the algorithms of `random(in:)` and
// `shuffled()`, so nothing here uses them. One seed comes from the command line and is split by
// name.

/// A stream of pseudo-random numbers: xoshiro256** (Blackman & Vigna 2018), seeded by SplitMix64.
///
/// The same seed gives the same values on every machine and in every version. A stream split off by
/// name depends only on the seed and the names, not on the numbers drawn before.
package struct RandomStream: RandomNumberGenerator, Sendable, Hashable {
  private let identity: UInt64
  private var s0: UInt64
  private var s1: UInt64
  private var s2: UInt64
  private var s3: UInt64

  /// Makes the stream of a seed.
  package init(seed: UInt64) {
    identity = seed
    var state = seed
    s0 = splitMix64(&state)
    s1 = splitMix64(&state)
    s2 = splitMix64(&state)
    s3 = splitMix64(&state)
  }

  /// Returns the stream called `name` below this one. Its seed is the FNV-1a hash of the name's
  /// UTF-8 bytes, mixed with this stream's identity.
  package func split(_ name: String) -> RandomStream {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    var state = identity ^ hash.rotated(by: 32)
    let high = splitMix64(&state)
    state ^= hash
    return RandomStream(seed: high ^ splitMix64(&state))
  }

  /// Returns the next 64 random bits.
  package mutating func next() -> UInt64 {
    let result = (s1 &* 5).rotated(by: 7) &* 9
    let t = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = s3.rotated(by: 45)
    return result
  }

  /// Returns a number uniform in `[0, 1)` with 53 random bits.
  package mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// Returns a number uniform between `low` (included) and `high`.
  package mutating func uniform(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * uniform()
  }

  /// Returns an unbiased whole number uniform in `0 ..< bound` (Lemire 2019).
  package mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0, "integer(below:) needs a positive bound, got \(bound)")
    let range = UInt64(bound)
    var product = next().multipliedFullWidth(by: range)
    if product.low < range {
      let threshold = (0 &- range) % range
      while product.low < threshold { product = next().multipliedFullWidth(by: range) }
    }
    return Int(product.high)
  }

  /// Returns a whole number uniform in `range`, both ends included.
  package mutating func integer(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + integer(below: range.count)
  }

  /// Shuffles the elements in place (Fisher–Yates, from the end).
  package mutating func shuffle<Element>(_ elements: inout [Element]) {
    guard elements.count > 1 else { return }
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, integer(below: last + 1))
    }
  }
}

extension UInt64 {
  /// These bits rotated to the left.
  fileprivate func rotated(by count: UInt64) -> UInt64 {
    (self << count) | (self >> (64 - count))
  }
}

/// Advances a SplitMix64 state and returns its next value (Steele, Lea & Flood 2014).
private func splitMix64(_ state: inout UInt64) -> UInt64 {
  state &+= 0x9e37_79b9_7f4a_7c15
  var z = state
  z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
  z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
  return z ^ (z >> 31)
}
