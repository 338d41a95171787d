// Counts by cluster (speaker, fold): what a figure is recomputed from when clusters are left out, drawn
// again or exchanged.
// S seeds, G clusters, K classes.
import Statistics

/// Whose utterances belong together.
package enum ClusterUnit: String, Codable, Sendable, CaseIterable {
  case speaker
  /// A session, where folds are sessions.
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
  /// In byte order; folds by number.
  let clusters: [String]
  /// `[S][G][K·K]`.
  let counts: [[[Int]]]

  init(_ system: SystemPredictions, by unit: ClusterUnit) {
    let k = system.classes.count
    classes = k
    let names = Set(system.utterances.map(unit.name)).sorted {
      ($0.count, $0) < ($1.count, $1)
    }
    clusters = names
    let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    counts = system.seeds.map { seed in
      var table = [[Int]](repeating: [Int](repeating: 0, count: k * k), count: names.count)
      for prediction in seed.predictions {
        guard let place = places[unit.name(of: prediction)] else { continue }
        table[place][prediction.truth * k + prediction.predicted] += 1
      }
      return table
    }
  }

  /// The figure, mean over seeds, of the clusters taken as often as `weights` says; nil where a class
  /// of the whole data has no utterance left, for then UA would be of fewer classes.
  func score(_ metric: Metric, weights: [Int]) -> Double? {
    mean(of: counts.map { weighted($0, weights) }, metric)
  }

  /// The same where in the clusters marked this system's counts are replaced by the other's.
  func score(_ metric: Metric, exchanging isExchanged: [Bool], with other: ClusterTable) -> Double?
  {
    let seeds = zip(counts, other.counts).map { own, others in
      var sum = [Int](repeating: 0, count: classes * classes)
      for g in own.indices {
        let source = isExchanged[g] ? others[g] : own[g]
        for i in sum.indices { sum[i] += source[i] }
      }
      return sum
    }
    return mean(of: seeds, metric)
  }

  /// The figure of each cluster alone, mean over seeds.
  func ownScores(_ metric: Metric) -> [Double] {
    clusters.indices.map { g in
      let values = counts.compactMap { metric.value(of: $0[g], classes: classes) }
      return values.reduce(0, +) / Double(values.count)
    }
  }

  /// `[G][S]`: the figure of each cluster and seed.
  func scores(_ metric: Metric) -> [[Double]] {
    clusters.indices.map { g in
      counts.compactMap { metric.value(of: $0[g], classes: classes) }
    }
  }

  private func weighted(_ table: [[Int]], _ weights: [Int]) -> [Int] {
    var sum = [Int](repeating: 0, count: classes * classes)
    for (cluster, weight) in zip(table, weights) where weight > 0 {
      for i in sum.indices { sum[i] += weight * cluster[i] }
    }
    return sum
  }

  private func mean(of seeds: [[Int]], _ metric: Metric) -> Double? {
    let values = seeds.compactMap { metric.value(of: $0, classes: classes) }
    return values.count == seeds.count && !values.isEmpty
      ? values.reduce(0, +) / Double(values.count) : nil
  }
}
