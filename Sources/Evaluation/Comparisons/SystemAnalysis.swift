// One system's figures on one corpus: values, intervals and sources of spread.
package import Randomness
package import Statistics

/// The figures of one system with their intervals. Shares in 0…1.
package struct SystemAnalysis: Codable, Hashable, Sendable {
  package let system: String
  package let speakers: Int
  package let folds: Int
  package let seeds: [Int]
  /// One per metric, in the order of `Metric.allCases`.
  package let figures: [Figure]
  /// Variance of WA over folds and seeds, and over speakers and seeds, in squared shares; nil with
  /// one seed.
  package let foldComponents: VarianceComponents?
  package let speakerComponents: VarianceComponents?
  /// Calibration of all seeds' predictions together; nil if no probabilities are stored.
  package let calibration: Calibration?

  /// One figure, computed in several ways.
  package struct Figure: Codable, Hashable, Sendable {
    package let metric: Metric
    /// All test utterances together, mean over seeds. The interval is for unseen speakers
    /// (delete-one-speaker jackknife).
    package let pooled: Estimate
    /// The same with a delete-one-fold jackknife. It is stricter if a fold is a session whose
    /// speakers talk to each other.
    package let pooledByFold: Estimate
    /// The pooled figure with seeds and speakers both resampled: an interval for the method, not
    /// for these trained networks. Nil with one seed.
    package let pooledOverSeedsAndSpeakers: Estimate?
    /// Mean over folds of the mean over seeds, with the Nadeau–Bengio interval; nil with one
    /// fold.
    package let overFolds: Estimate?
    /// Mean over speakers of each speaker's figure, with a t(G-1) interval.
    package let overSpeakers: Estimate
    /// Each speaker's figure, mean over seeds.
    package let bySpeaker: [Named]
    /// Each fold's figure, mean over seeds.
    package let byFold: [Named]
    /// Each seed's pooled figure.
    package let bySeed: [Named]
  }

  package struct Named: Codable, Hashable, Sendable {
    package let name: String
    package let value: Double

    package init(name: String, value: Double) { (self.name, self.value) = (name, value) }
  }

  /// - Parameters:
  ///   - random: random numbers for the resampled intervals.
  ///   - resamples: number of resamples for each seed.
  package init(_ system: SystemPredictions, random: RandomStream, resamples: Int = 2000) {
    self.system = system.system
    let (bySpeaker, byFold) = (
      ClusterTable(system, by: .speaker), ClusterTable(system, by: .fold)
    )
    speakers = bySpeaker.clusters.count
    folds = byFold.clusters.count
    seeds = system.seeds.map(\.seed)
    figures = Metric.allCases.compactMap { metric in
      Figure(metric, system, bySpeaker, byFold, random.split(metric.rawValue), resamples)
    }
    foldComponents = VarianceComponents(byFold.scores(.accuracy))
    speakerComponents = VarianceComponents(bySpeaker.scores(.accuracy))
    let all = system.seeds.flatMap(\.predictions)
    calibration =
      all.isEmpty || all.contains { $0.probabilities.isEmpty } ? nil : Calibration(all)
  }

  package subscript(metric: Metric) -> Figure? { figures.first { $0.metric == metric } }
}

extension SystemAnalysis.Figure {
  init?(
    _ metric: Metric, _ system: SystemPredictions, _ bySpeaker: ClusterTable,
    _ byFold: ClusterTable, _ random: RandomStream, _ resamples: Int
  ) {
    guard
      let pooled = jackknife(
        clusters: bySpeaker.clusters.count, unit: "speaker",
        { bySpeaker.score(metric, weights: $0) }),
      let pooledByFold = jackknife(
        clusters: byFold.clusters.count, unit: "fold", { byFold.score(metric, weights: $0) })
    else { return nil }
    self.metric = metric
    self.pooled = pooled
    self.pooledByFold = pooledByFold
    let foldScores = byFold.ownScores(metric)
    overFolds =
      foldScores.count > 1
      ? CorrelatedT(
        differences: foldScores, testShare: 1 / Double(foldScores.count - 1)
      ).estimate() : nil
    let speakerScores = bySpeaker.ownScores(metric)
    overSpeakers = meanOfUnits(speakerScores, unit: "speaker")
    pooledOverSeedsAndSpeakers = Self.joint(metric, pooled.value, bySpeaker, random, resamples)
    func named(_ names: [String], _ values: [Double]) -> [SystemAnalysis.Named] {
      zip(names, values).map { SystemAnalysis.Named(name: $0, value: $1) }
    }
    self.bySpeaker = named(bySpeaker.clusters, speakerScores)
    self.byFold = named(byFold.clusters, foldScores)
    bySeed = named(
      system.seeds.map { String($0.seed) },
      system.matrices.map { ClassificationScores($0)[metric] })
  }

  /// Resamples speakers for each seed and joins the figures of all seeds.
  ///
  /// Source: Ferrer & Riera, "evaluation of methods" (luferrer/ConfidenceIntervals).
  static func joint(
    _ metric: Metric, _ value: Double, _ table: ClusterTable, _ random: RandomStream,
    _ resamples: Int
  ) -> Estimate? {
    guard table.counts.count > 1 else { return nil }
    let values = table.counts.indices.flatMap { seed in
      clusterBootstrap(
        clusters: table.clusters.count, resamples: resamples, random: random.split("seed \(seed)")
      ) { table.score(metric, weights: $0, seed: seed) }.values
    }
    guard !values.isEmpty else { return nil }
    return Estimate(
      value: value, interval: percentileInterval(values.sorted()),
      method: "speakers drawn again for each of \(table.counts.count) seeds, "
        + "\(resamples) resamples each, percentiles")
  }
}

extension ClusterTable {
  /// The figure of one seed, with each cluster counted `weights` times.
  func score(_ metric: Metric, weights: [Int], seed: Int) -> Double? {
    var sum = [Int](repeating: 0, count: classes * classes)
    for (cluster, weight) in zip(counts[seed], weights) where weight > 0 {
      for i in sum.indices { sum[i] += weight * cluster[i] }
    }
    return metric.value(of: sum, classes: classes)
  }
}
