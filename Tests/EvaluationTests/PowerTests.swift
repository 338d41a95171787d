// Power plans. Kinds: worked by hand, oracle (SciPy), property.
import Evaluation
import Foundation
import Randomness
import TestSupport
import Testing

/// A system whose scores on six folds differ from 0.7 by these, with equal scores of both seeds.
private func scores(_ differences: [Double]) -> [[Double]] {
  differences.map { [0.7 + $0, 0.7 + $0] }
}

private let folds = [0.01, -0.01, 0.02, -0.02, 0.03, -0.03]

private func spread() throws -> DifferenceSpread {
  try #require(DifferenceSpread(scores(folds), [scores([0, 0, 0, 0, 0, 0])]))
}

/// Noise of seeds on top of differences between folds.
private func noisySpread() throws -> DifferenceSpread {
  var random = RandomStream(seed: 3)
  func system() -> [[Double]] {
    (0..<6).map { _ in
      let own = 0.02 * random.normal()
      return (0..<3).map { _ in 0.7 + own + 0.02 * random.normal() }
    }
  }
  let first = system()
  return try #require(DifferenceSpread(first, [system(), system()]))
}

private func plan(
  _ question: PowerQuestion, _ spread: DifferenceSpread, speakers: Int? = 24, seed: UInt64 = 1
) -> PowerPlan {
  PowerPlan(question, spread, speakers: speakers, random: RandomStream(seed: seed))
}

@Suite struct `The spread of a difference` {
  @Test func `is what two systems' scores give by hand`() throws {
    // Differences of the means over seeds: 0.2, 0 and 0.1; their variance is 0.01.
    let first = [[0.8, 0.9], [0.5, 0.6], [0.6, 0.8]]
    let other = [[0.6, 0.7], [0.6, 0.5], [0.6, 0.6]]
    let found = try #require(DifferenceSpread(first, [other]))
    #expect(found.folds == 3 && found.seeds == 2 && found.pairs == 1)
    expectClose(found.observed, 0.01)
    // Second seed minus first: 0.1, 0.1, 0.2 and 0.1, -0.1, 0. MS_rest is a quarter of
    // Σ (x - mean)², which is 0.02/3 and 0.02. MS_seed is 3/2 · mean²: 0.08/3 and 0.
    expectClose(found.rest, 0.005 / 3 + 0.005)
    expectClose(found.seed, (0.08 / 3 - 0.005 / 3) / 3)
    expectClose(found.fold(), 0.01 - (0.005 / 3 + 0.005) / 2)
    // χ² with 2 degrees of freedom has the quantiles -2 ln(1 - p).
    expectClose(
      found.fold(.greatest), 0.01 * 2 / (-2 * log(0.975)) - (0.005 / 3 + 0.005) / 2,
      relative: 1e-9)
    // 0.01 · 2/7.38 is less than the noise of the seeds.
    #expect(found.fold(.smallest) == 0)
  }

  @Test func `needs two systems, two folds and two seeds`() {
    let two = [[0.5, 0.6], [0.7, 0.6]]
    #expect(DifferenceSpread(two, [two])?.observed == 0)
    #expect(DifferenceSpread(two, []) == nil)
    #expect(DifferenceSpread([[0.5], [0.6]], [[[0.5], [0.6]]]) == nil)
    #expect(DifferenceSpread([[0.5, 0.6]], [[[0.5, 0.6]]]) == nil)
    #expect(DifferenceSpread(two, [[[0.5, 0.6]]]) == nil)
    #expect(DifferenceSpread([[], []], [[[], []]]) == nil)
  }
}

@Suite struct `A power plan` {
  @Test(arguments: [
    // se = sqrt(1/6 + 1/5) * std(folds, ddof=1); by SciPy 1.17.1:
    //     nct.sf(t.ppf(1 - 0.025/m, 5), 5, δ/se) for m = 1 and 11
    (0.02, 0.20634888987837588, 0.02893569465881667),
    (0.05, 0.7946850712788964, 0.26852913903680786),
    (0.08, 0.9917061510620464, 0.7062365356954444),
  ]) func `finds as much as the noncentral t says, where seeds do not matter`(
    difference: Double, alone: Double, afterHolm: Double
  ) throws {
    let question = PowerQuestion(
      difference: difference, rows: 11, seeds: [2], folds: [6], trials: 40_000)
    for grid in plan(question, try spread()).grids {
      let cell = try #require(grid.cells.first)
      #expect(grid.cells.count == 1 && cell.folds == 6)
      // Four standard errors of 40 000 trials.
      expectClose(cell.alone, alone, absolute: 0.01)
      expectClose(cell.afterHolm, afterHolm, absolute: 0.01)
    }
  }

  @Test func `finds no less with more folds, seeds or points, and less after Holm`() throws {
    let question = PowerQuestion(
      difference: 0.03, rows: 11, seeds: [1, 2, 4, 8], folds: [6, 8, 12, 24], trials: 4000)
    let found = plan(question, try noisySpread())
    let greater = plan(
      PowerQuestion(
        difference: 0.04, rows: 11, seeds: [1, 2, 4, 8], folds: [6, 8, 12, 24], trials: 4000),
      try noisySpread())
    #expect(found.grids.map(\.growth) == [.sameSpeakers, .moreSpeakers])
    // The plans share their random numbers, so little noise is left between them.
    let noise = found.simulationError
    for (grid, other) in zip(found.grids, greater.grids) {
      #expect(grid.cells.count == 16)
      func power(_ seeds: Int, _ folds: Int) -> PowerPlan.Cell {
        grid.cells.first { $0.seeds == seeds && $0.folds == folds } ?? grid.cells[0]
      }
      for (fewer, more) in [(6, 8), (8, 12), (12, 24)] {
        for seeds in [1, 2, 4, 8] {
          #expect(power(seeds, more).alone >= power(seeds, fewer).alone - noise)
          #expect(power(seeds, more).afterHolm >= power(seeds, fewer).afterHolm - noise)
        }
      }
      for (fewer, more) in [(1, 2), (2, 4), (4, 8)] {
        for folds in [6, 8, 12, 24] {
          #expect(power(more, folds).alone >= power(fewer, folds).alone - noise)
        }
      }
      for (cell, stronger) in zip(grid.cells, other.cells) {
        #expect(cell.afterHolm <= cell.alone && cell.alone <= stronger.alone)
      }
    }
    // More speakers help more than the same ones in more folds.
    let last = found.grids.compactMap { $0.cells.last?.alone }
    #expect(last[1] > last[0] + 0.1)
  }

  @Test func `chooses the plan with the fewest trainings, or none`() throws {
    let question = PowerQuestion(
      difference: 0.03, rows: 3, seeds: [1, 2, 4, 8], folds: [6, 12, 24], trials: 2000)
    let grids = plan(question, try noisySpread()).grids
    let grid = try #require(grids.last)
    let least = try #require(grid.least.first { $0.reading == .estimate })
    let enough = grid.cells.filter { $0.alone >= 0.8 }
    let chosen = try #require(least.alone)
    #expect(enough.contains(chosen))
    #expect(enough.allSatisfy { $0.seeds * $0.folds >= chosen.seeds * chosen.folds })
    // The smaller the spread between folds, the fewer trainings.
    let sizes = DifferenceSpread.Reading.allCases.map { reading in
      grid.least.first { $0.reading == reading }?.alone.map { $0.seeds * $0.folds } ?? .max
    }
    #expect(sizes[1] <= sizes[0] && sizes[0] <= sizes[2])
    // Negative control: nothing finds a hundredth of a point.
    let none = plan(
      PowerQuestion(difference: 0.0001, seeds: [1, 8], trials: 500), try noisySpread())
    #expect(none.grids.allSatisfy { $0.least.allSatisfy { $0.alone == nil } })
  }

  @Test func `is the same for the same seed, and tries folds that share speakers evenly`() throws {
    let question = PowerQuestion(difference: 0.03, seeds: [3], trials: 500)
    let spread = try noisySpread()
    #expect(plan(question, spread) == plan(question, spread))
    #expect(plan(question, spread) != plan(question, spread, seed: 2))
    func tried(_ speakers: Int?) -> [[Int]] {
      plan(question, spread, speakers: speakers).grids.map { $0.cells.map(\.folds) }
    }
    #expect(tried(24) == [[6, 8, 12, 24], [6, 12, 18, 24, 36, 48]])
    #expect(tried(10) == [[6, 10], [6, 12, 18, 24, 36, 48]])
    #expect(tried(nil) == [[6], [6, 12, 18, 24, 36, 48]])
    #expect(tried(6) == [[6], [6, 12, 18, 24, 36, 48]])
  }

  @Test func `tells everything in few lines`() throws {
    let question = PowerQuestion(difference: 0.03, rows: 11, seeds: [1, 3], trials: 500)
    let text = plan(question, try noisySpread()).text(speakers: 24)
    for words in [
      "6 folds, 3 seeds, 24 speakers", "95 % interval", "alone / after Holm for 11 rows",
      "The same 24 speakers in more folds", "More speakers, as many in each fold as recorded",
      "least for 80 %", "at the greatest of its interval",
    ] {
      #expect(text.contains(words), "\(words): \(text)")
    }
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 }, "\(text)")
    let one = plan(PowerQuestion(difference: 0.03, trials: 500), try noisySpread())
    #expect(!one.text(speakers: nil).contains("Holm"))
  }
}
