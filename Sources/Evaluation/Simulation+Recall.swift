// Simulations of UA: with unequal speakers, with classes that some speakers lack, and with seeds
// beside speakers. UA is no mean over speakers, so these are harder than accuracy.
package import Randomness
import Statistics

/// How many utterances of each class a speaker has.
private enum SpeakerLayout: CaseIterable {
  case equal, unequal, halfOfTheClasses, rareClass

  static let classes = 4

  var title: String {
    switch self {
    case .equal: "4 classes of 15 each"
    case .unequal: "4 classes, 4 to 32 of each"
    case .halfOfTheClasses: "2 of 4 classes each"
    case .rareClass: "one class of 2 speakers only"
    }
  }

  func utterances(speaker: Int, label: Int) -> Int {
    switch self {
    case .equal: 15
    case .unequal: [4, 8, 16, 32][speaker % 4]
    case .halfOfTheClasses: (label - speaker % 4 + 4) % 4 < 2 ? 30 : 0
    case .rareClass: label < 3 || speaker < 2 ? 15 : 0
    }
  }
}

/// The recall of each class, averaged over all speakers. UA in truth is their mean.
private let recalls = [0.7, 0.65, 0.6, 0.5]
private let trueUA = recalls.reduce(0, +) / Double(recalls.count)

/// The probability of a right answer, by speaker and class: a deviation of 0.1 over speakers and of
/// 0.05 over each speaker's classes.
private func skills(_ speakers: Int, _ random: inout RandomStream) -> [[Double]] {
  (0..<speakers).map { _ in
    let own = 0.1 * random.normal()
    return recalls.map { $0 + own + 0.05 * random.normal() }
  }
}

/// Draws the counts of one seed.
private func counts(
  _ skills: [[Double]], _ layout: SpeakerLayout, plus change: [Double],
  _ random: inout RandomStream
) -> [[Int]] {
  let k = SpeakerLayout.classes
  return skills.enumerated().map { speaker, skill in
    var matrix = [Int](repeating: 0, count: k * k)
    for label in 0..<k {
      for _ in 0..<layout.utterances(speaker: speaker, label: label) {
        let isRight = random.uniform() < skill[label] + change[speaker]
        matrix[label * k + (isRight ? label : (label + 1) % k)] += 1
      }
    }
    return matrix
  }
}

/// Simulates the intervals and tests of UA where the truth is known.
///
/// - Parameter trials: number of trials of each situation.
package func simulateRecall(trials: Int, random: RandomStream) -> [SimulationRow] {
  SpeakerLayout.allCases.flatMap { layout in
    [4, 10, 24].flatMap { speakers in
      recallCoverage(
        speakers, layout, trials, random.split("\(layout) \(speakers)"))
    }
  } + [4, 10, 24].flatMap { seedCoverage($0, trials, random.split("seeds \($0)")) }
}

private func names(_ speakers: Int) -> [String] { (0..<speakers).map { "s\($0)" } }

private func holds(_ interval: Estimate.Interval?, _ truth: Double) -> Bool {
  interval.map { $0.lower <= truth && truth <= $0.upper } ?? false
}

/// Two equally good systems. Each deviates by 0.05 on each speaker.
private func recallCoverage(
  _ speakers: Int, _ layout: SpeakerLayout, _ trials: Int, _ random: RandomStream
) -> [SimulationRow] {
  var random = random
  let ua = Metric.unweightedAverageRecall
  var (jack, boot, jackPair, bootPair, exchange) = (0, 0, 0, 0, 0)
  for trial in 0..<trials {
    let skills = skills(speakers, &random)
    func system() -> ClusterTable {
      let change = (0..<speakers).map { _ in 0.05 * random.normal() }
      return ClusterTable(
        classes: SpeakerLayout.classes, clusters: names(speakers),
        counts: [counts(skills, layout, plus: change, &random)])
    }
    let (a, b) = (system(), system())
    let own = random.split("trial \(trial)")
    func difference(_ weights: [Int]) -> Double? {
      guard let x = a.score(ua, weights: weights), let y = b.score(ua, weights: weights) else {
        return nil
      }
      return x - y
    }
    func interval(_ figure: ClusterStatistic) -> Estimate.Interval? {
      jackknife(clusters: speakers, unit: "speaker", figure)?.interval
    }
    func percentiles(_ figure: ClusterStatistic) -> Estimate.Interval? {
      let values = clusterBootstrap(
        clusters: speakers, resamples: 500, random: own, figure
      ).values
      return values.isEmpty ? nil : percentileInterval(values)
    }
    if holds(interval { a.score(ua, weights: $0) }, trueUA) { jack += 1 }
    if holds(percentiles { a.score(ua, weights: $0) }, trueUA) { boot += 1 }
    if holds(interval(difference), 0) { jackPair += 1 }
    if holds(percentiles(difference), 0) { bootPair += 1 }
    if let x = a.parts(of: ua), let y = b.parts(of: ua) {
      let test = exchangeTest(
        differences: zip(x, y).map { $0 - $1 }, unit: "speaker", random: own)
      if (test?.p ?? 1) <= 0.05 { exchange += 1 }
    }
  }
  let situation = "\(speakers) speakers, \(layout.title)"
  let (truth, zero) = (
    "95 % interval of UA holds the truth", "95 % interval of a difference in UA holds 0"
  )
  return [
    row("jackknife, t(G-1)", situation, truth, 0.95, trials, jack),
    row("cluster bootstrap, percentiles", situation, truth, 0.95, trials, boot),
    row("jackknife, t(G-1)", situation, zero, 0.95, trials, jackPair),
    row("paired cluster bootstrap", situation, zero, 0.95, trials, bootPair),
    row(
      "exchange of whole speakers", situation, "p ≤ 0.05 without a difference in UA", 0.05, trials,
      exchange),
  ]
}

/// Three seeds of one method. A seed deviates by 0.02 on all speakers and by 0.03 on each.
private func seedCoverage(
  _ speakers: Int, _ trials: Int, _ random: RandomStream
) -> [SimulationRow] {
  var random = random
  let ua = Metric.unweightedAverageRecall
  var (jack, joint) = (0, 0)
  for trial in 0..<trials {
    let skills = skills(speakers, &random)
    let table = ClusterTable(
      classes: SpeakerLayout.classes, clusters: names(speakers),
      counts: (0..<3).map { _ in
        let seed = 0.02 * random.normal()
        let change = (0..<speakers).map { _ in seed + 0.03 * random.normal() }
        return counts(skills, .equal, plus: change, &random)
      })
    let figure = jackknife(clusters: speakers, unit: "speaker") { table.score(ua, weights: $0) }
    if holds(figure?.interval, trueUA) { jack += 1 }
    let both = SystemAnalysis.Figure.joint(
      ua, figure?.value ?? 0, table, random.split("trial \(trial)"), 200)
    if holds(both?.interval, trueUA) { joint += 1 }
  }
  let situation = "\(speakers) speakers, 3 seeds"
  let truth = "95 % interval of UA holds the method's truth"
  return [
    row("jackknife, t(G-1), of the seeds' mean", situation, truth, nil, trials, jack),
    row("seeds and speakers resampled", situation, truth, 0.95, trials, joint),
  ]
}
