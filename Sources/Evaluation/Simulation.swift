// Simulations of how often the procedures are right if the truth is known: coverage of intervals,
// and false alarms of tests and of the gate. All data are generated, hence SYNTHETIC.
package import Randomness
import Statistics

/// One line of the table: how often something happened.
package struct SimulationRow: Codable, Hashable, Sendable {
  package let procedure: String
  package let situation: String
  /// The counted event.
  package let event: String
  /// The rate that the procedure promises, as a share; nil if it promises none.
  package let nominal: Double?
  package let trials: Int
  package let share: Double

  /// The standard error of the share, √(p(1-p)/n).
  package var error: Double { (share * (1 - share) / Double(trials)).squareRoot() }
}

/// Simulates every procedure.
///
/// - Parameter trials: number of trials of each situation.
package func simulate(trials: Int, random: RandomStream) -> [SimulationRow] {
  let speakers = [4, 10, 12, 24].flatMap {
    speakerCoverage($0, trials, random.split("speakers \($0)"))
  }
  let folds = [4, 5, 6].flatMap { foldTests($0, trials, random.split("folds \($0)")) }
  let gate = [(3, 3), (3, 6), (1, 3), (5, 5)].flatMap {
    seedGate(candidate: $0.0, baseline: $0.1, trials, random.split("gate \($0)"))
  }
  return speakers + folds + gate + drift(trials, random.split("drift"))
}

/// Makes a row from the number of trials in which the event happened.
func row(
  _ procedure: String, _ situation: String, _ event: String, _ nominal: Double?, _ trials: Int,
  _ count: Int
) -> SimulationRow {
  SimulationRow(
    procedure: procedure, situation: situation, event: event, nominal: nominal, trials: trials,
    share: Double(count) / Double(trials))
}

// MARK: Speakers

/// Two equally good systems on speakers who differ. Each speaker has 60 utterances. Accuracy is 0.7
/// with a standard deviation of 0.1 over speakers. The second system adds a deviation of 0.05.
private func speakerCoverage(_ speakers: Int, _ trials: Int, _ random: RandomStream)
  -> [SimulationRow]
{
  let (utterances, mean) = (60, 0.7)
  var random = random
  var (jack, boot, jackPair, bootPair, exchange, naive) = (0, 0, 0, 0, 0, 0)
  for trial in 0..<trials {
    func draw(_ p: Double) -> Double {
      Double((0..<utterances).count { _ in random.uniform() < p }) / Double(utterances)
    }
    let skills = (0..<speakers).map { _ in mean + 0.1 * random.normal() }
    let first = skills.map { draw($0 + 0.05 * random.normal()) }
    let second = skills.map { draw($0 + 0.05 * random.normal()) }
    func average(_ values: [Double]) -> ClusterStatistic {
      { weights in
        zip(values, weights).reduce(0) { $0 + $1.0 * Double($1.1) }
          / Double(max(1, weights.reduce(0, +)))
      }
    }
    let differences = zip(first, second).map { $0 - $1 }
    let own = random.split("trial \(trial)")
    func covers(_ interval: Estimate.Interval?, _ truth: Double) -> Bool {
      interval.map { $0.lower <= truth && truth <= $0.upper } ?? false
    }
    func bootstrap(_ values: [Double]) -> Estimate.Interval {
      percentileInterval(
        clusterBootstrap(clusters: speakers, resamples: 500, random: own, average(values)).values)
    }
    if covers(jackknife(clusters: speakers, unit: "speaker", average(first))?.interval, mean) {
      jack += 1
    }
    if covers(bootstrap(first), mean) { boot += 1 }
    if covers(jackknife(clusters: speakers, unit: "speaker", average(differences))?.interval, 0) {
      jackPair += 1
    }
    if covers(bootstrap(differences), 0) { bootPair += 1 }
    let test = exchangeTest(differences: differences, unit: "speaker", random: own)
    if (test?.p ?? 1) <= 0.05 { exchange += 1 }
    // The interval under the wrong assumption of independent utterances.
    let p = first.reduce(0, +) / Double(speakers)
    let half = 1.96 * (p * (1 - p) / Double(speakers * utterances)).squareRoot()
    if abs(p - mean) <= half { naive += 1 }
  }
  let situation = "\(speakers) speakers"
  return [
    row("jackknife, t(G-1)", situation, "95 % interval of WA holds the truth", 0.95, trials, jack),
    row(
      "cluster bootstrap, percentiles", situation, "95 % interval of WA holds the truth", 0.95,
      trials, boot),
    row(
      "utterances taken to be independent (not used)", situation,
      "95 % interval of WA holds the truth", 0.95, trials, naive),
    row(
      "jackknife, t(G-1)", situation, "95 % interval of a difference holds 0", 0.95, trials,
      jackPair),
    row(
      "paired cluster bootstrap", situation, "95 % interval of a difference holds 0", 0.95, trials,
      bootPair),
    row(
      "exchange of whole speakers", situation, "p ≤ 0.05 without a difference", 0.05, trials,
      exchange),
  ]
}

// MARK: Folds

/// Fold differences with true mean 0, correlated by ρ = 1/K as Nadeau and Bengio assume.
private func foldTests(_ folds: Int, _ trials: Int, _ random: RandomStream) -> [SimulationRow] {
  var random = random
  let correlation = 1 / Double(folds)
  var (corrected, plain, better) = (0, 0, 0)
  for _ in 0..<trials {
    let shared = correlation.squareRoot() * random.normal()
    let values = (0..<folds).map { _ in shared + (1 - correlation).squareRoot() * random.normal() }
    let t = CorrelatedT(differences: values, testShare: 1 / Double(folds - 1))
    if t.test.p <= 0.05 { corrected += 1 }
    if let interval = meanOfUnits(values, unit: "fold").interval,
      interval.lower > 0 || interval.upper < 0
    {
      plain += 1
    }
    if t.probabilities(rope: 0).better >= 0.95 { better += 1 }
  }
  let situation = "\(folds) folds, correlated by 1/K"
  return [
    row(
      "Nadeau–Bengio corrected t", situation, "p ≤ 0.05 without a difference", 0.05, trials,
      corrected),
    row(
      "plain t over folds (not used)", situation, "p ≤ 0.05 without a difference", 0.05, trials,
      plain),
    row(
      "Bayesian correlated t", situation, "P(better) ≥ 0.95 without a difference", 0.05, trials,
      better),
  ]
}

// MARK: The gate

/// Seeds deviate by 1.5 points on each of 6 folds; the margin is 1 point. The program is unchanged,
/// or loses 1 or 3 points.
private func seedGate(
  candidate n: Int, baseline m: Int, _ trials: Int, _ random: RandomStream
) -> [SimulationRow] {
  let gate = Gate(metric: .accuracy, margin: 0.01)
  return [0.0, 0.01, 0.03].flatMap { loss -> [SimulationRow] in
    var random = random.split("loss \(loss)")
    var verdicts: [Verdict: Int] = [:]
    for _ in 0..<trials {
      let means = (0..<6).map { _ in 0.7 + 0.05 * random.normal() }
      func scores(_ seeds: Int, _ loss: Double) -> [[Double]] {
        means.map { mean in (0..<seeds).map { _ in mean - loss + 0.015 * random.normal() } }
      }
      let blocks = SeedBlocks(candidate: scores(n, loss), baseline: scores(m, 0))
      guard let interval = blocks.welch(level: gate.confidence).interval else { continue }
      verdicts[gate.verdict(of: interval), default: 0] += 1
    }
    let situation =
      "\(n) seeds against \(m), 6 folds, "
      + (loss == 0 ? "nothing changed" : "\(fixed(100 * loss, digits: 0)) points lost")
    return [Verdict.pass, .regressed, .inconclusive].map {
      row(
        "gate, margin 1 point", situation, $0.rawValue,
        loss == 0 && $0 == .regressed ? 0.025 : loss == 0.01 && $0 == .pass ? 0.025 : nil, trials,
        verdicts[$0, default: 0])
    }
  }
}

// MARK: Drift

/// Histories of 30 runs with a deviation of 0.3 points: constant, or losing 0.1 points per run from
/// the 15th on.
private func drift(_ trials: Int, _ random: RandomStream) -> [SimulationRow] {
  [0.0, 0.001].map { slope in
    var random = random.split("slope \(slope)")
    let found = (0..<trials).count { _ in
      let values = (0..<30).map {
        0.7 - slope * Double(max(0, $0 - 14)) + 0.003 * random.normal()
      }
      return !changePoints(values, deviation: 0.003).isEmpty
    }
    return row(
      "change points, penalty 3 ln n",
      "30 runs, deviation 0.3 points, "
        + (slope == 0 ? "nothing changed" : "0.1 points lost a run from the 15th"),
      "a change is found", nil, trials, found)
  }
}

extension [SimulationRow] {
  /// The table of docs/coverage.md.
  package var markdown: String {
    let head = """
      | procedure | situation | what is counted | promised | found |
      |---|---|---|---|---|

      """
    return head
      + map { row in
        "| \(row.procedure) | \(row.situation) | \(row.event) | "
          + "\(row.nominal.map { percent($0) + " %" } ?? "–") | \(percent(row.share)) ± "
          + "\(percent(row.error)) % |\n"
      }.joined()
  }
}
