// Oracle: the kernel against plain Swift, the search against exhaustive comparison. Property: how
// much an alteration changes a fingerprint, measured on the genuine RAVDESS.
import Audio
import Audits
import CKernels
import Corpora
import Foundation
import Randomness
import TestSupport
import Testing
import Threads

@Suite struct `A fingerprint of a recording` {
  @Test func `counts differing bits as plain Swift does`() {
    var random = RandomStream(seed: 5)
    for count in [0, 1, 3, 8, 25, 67] {
      let words = (0..<2 * count).map { _ in random.next() }
      let masks = (0..<2 * count).map { _ in random.uniform() < 0.7 ? UInt64.max : 0 }
      let (a, b) = (Array(words[..<count]), Array(words[count...]))
      let (maskA, maskB) = (Array(masks[..<count]), Array(masks[count...]))
      var compared = -1
      let bits = reprise_differing_bits(a, maskA, b, maskB, count, &compared)
      let both = (0..<count).filter { maskA[$0] & maskB[$0] != 0 }
      #expect(compared == both.count)
      #expect(bits == both.reduce(0) { $0 + (a[$1] ^ b[$1]).nonzeroBitCount })
    }
  }

  @Test(arguments: Alteration.allCases)
  func `is kept by an altered copy and by nothing else`(alteration: Alteration) throws {
    var random = RandomStream(seed: 3)
    let sounds = (0..<6).map { babble(seed: UInt64($0)) }
    let copies = sounds.map { alteration($0, &random) }
    let table = PrintTable((sounds + copies).map { SoundPrint($0) })
    let matches = try table.matches(threads: 2)
    let differences = (0..<6).map { table.leastDifference($0, $0 + 6)?.share ?? 1 }
    #expect(matches.map(\.first) == Array(0..<6), "differences \(differences)")
    #expect(matches.map(\.second) == Array(6..<12))
    let shifts: [Alteration: Double] = [.shifted: 0.100, .all: 0.104]
    let shift = shifts[alteration] ?? 0
    for match in matches { expectClose(match.shift, shift, absolute: 0.0161) }
    #expect(try table.matches(threads: 1) == matches)
    #expect(try PrintTable(sounds.map { SoundPrint($0) }).matches(threads: 2).isEmpty)
  }

  @Test func `is not looked for in a little sound`() throws {
    let short = SoundPrint(Array(babble(seed: 1)[..<6_000]))
    #expect(short.active < PrintTable.leastFrames)
    #expect(try PrintTable([short, short]).matches(threads: 1).isEmpty)
  }

  @Test(.enabled(if: hasRAVDESS, "needs ../shared/data"), .timeLimit(.minutes(30)))
  func `tells copies from takes in RAVDESS`() throws {
    let corpus = try Corpus.read(.ravdess, at: ravdess16k)
    let sounds = try corpus.utterances.map { try Recording.readMono(path: $0.path) }
    let prints = parallelMap(count: sounds.count, threads: 2) { SoundPrint(sounds[$0]) }
    let count = prints.count
    // One clip, 03-01-04-01-01-02-09, has too little sound for a comparison.
    let long = prints.indices.filter { prints[$0].active >= PrintTable.leastFrames }
    #expect(count - long.count == 1)
    for alteration in Alteration.allCases {
      let copies = parallelMap(count: count, threads: 2) { index in
        var random = RandomStream(seed: 9).split(corpus.utterances[index].id)
        return SoundPrint(alteration(sounds[index], &random))
      }
      let table = PrintTable(prints + copies)
      let differences = long.map { table.leastDifference($0, count + $0)?.share ?? 1 }
      let greatest = try #require(differences.max())
      print("\(alteration.rawValue): up to \(greatest) of the bits differ")
      #expect(greatest < PrintTable.threshold)
      let matches = try table.matches(threads: 2)
      let found = Set(matches.filter { $0.second == $0.first + count }.map(\.first))
      #expect(found.isSuperset(of: long))
      // The index finds everything that exhaustive comparison finds, except one in a thousand.
      let indexed = try table.matches(threads: 2, exhaustiveCount: 0)
      let every = try table.exhaustiveMatches(threads: 2)
      print("\(alteration.rawValue): \(indexed.count) of \(every.count) pairs by the index")
      #expect(matches == every)
      #expect(Set(indexed).isSubset(of: every))
      #expect(1_000 * (every.count - indexed.count) <= every.count)
    }
    let table = PrintTable(prints)
    let clock = ContinuousClock()
    var matches: [PrintMatch] = []
    let time = try clock.measure { matches = try table.matches(threads: 2) }
    print("\(count) recordings compared in \(time)")
    // The one pair of equal recordings that the corpus is known to contain.
    #expect(
      matches.map { [corpus.utterances[$0.first].id, corpus.utterances[$0.second].id] }
        == [["03-01-03-01-02-01-07", "03-01-03-01-02-02-07"]])
    let nearest = parallelMap(count: count, threads: 2) { first in
      ((first + 1)..<count).map { (table.leastDifference(first, $0)?.share ?? 1, first, $0) }
        .filter { $0.0 > 0 }.min { $0.0 < $1.0 } ?? (1, first, first)
    }
    let least = try #require(nearest.min { $0.0 < $1.0 })
    print(
      "different clips: at least \(least.0), \(corpus.utterances[least.1].id) and "
        + corpus.utterances[least.2].id)
    #expect(least.0 > PrintTable.threshold)
  }
}

/// Two seconds of a voice-like sound (harmonics of a wandering pitch under wandering formants, with
/// pauses), surrounded by half a second of faint noise on each side.
func babble(seed: UInt64) -> [Float] {
  var random = RandomStream(seed: seed)
  var samples = (0..<8_000).map { _ in Float(1e-4 * random.normal()) }
  var phase = 0.0
  for _ in 0..<16 {
    let (pitch, end) = (random.uniform(100, 250), random.uniform(100, 250))
    let formants = [random.uniform(300, 900), random.uniform(900, 2_800)]
    let level = random.uniform() < 0.15 ? 0.001 : random.uniform(0.3, 1)
    for index in 0..<2_000 {
      let frequency = pitch + (end - pitch) * Double(index) / 2_000
      phase += frequency / 16_000
      let sum = (1...20).reduce(0.0) { sum, harmonic in
        let place = Double(harmonic) * frequency
        let gain = formants.reduce(0.1) { $0 + exp(-pow((place - $1) / 150, 2)) }
        return sum + gain * sin(2 * .pi * Double(harmonic) * phase)
      }
      samples.append(Float(0.1 * level * sum + 1e-4 * random.normal()))
    }
  }
  return samples + (0..<8_000).map { _ in Float(1e-4 * random.normal()) }
}
