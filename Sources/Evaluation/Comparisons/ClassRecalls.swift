// The recall of each class, with an interval for unseen speakers.
package import Statistics

/// One class of one system. Shares in 0…1.
package struct ClassRecall: Codable, Hashable, Sendable {
  package let name: String
  /// Test utterances of the class in one seed.
  package let support: Int
  /// Pooled recall, mean over seeds, with the delete-one-speaker jackknife. It has no interval if
  /// one speaker has all utterances of the class. Nil if the class has no utterance.
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
  /// Returns the accuracy of each speaker by name, mean over seeds.
  package func speakerAccuracies() -> [SystemAnalysis.Named] {
    let table = ClusterTable(self, by: .speaker)
    return zip(table.clusters, table.ownScores(.accuracy)).map { name, value in
      SystemAnalysis.Named(name: name, value: value)
    }
  }
}

extension ClusterTable {
  /// The share of utterances of class `truth` predicted as `predicted`, mean over seeds. Each
  /// speaker counts `weights` times. Nil if none of these speakers has the class.
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
