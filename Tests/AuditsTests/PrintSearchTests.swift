// Oracle: the index against exhaustive comparison. By hand: groups, and roles of equal recordings.
import Audio
import Audits
import Foundation
import Randomness
import TestSupport
import Testing
import Threads

@Suite struct `The search for near duplicates` {
  /// Sounds, followed by copies of them.
  static func prints(_ count: Int) throws -> [SoundPrint] {
    let sounds = parallelMap(count: count, threads: 2) { babble(seed: UInt64($0)) }
    let alterations = Alteration.allCases
    let copies = parallelMap(count: count, threads: 2) { index in
      var random = RandomStream(seed: 7).split("\(index)")
      return alterations[index % alterations.count](sounds[index], &random)
    }
    return parallelMap(count: 2 * count, threads: 2) {
      SoundPrint($0 < count ? sounds[$0] : copies[$0 - count])
    }
  }

  @Test func `by the index finds what comparing everything finds`() throws {
    let prints = try Self.prints(100)
    let table = PrintTable(prints)
    let every = try table.exhaustiveMatches(threads: 2)
    #expect(every.count >= 100)
    #expect(try table.matches(threads: 2) == every)
    let indexed = try table.matches(threads: 2, exhaustiveCount: 0)
    #expect(Set(indexed).isSubset(of: every))
    #expect(indexed.count >= every.count - 1, "\(indexed.count) of \(every.count)")
    #expect(try table.matches(threads: 1, exhaustiveCount: 0) == indexed)
    // Negative control: without copies nothing is found.
    #expect(try PrintTable(Array(prints[..<100])).matches(threads: 2, exhaustiveCount: 0).isEmpty)
  }

  /// n equal recordings have n² / 2 pairs. Instead, each is listed with the first one.
  @Test func `lists a large group by its first`() throws {
    var random = RandomStream(seed: 2)
    let sound = babble(seed: 1)
    let prints = (0..<40).map { _ in
      let gain = Float(random.uniform(0.3, 1))
      return SoundPrint(sound.map { gain * $0 })
    }
    let other = SoundPrint(babble(seed: 3))
    for exhaustive in [0, 1_000] {
      let matches = try PrintTable(prints + [other]).matches(
        threads: 2, exhaustiveCount: exhaustive)
      let named = Set(matches.flatMap { [$0.first, $0.second] })
      #expect(named == Set(0..<40))
      #expect(matches.allSatisfy { $0.first < $0.second })
      // The pairs within the first part of the group, then one for each of the others.
      let size = PrintTable.groupSize
      let within = matches.filter { $0.second < size }
      #expect(within.count == size * (size - 1) / 2)
      #expect(matches.count >= within.count + 40 - size)
      #expect(matches.count < 40 * 39 / 2)
    }
    // A group of realistic size is listed completely.
    let few = try PrintTable(Array(prints[..<16])).matches(threads: 2)
    #expect(few.count == 16 * 15 / 2)
  }

  @Test func `ends where all recordings are silent, constant or one tone`() throws {
    let tones = (0..<30).map { index in
      (0..<32_000).map { Float(sin(0.01 * Double($0) * (1 + 0.01 * Double(index)))) }
    }
    let constant = [Float](repeating: 0.5, count: 32_000)
    let prints = (tones + [constant, constant, [0.5]]).map { SoundPrint($0) }
    for exhaustive in [0, 1_000] {
      _ = try PrintTable(prints).matches(threads: 2, exhaustiveCount: exhaustive)
    }
    #expect(try PrintTable([]).matches(threads: 2).isEmpty)
  }
}
