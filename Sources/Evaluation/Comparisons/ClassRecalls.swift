// How well each class is found, with an interval for unseen speakers.
package import Statistics

/// One class of one system. Shares, 0…1.
package struct ClassRecall: Codable, Hashable, Sendable {
  package let name: String
  /// Test utterances of the class, of one seed.
  package let support: Int
  /// Mean over seeds of the pooled recall, with the delete-one-speaker jackknife; without an
  /// interval where a speaker has all utterances of the class, and nil where it has none.
  package let recall: Estimate?
}

extension SystemPredictions {
  /// Returns the recall of each class, in the order of the classes.
  ///
  ///     R_k = mean over seeds of n_kk / Σ_j n_kj
  package func classRecalls() -> [ClassRecall] {
    let table = ClusterTable(self, by: .speaker)
    return classes.enumerated().map { label, name in
      ClassRecall(
        name: name, support: utterances.count { $0.truth == label },
        recall: jackknife(clusters: table.clusters.count, unit: "speaker") {
          table.rowShare(label, label, weights: $0)
        })
    }
  }
}

extension SystemPredictions {
  /// Returns each speaker's accuracy, mean over seeds, by name.
  package func speakerAccuracies() -> [SystemAnalysis.Named] {
    let table = ClusterTable(self, by: .speaker)
    return zip(table.clusters, table.ownScores(.accuracy)).map { name, value in
      SystemAnalysis.Named(name: name, value: value)
    }
  }
}

extension ClusterTable {
  /// The share of the utterances of class `truth` that are taken for `predicted`, mean over seeds,
  /// of the speakers taken as often as `weights` says; nil where none of them has the class.
  func rowShare(_ truth: Int, _ predicted: Int, weights: [Int]) -> Double? {
    var sum = 0.0
    for seed in counts {
      var (hits, all) = (0, 0)
      for (cluster, weight) in zip(seed, weights) where weight > 0 {
        hits += weight * cluster[truth * classes + predicted]
        for k in 0..<classes { all += weight * cluster[truth * classes + k] }
      }
      guard all > 0 else { return nil }
      sum += Double(hits) / Double(all)
    }
    return counts.isEmpty ? nil : sum / Double(counts.count)
  }
}
