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
  /// What figures are computed from, `[S][G·3K]`: see `marginals(of:classes:)`.
  private let marginals: [[Int]]

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

  /// The figure, mean over seeds, of the clusters taken as often as `weights` says; nil where no utterance is
  /// left. UA is of the classes that have utterances left.
  func score(_ metric: Metric, weights: [Int]) -> Double? {
    mean(
      of: marginals.map { table in
        sum { place, row in
          let weight = weights[place]
          guard weight > 0 else { return }
          for i in row.indices { row[i] += weight * table[place * row.count + i] }
        }
      }, metric)
  }

  /// The same where in the clusters marked this system's counts are replaced by the other's.
  func score(_ metric: Metric, exchanging isExchanged: [Bool], with other: ClusterTable) -> Double?
  {
    mean(
      of: zip(marginals, other.marginals).map { own, others in
        sum { place, row in
          let table = isExchanged[place] ? others : own
          for i in row.indices { row[i] += table[place * row.count + i] }
        }
      }, metric)
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

  /// Sums marginals over clusters, `[3K]`.
  private func sum(
    _ add: (_ cluster: Int, _ row: UnsafeMutableBufferPointer<Int>) -> Void
  ) -> [Int] {
    [Int](unsafeUninitializedCapacity: 3 * classes) { row, count in
      count = 3 * classes
      row.initialize(repeating: 0)
      let row = UnsafeMutableBufferPointer(rebasing: row[..<count])
      for cluster in clusters.indices { add(cluster, row) }
    }
  }

  private func mean(of seeds: [[Int]], _ metric: Metric) -> Double? {
    let values = seeds.compactMap { metric.value(ofMarginals: $0, classes: classes) }
    return values.count == seeds.count && !values.isEmpty
      ? values.reduce(0, +) / Double(values.count) : nil
  }
}
