// Where two systems confuse classes differently: the cell-by-cell difference of their confusion
// matrices, with intervals for unseen speakers.
package import Statistics

/// One system's row shares minus another's, on the same utterances.
package struct ConfusionDifference: Codable, Hashable, Sendable {
  package let first: String
  package let second: String
  package let classes: [String]
  /// Indexed by truth, then prediction.
  package let cells: [[Cell]]

  /// One cell.
  package struct Cell: Codable, Hashable, Sendable {
    /// Difference of the pooled shares, mean over seeds, with the paired delete-one-speaker
    /// jackknife. Nil if the class has no utterance.
    package let difference: Estimate?
    /// Two-sided p value of the jackknife's t, adjusted for all K² cells (Holm); nil without an
    /// interval.
    package let adjustedP: Double?

    /// Whether the difference is significant after adjusting for all cells.
    package var isClear: Bool { adjustedP.map { $0 <= 0.05 } ?? false }
  }

  /// - Precondition: both have the same utterances and at least one seed.
  package init(_ first: SystemPredictions, _ second: SystemPredictions) {
    precondition(
      first.hasSameUtterances(as: second),
      "\(first.system) and \(second.system) have other utterances")
    self.first = first.system
    self.second = second.system
    classes = first.classes
    let (a, b) = (ClusterTable(first, by: .speaker), ClusterTable(second, by: .speaker))
    let k = first.classes.count
    let estimates = (0..<k * k).map { cell in
      jackknife(clusters: a.clusters.count, unit: "speaker") { weights in
        guard let x = a.rowShare(cell / k, cell % k, weights: weights),
          let y = b.rowShare(cell / k, cell % k, weights: weights)
        else { return nil }
        return x - y
      }
    }
    let freedom = Double(a.clusters.count - 1)
    let known = estimates.indices.filter { estimates[$0]?.interval != nil }
    let adjusted = holm(
      known.compactMap { estimates[$0].flatMap { twoSidedP($0, degreesOfFreedom: freedom) } })
    let places = Dictionary(uniqueKeysWithValues: zip(known, adjusted))
    cells = (0..<k).map { truth in
      (0..<k).map {
        Cell(difference: estimates[truth * k + $0], adjustedP: places[truth * k + $0])
      }
    }
  }
}

/// The two-sided p value of "no difference" that matches a t interval.
func twoSidedP(_ estimate: Estimate, degreesOfFreedom: Double) -> Double? {
  guard let interval = estimate.interval else { return nil }
  let t = StudentT(degreesOfFreedom: degreesOfFreedom)
  let error = interval.halfWidth / t.quantile((1 + interval.level) / 2)
  guard error > 0 else { return estimate.value == 0 ? 1 : 0 }
  return t.twoSided(estimate.value / error)
}
