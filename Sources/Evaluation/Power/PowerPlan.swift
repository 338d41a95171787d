// How many seeds and folds show a difference of this size? Each plan is simulated with the recorded
// spread, and judged by the test that the report uses for methods.
import Foundation
package import Randomness
import Statistics

/// What the user wants to find, and the plans to try.
package struct PowerQuestion: Codable, Hashable, Sendable {
  /// δ as a share: 0.01 is one point.
  package var difference: Double
  /// How often it should be found, as a share.
  package var power: Double
  /// The number of comparisons that Holm's adjustment counts.
  package var rows: Int
  package var seeds: [Int]
  /// Nil for the usual numbers of folds.
  package var folds: [Int]?
  package var trials: Int

  package init(
    difference: Double, power: Double = 0.8, rows: Int = 1, seeds: [Int] = [1, 2, 3, 5, 10, 20],
    folds: [Int]? = nil, trials: Int = 20_000
  ) {
    (self.difference, self.power, self.rows) = (difference, power, rows)
    (self.seeds, self.folds, self.trials) = (seeds, folds, trials)
  }
}

/// How often each number of seeds and folds finds the difference.
package struct PowerPlan: Codable, Hashable, Sendable {
  package let question: PowerQuestion
  package let spread: DifferenceSpread
  package let grids: [Grid]

  /// The power of every plan under one assumption on further folds.
  package struct Grid: Codable, Hashable, Sendable {
    package let growth: Growth
    package let cells: [Cell]
    /// The cheapest plans that find the difference often enough, for each reading of the spread.
    package let least: [Least]
  }

  /// Where further folds come from.
  package enum Growth: String, Codable, Hashable, Sendable {
    /// The same speakers in more folds. Each fold is smaller, so its scores vary more.
    case sameSpeakers = "same-speakers"
    /// More speakers, in folds of the recorded size.
    case moreSpeakers = "more-speakers"
  }

  package struct Cell: Codable, Hashable, Sendable {
    package let seeds: Int
    package let folds: Int
    /// How often the corrected t over folds finds the difference at p ≤ 0.05.
    package let alone: Double
    /// The same at Holm's first step, p ≤ 0.05/m.
    package let afterHolm: Double
  }

  /// The plans with the fewest trainings; nil if no plan of the grid is enough.
  package struct Least: Codable, Hashable, Sendable {
    package let reading: DifferenceSpread.Reading
    package let alone: Cell?
    package let afterHolm: Cell?
  }

  /// The greatest standard error of a simulated power.
  package var simulationError: Double { 0.5 / Double(question.trials).squareRoot() }

  /// - Parameter speakers: the speakers of the corpus; nil if unknown. Then no further folds of the
  ///   same speakers are tried.
  /// - Precondition: the numbers of seeds and folds are at least 1 and 2, and trials at least 1.
  package init(
    _ question: PowerQuestion, _ spread: DifferenceSpread, speakers: Int?, random: RandomStream
  ) {
    let k = spread.folds
    let same =
      question.folds?.filter { $0 <= speakers ?? k }
      ?? (speakers.map { speakers in (k..<max(k + 1, speakers + 1)).filter { speakers % $0 == 0 } }
        ?? [])
    let more = question.folds?.filter { $0 >= k } ?? [1, 2, 3, 4, 6, 8].map { $0 * k }
    let folds: [(Growth, [Int])] = [
      (.sameSpeakers, Set(same + (question.folds == nil ? [k] : [])).sorted()),
      (.moreSpeakers, Set(more).sorted()),
    ]
    // All plans see the same random numbers, so that their differences are not noise.
    let draws = Draws(folds: folds.flatMap(\.1), trials: question.trials, random)
    self.question = question
    self.spread = spread
    grids = folds.filter { !$0.1.isEmpty }.map { growth, folds in
      func cells(_ reading: DifferenceSpread.Reading) -> [Cell] {
        folds.flatMap { folds in
          Set(question.seeds).sorted().map { seeds in
            Self.cell(question, spread, reading, growth, seeds: seeds, folds: folds, draws)
          }
        }
      }
      let estimate = cells(.estimate)
      return Grid(
        growth: growth, cells: estimate,
        least: DifferenceSpread.Reading.allCases.map { reading in
          let found = reading == .estimate ? estimate : cells(reading)
          func least(_ power: (Cell) -> Double) -> Cell? {
            found.filter { power($0) >= question.power }.min {
              ($0.seeds * $0.folds, $0.folds) < ($1.seeds * $1.folds, $1.folds)
            }
          }
          return Least(
            reading: reading, alone: least(\.alone), afterHolm: least(\.afterHolm))
        })
    }
  }

  /// Simulates one plan.
  ///
  ///     d[k] = δ + √(fold/(K-1) + seed/S) · z + √(fold + rest/S) · z[k]
  ///
  /// The shared term fold/(K-1) is the correlation that the corrected t assumes: folds share
  /// training data. Only a difference of the right sign counts as found.
  private static func cell(
    _ question: PowerQuestion, _ spread: DifferenceSpread, _ reading: DifferenceSpread.Reading,
    _ growth: Growth, seeds: Int, folds: Int, _ draws: Draws
  ) -> Cell {
    let (k, s) = (Double(folds), Double(seeds))
    let size = growth == .sameSpeakers ? k / Double(spread.folds) : 1
    let fold = spread.fold(reading) * size
    let shared = (fold / (k - 1) + spread.seed / s).squareRoot()
    let own = (fold + spread.rest * size / s).squareRoot()
    let t = StudentT(degreesOfFreedom: k - 1)
    let alone = t.quantile(0.975)
    let adjusted = t.quantile(1 - 0.025 / Double(max(1, question.rows)))
    let factor = (1 / k + 1 / (k - 1)).squareRoot()
    var (found, foundByHolm) = (0, 0)
    for (z, sample) in zip(draws.shared, draws.samples[folds] ?? []) {
      let mean = question.difference + shared * z + own * sample.mean
      let error = factor * own * sample.deviation
      if mean > 0, mean >= alone * error { found += 1 }
      if mean > 0, mean >= adjusted * error { foundByHolm += 1 }
    }
    return Cell(
      seeds: seeds, folds: folds, alone: Double(found) / Double(draws.shared.count),
      afterHolm: Double(foundByHolm) / Double(draws.shared.count))
  }
}

/// The random numbers of all plans.
private struct Draws {
  /// One per trial.
  private(set) var shared: [Double] = []
  /// By number of folds, one per trial: mean and standard deviation of that many numbers.
  private(set) var samples: [Int: [(mean: Double, deviation: Double)]] = [:]

  init(folds: [Int], trials: Int, _ random: RandomStream) {
    var random = random
    let wanted = Set(folds)
    let most = wanted.max() ?? 0
    for _ in 0..<trials {
      shared.append(random.normal())
      var (sum, squares) = (0.0, 0.0)
      for k in 1...max(1, most) {
        let value = random.normal()
        // Welford's recurrence: the sum of squares about the mean of the first k numbers.
        let change = value - (k > 1 ? sum / Double(k - 1) : 0)
        squares += k > 1 ? change * change * Double(k - 1) / Double(k) : 0
        sum += value
        if k > 1, wanted.contains(k) {
          samples[k, default: []].append(
            (sum / Double(k), (squares / Double(k - 1)).squareRoot()))
        }
      }
    }
  }
}
