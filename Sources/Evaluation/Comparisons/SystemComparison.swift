// Is A better than B on the same utterances? There are two questions, and the answers are never
// mixed. Are these trained networks better on unseen speakers? Then the unit is the speaker. Is the
// method better when trained again? Then the unit is the fold, averaged over seeds.
package import Randomness
package import Statistics

/// A minus B on one corpus, in shares. Every comparison is paired on the same utterances.
package struct SystemComparison: Codable, Hashable, Sendable {
  package let first: String
  package let second: String
  package let metric: Metric
  /// The seeds of each side. The means over seeds are compared.
  package let seeds: [Int]

  // MARK: These systems, unseen speakers

  package let speakers: Int
  /// Delete-one-speaker jackknife of the difference, with a t(G-1) interval.
  package let difference: Estimate
  /// Percentiles of the paired bootstrap over whole speakers. The interval is too short with few
  /// speakers.
  package let bootstrap: Estimate.Interval
  /// The share of resamples without a defined figure. Above 1 %, the interval is not shown.
  package let undefinedShare: Double
  /// The test that exchanges whole speakers.
  package let exchange: TestOutcome

  // MARK: The methods

  package let folds: Int
  /// The Nadeau–Bengio difference over folds; nil with one fold.
  package let method: Estimate?
  package let methodTest: TestOutcome?
  /// The test that exchanges whole folds. Few folds cannot give a p below 0.05; then none is shown.
  package let foldExchange: TestOutcome
  /// P(first worse), P(equal within the rope) and P(first better).
  package let probabilities: Probabilities?
  package let rope: Double
  /// The difference that these folds would detect 8 times in 10 at p 0.05; nil with one fold.
  package let detectable: Double?
  /// The difference that these speakers would detect 8 times in 10.
  package let detectableOverSpeakers: Double?

  // MARK: Beside that

  /// McNemar's test of accuracy for the lowest common seed. It assumes independent utterances.
  package let mcNemar: TestOutcome
  package let mcNemarSeed: Int
  /// P(a seed of the first beats a seed of the second), by pooled figures.
  package let superiority: Double

  package struct Probabilities: Codable, Hashable, Sendable {
    package let worse: Double
    package let equal: Double
    package let better: Double
  }

  /// - Parameters:
  ///   - rope: differences within ± this share count as equal; 0.01 is one point.
  /// - Precondition: both have the same utterances and at least one seed.
  package init(
    _ first: SystemPredictions, _ second: SystemPredictions, metric: Metric, rope: Double = 0.01,
    random: RandomStream, resamples: Int = 10_000
  ) {
    precondition(
      first.hasSameUtterances(as: second) && !first.seeds.isEmpty && !second.seeds.isEmpty,
      "\(first.system) and \(second.system) have other utterances")
    self.first = first.system
    self.second = second.system
    self.metric = metric
    self.rope = rope
    seeds = first.seeds.map(\.seed)
    let (a, b) = (ClusterTable(first, by: .speaker), ClusterTable(second, by: .speaker))
    speakers = a.clusters.count
    func paired(_ weights: [Int]) -> Double? {
      guard let x = a.score(metric, weights: weights), let y = b.score(metric, weights: weights)
      else { return nil }
      return x - y
    }
    difference =
      jackknife(clusters: speakers, unit: "speaker", paired)
      ?? Estimate(value: .nan, interval: nil, method: "not defined")
    let drawn = pairedBootstrap(
      a, b, metric: metric, resamples: resamples, random: random.split("bootstrap"))
    bootstrap = percentileInterval(drawn.values)
    undefinedShare = Double(drawn.undefined) / Double(resamples)
    exchange = Self.exchange(a, b, metric, .speaker, random.split("speakers"))

    let (c, d) = (ClusterTable(first, by: .fold), ClusterTable(second, by: .fold))
    folds = c.clusters.count
    foldExchange = Self.exchange(c, d, metric, .fold, random.split("folds"))
    let differences = zip(c.ownScores(metric), d.ownScores(metric)).map { $0 - $1 }
    if folds > 1 {
      let t = CorrelatedT(differences: differences, testShare: 1 / Double(folds - 1))
      let p = t.probabilities(rope: rope)
      method = t.estimate()
      methodTest = t.test
      probabilities = Probabilities(worse: p.worse, equal: p.equal, better: p.better)
      detectable = minimumDetectableEffect(
        standardError: t.standardError, degreesOfFreedom: Double(folds - 1))
    } else {
      (method, methodTest, probabilities, detectable) = (nil, nil, nil, nil)
    }
    detectableOverSpeakers = difference.interval.map {
      let freedom = Double(a.clusters.count - 1)
      let error = $0.halfWidth / StudentT(degreesOfFreedom: freedom).quantile((1 + $0.level) / 2)
      return minimumDetectableEffect(standardError: error, degreesOfFreedom: freedom)
    }
    let common = Set(seeds).intersection(second.seeds.map(\.seed)).min()
    let x = first.seeds.first { $0.seed == common } ?? first.seeds[0]
    let y = second.seeds.first { $0.seed == common } ?? second.seeds[0]
    mcNemarSeed = x.seed
    let pairs = zip(x.predictions, y.predictions).map {
      ($0.predicted == $0.truth, $1.predicted == $1.truth)
    }
    mcNemar = Statistics.mcNemar(
      onlyFirst: pairs.count { $0.0 && !$0.1 }, onlySecond: pairs.count { !$0.0 && $0.1 })
    superiority = probabilityOfSuperiority(
      first.matrices.map { ClassificationScores($0)[metric] },
      over: second.matrices.map { ClassificationScores($0)[metric] })
  }

  /// Exchange needs equal numbers of seeds. The first seeds of each side are used, as many as both
  /// have.
  private static func exchange(
    _ a: ClusterTable, _ b: ClusterTable, _ metric: Metric, _ unit: ClusterUnit,
    _ random: RandomStream
  ) -> TestOutcome {
    let seeds = min(a.counts.count, b.counts.count)
    let (a, b) = (a.first(seeds), b.first(seeds))
    let undefined = TestOutcome(p: 1, smallestAttainable: 1, method: "not defined")
    if let x = a.parts(of: metric), let y = b.parts(of: metric) {
      return exchangeTest(
        differences: zip(x, y).map { $0 - $1 }, unit: unit.rawValue, random: random) ?? undefined
    }
    let outcome = signFlipTest(clusters: a.clusters.count, unit: unit.rawValue, random: random) {
      guard let x = a.score(metric, exchanging: $0, with: b),
        let y = b.score(metric, exchanging: $0, with: a)
      else { return nil }
      return x - y
    }
    return outcome ?? undefined
  }
}

/// Resamples whole clusters of two systems together and computes the difference each time.
///
/// - Returns: the differences in ascending order, and the number of resamples without one.
package func pairedBootstrap(
  _ first: SystemPredictions, _ second: SystemPredictions, metric: Metric, by unit: ClusterUnit,
  resamples: Int, random: RandomStream
) -> (values: [Double], undefined: Int) {
  pairedBootstrap(
    ClusterTable(first, by: unit), ClusterTable(second, by: unit), metric: metric,
    resamples: resamples, random: random)
}

private func pairedBootstrap(
  _ a: ClusterTable, _ b: ClusterTable, metric: Metric, resamples: Int, random: RandomStream
) -> (values: [Double], undefined: Int) {
  clusterBootstrap(clusters: a.clusters.count, resamples: resamples, random: random) { weights in
    guard let x = a.score(metric, weights: weights), let y = b.score(metric, weights: weights)
    else { return nil }
    return x - y
  }
}

extension ClusterTable {
  fileprivate func first(_ seeds: Int) -> ClusterTable {
    ClusterTable(classes: classes, clusters: clusters, counts: Array(counts.prefix(seeds)))
  }
}

extension [SystemComparison] {
  /// The p values of exchanging speakers, adjusted for the number of rows (Holm).
  package var adjusted: [Double] { holm(map(\.exchange.p)) }
  /// The p values of the corrected t over folds, adjusted likewise.
  package var adjustedForMethods: [Double] { holm(map { $0.methodTest?.p ?? 1 }) }

  /// What the folds of `row` can detect as one of these rows; nil with one fold.
  package func detectable(_ row: SystemComparison) -> DetectableEffect? {
    effect(row.detectable, units: row.folds)
  }

  /// What the speakers of `row` can detect as one of these rows; nil with one speaker.
  package func detectableOverSpeakers(_ row: SystemComparison) -> DetectableEffect? {
    effect(row.detectableOverSpeakers, units: row.speakers)
  }

  private func effect(_ plain: Double?, units: Int) -> DetectableEffect? {
    guard let plain, units > 1 else { return nil }
    return DetectableEffect(plain: plain, degreesOfFreedom: Double(units - 1), rows: count)
  }
}

extension DetectableEffect.Bounds {
  /// The difference with its interval in points, such as "6.70 (4.18 to 16.43)".
  package var points: String { text(digits: 2) }

  /// The same with another number of digits after the point.
  package func text(digits: Int) -> String {
    func number(_ share: Double) -> String { fixed(100 * share, digits: digits) }
    return "\(number(value)) (\(number(lower)) to \(number(upper)))"
  }
}
