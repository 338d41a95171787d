// Counts by cluster (speaker or fold). Figures are recomputed from them when clusters are left out,
// resampled or exchanged. S seeds, G clusters, K classes.
import Statistics

/// What makes a cluster.
package enum ClusterUnit: String, Codable, Sendable, CaseIterable {
  case speaker
  /// A session, for corpora whose folds are sessions.
  case fold

  func name(of prediction: Prediction) -> String {
    switch self {
    case .speaker: prediction.speaker
    case .fold: String(prediction.fold)
    }
  }
}

/// The counts of one system by seed and cluster.
struct ClusterTable: Sendable {
  let classes: Int
  /// In byte order; folds in numerical order.
  let clusters: [String]
  /// `[S][G][K·K]`.
  let counts: [[[Int]]]
  /// Sums that the figures need, `[S][G·3K]`: see `marginals(of:classes:)`.
  private let marginals: [[Double]]

  init(classes: Int, clusters: [String], counts: [[[Int]]]) {
    (self.classes, self.clusters, self.counts) = (classes, clusters, counts)
    marginals = counts.map { $0.flatMap { Evaluation.marginals(of: $0, classes: classes) } }
  }

  init(_ system: SystemPredictions, by unit: ClusterUnit) {
    let k = system.classes.count
    let names = Set(system.utterances.map(unit.name)).sorted {
      ($0.count, $0) < ($1.count, $1)
    }
    let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    let counts = system.seeds.map { seed in
      var table = [[Int]](repeating: [Int](repeating: 0, count: k * k), count: names.count)
      for prediction in seed.predictions {
        guard let place = places[unit.name(of: prediction)] else { continue }
        table[place][prediction.truth * k + prediction.predicted] += 1
      }
      return table
    }
    self.init(classes: k, clusters: names, counts: counts)
  }

  /// The figure, mean over seeds, with each cluster counted `weights` times. UA averages the
  /// classes that have utterances left. Nil if no utterance is left.
  func score(_ metric: Metric, weights: [Int]) -> Double? {
    mean(of: metric) { seed, add in
      marginals[seed].withUnsafeBufferPointer { table in
        for (cluster, weight) in weights.enumerated() { add(table, cluster, Double(weight)) }
      }
    }
  }

  /// The figure after replacing the marked clusters' counts with those of `other`, which must have
  /// as many seeds.
  func score(_ metric: Metric, exchanging isExchanged: [Bool], with other: ClusterTable) -> Double?
  {
    mean(of: metric) { seed, add in
      marginals[seed].withUnsafeBufferPointer { own in
        other.marginals[seed].withUnsafeBufferPointer { others in
          for (cluster, exchanged) in isExchanged.enumerated() {
            add(exchanged ? others : own, cluster, 1)
          }
        }
      }
    }
  }

  /// The part of each cluster in the figure of all clusters, mean over seeds: the parts add up to
  /// the figure. Nil for a figure that is no such sum, or without utterances.
  ///
  ///     WA: correct_g / n      UA: (1/K) Σ_k correct_gk / n_k
  func parts(of metric: Metric) -> [Double]? {
    guard metric == .accuracy || metric == .unweightedAverageRecall, !counts.isEmpty else {
      return nil
    }
    let (k, width) = (classes, 3 * classes)
    var parts = [Double](repeating: 0, count: clusters.count)
    for table in marginals {
      let supports = (0..<k).map { label in
        clusters.indices.reduce(0) { $0 + table[$1 * width + k + label] }
      }
      let (total, present) = (supports.reduce(0, +), Double(supports.count { $0 > 0 }))
      guard total > 0 else { return nil }
      for cluster in clusters.indices {
        for label in 0..<k where supports[label] > 0 {
          let right = table[cluster * width + label]
          parts[cluster] +=
            metric == .accuracy ? right / total : right / (supports[label] * present)
        }
      }
    }
    return parts.map { $0 / Double(marginals.count) }
  }

  /// The figure of each cluster alone, mean over seeds.
  func ownScores(_ metric: Metric) -> [Double] {
    clusters.indices.map { g in
      let values = counts.compactMap { metric.value(of: $0[g], classes: classes) }
      return values.reduce(0, +) / Double(values.count)
    }
  }

  /// The figure of each cluster and seed, `[G][S]`.
  func scores(_ metric: Metric) -> [[Double]] {
    clusters.indices.map { g in
      counts.compactMap { metric.value(of: $0[g], classes: classes) }
    }
  }

  /// Adds a cluster's marginals from `table`, `[G·3K]`, `weight` times.
  private typealias Adding = (
    _ table: UnsafeBufferPointer<Double>, _ cluster: Int, _ weight: Double
  ) -> Void

  /// The figure of the sums that `collect` builds for each seed, averaged over seeds.
  private func mean(
    of metric: Metric, _ collect: (_ seed: Int, _ add: Adding) -> Void
  ) -> Double? {
    let width = 3 * classes
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { sums in
      var total = 0.0
      for seed in marginals.indices {
        sums.initialize(repeating: 0)
        collect(seed) { table, cluster, weight in
          let row = UnsafeBufferPointer(rebasing: table[cluster * width..<(cluster + 1) * width])
          for i in 0..<width { sums[i] += weight * row[i] }
        }
        guard let value = metric.value(ofMarginals: UnsafeBufferPointer(sums), classes: classes)
        else { return nil }
        total += value
      }
      return marginals.isEmpty ? nil : total / Double(marginals.count)
    }
  }
}
