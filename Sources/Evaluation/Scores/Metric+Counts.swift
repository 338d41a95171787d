// The metrics computed directly from counts, for procedures that need them thousands of times.
// Tests check that they equal `ClassificationScores`. K classes; n[t * K + p] utterances of class t
// predicted as p.

extension Metric {
  /// Returns the metric of `counts`, `[K·K]`; nil if there is no utterance.
  func value(of counts: [Int], classes k: Int) -> Double? {
    marginals(of: counts, classes: k).withUnsafeBufferPointer { value(ofMarginals: $0, classes: k) }
  }

  /// Returns the metric of `marginals(of:classes:)` or of a sum of such marginals; nil if there is
  /// no utterance.
  func value(ofMarginals marginals: UnsafeBufferPointer<Double>, classes k: Int) -> Double? {
    var (total, correct) = (0.0, 0.0)
    var (sum, weighted, present) = (0.0, 0.0, 0)
    for label in 0..<k {
      let right = marginals[label]
      let support = marginals[k + label]
      total += support
      correct += right
      switch self {
      case .accuracy: break
      case .unweightedAverageRecall:
        guard support > 0 else { continue }
        sum += right / support
        present += 1
      case .macroF1, .weightedF1:
        let chosen = marginals[2 * k + label]
        guard support + chosen > 0 else { continue }
        let f1 = 2 * right / (support + chosen)
        sum += f1
        weighted += f1 * support
        present += 1
      }
    }
    guard total > 0 else { return nil }
    switch self {
    case .accuracy: return correct / total
    case .unweightedAverageRecall, .macroF1: return sum / Double(present)
    case .weightedF1: return weighted / total
    }
  }

  /// The name on the command line and in files: `wa`, `ua`, `macro-f1`, `weighted-f1`.
  package var shortName: String {
    switch self {
    case .accuracy: "wa"
    case .unweightedAverageRecall: "ua"
    case .macroF1: "macro-f1"
    case .weightedF1: "weighted-f1"
    }
  }

  package init?(shortName: String) {
    guard let metric = Metric.allCases.first(where: { $0.shortName == shortName.lowercased() })
    else { return nil }
    self = metric
  }
}

/// Returns what the metrics need from `counts`, `[K·K]`: for each class the correct, true and
/// predicted counts, `[3·K]`. They are whole numbers stored as floating point, which the processor
/// adds several at a time. Their sums are exact.
func marginals(of counts: [Int], classes k: Int) -> [Double] {
  let classes = 0..<k
  return
    (classes.map { counts[$0 * k + $0] }
    + classes.map { label in classes.reduce(0) { $0 + counts[label * k + $1] } }
    + classes.map { label in classes.reduce(0) { $0 + counts[$1 * k + label] } })
    .map(Double.init)
}
