// Kind: property. Simulations of UA: the procedures keep about what they promise, and the
// situations differ.
import Evaluation
import Randomness
import TestSupport
import Testing

/// What `reprise simulate --ua --trials 150` prints.
private let rows = simulateRecall(trials: 150, random: RandomStream(seed: 1).split("ua"))

private func share(_ procedure: String, _ event: String, _ situation: String) throws -> Double {
  try #require(
    rows.first {
      $0.procedure == procedure && $0.event.contains(event) && $0.situation == situation
    }, "\(procedure), \(event), \(situation)"
  ).share
}

@Suite struct `Simulations of UA` {
  static let layouts = [
    "4 classes of 15 each", "4 classes, 4 to 32 of each", "2 of 4 classes each",
    "one class of 2 speakers only",
  ]

  @Test(arguments: layouts) func `find the promised rates with 24 speakers`(layout: String) throws {
    let situation = "24 speakers, \(layout)"
    // Three standard errors of 150 trials at 95 % are 5 points.
    for (procedure, event) in [
      ("jackknife, t(G-1)", "a difference in UA holds 0"),
      ("paired cluster bootstrap", "a difference in UA holds 0"),
    ] {
      #expect(try share(procedure, event, situation) > 0.87, "\(procedure)")
    }
    #expect(try share("exchange of whole speakers", "p ≤ 0.05", situation) < 0.11)
  }

  @Test func `show where an interval is too short`() throws {
    func truth(_ procedure: String, _ situation: String) throws -> Double {
      try share(procedure, "the truth", situation)
    }
    // With few speakers the bootstrap misses the truth more often.
    let (bootstrap, jackknife) = ("cluster bootstrap, percentiles", "jackknife, t(G-1)")
    let easy = try truth(bootstrap, "24 speakers, \(Self.layouts[0])")
    let hard = try truth(bootstrap, "4 speakers, \(Self.layouts[0])")
    #expect(easy > 0.87 && hard < easy - 0.05, "\(easy) \(hard)")
    // The jackknife does so if only two speakers have a class, with any number of others.
    let usual = try truth(jackknife, "24 speakers, \(Self.layouts[0])")
    let rare = try truth(jackknife, "24 speakers, \(Self.layouts[3])")
    #expect(usual > 0.9 && rare < usual - 0.03, "\(usual) \(rare)")
  }

  @Test func `are complete, deterministic, and other ones for another seed`() {
    #expect(rows.count == 4 * 3 * 5 + 3 * 2)
    #expect(rows.allSatisfy { $0.trials == 150 && (0...1).contains($0.share) })
    let few = simulateRecall(trials: 5, random: RandomStream(seed: 1))
    #expect(few == simulateRecall(trials: 5, random: RandomStream(seed: 1)))
    #expect(few != simulateRecall(trials: 5, random: RandomStream(seed: 2)))
    #expect(rows.markdown.contains("| seeds and speakers resampled | 24 speakers, 3 seeds |"))
  }
}
