// What the choice of an epoch does to a figure. Only one of these rules makes results: the last
// epoch, or the epoch best on speakers held out of training. The epoch best on the test utterances
// is shown as what it is: optimism, in points.

/// How the epoch that is scored was chosen.
package enum SelectionRule: String, Codable, Hashable, Sendable, CaseIterable {
  case last = "last"
  case bestValidation = "best-validation"
  /// Never a result.
  case bestTest = "best-test"
}

/// What one training did on its scored utterances, epoch by epoch.
package struct Trajectory: Hashable, Sendable {
  package let seed: Int
  package let fold: Int
  /// The confusion matrix after each epoch, from the first.
  package let matrices: [ConfusionMatrix]
  /// The accuracy on held-out speakers after each epoch; nil where none were held out.
  package let validation: [Double]?

  /// - Precondition: there is an epoch, and a validation accuracy for each where there is one.
  package init(seed: Int, fold: Int, matrices: [ConfusionMatrix], validation: [Double]?) {
    precondition(
      !matrices.isEmpty && validation.map { $0.count == matrices.count } ?? true,
      "\(matrices.count) epochs, validation of \(validation?.count ?? 0)")
    self.seed = seed
    self.fold = fold
    self.matrices = matrices
    self.validation = validation
  }

  /// The epoch, from 1, that a rule takes; the earlier of equals; nil where it cannot choose.
  package func epoch(by rule: SelectionRule, metric: Metric) -> Int? {
    func best(_ values: [Double]) -> Int {
      1 + values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
    }
    switch rule {
    case .last: return matrices.count
    case .bestValidation: return validation.map(best)
    case .bestTest: return best(matrices.map { ClassificationScores($0)[metric] })
    }
  }
}

/// The rules side by side for one system.
package struct SelectionPanel: Codable, Hashable, Sendable {
  /// One per metric (WA, UA) and set of trainings.
  package let rows: [Row]

  package struct Row: Codable, Hashable, Sendable {
    package let metric: Metric
    /// Whether speakers were held out of these trainings, which then saw fewer.
    package let holdsOut: Bool
    package let seeds: [Int]
    /// Pooled over folds, mean over seeds, share; nil where the rule cannot choose.
    package let last: Double
    package let bestValidation: Double?
    package let bestTest: Double

    /// What choosing by the test utterances gains over the last epoch: never a result.
    package var optimism: Double { bestTest - last }
  }

  /// - Parameters:
  ///   - trainings: of all folds of some seeds; seeds that lack one of `folds` are left out.
  ///   - beside: the same of trainings that hold out speakers.
  package init(trainings: [Trajectory], beside: [Trajectory], folds: [Int]) {
    rows = [(false, trainings), (true, beside)].flatMap { holdsOut, all in
      [Metric.accuracy, .unweightedAverageRecall].compactMap {
        Self.row($0, all, holdsOut: holdsOut, folds: folds)
      }
    }
  }

  private static func row(
    _ metric: Metric, _ all: [Trajectory], holdsOut: Bool, folds: [Int]
  ) -> Row? {
    let seeds = Set(all.map(\.seed)).sorted().filter { seed in
      Set(all.filter { $0.seed == seed }.map(\.fold)) == Set(folds)
    }
    guard !seeds.isEmpty else { return nil }
    func mean(_ rule: SelectionRule) -> Double? {
      let values = seeds.compactMap { seed -> Double? in
        let chosen = all.filter { $0.seed == seed }.compactMap { training in
          training.epoch(by: rule, metric: metric).map { training.matrices[$0 - 1] }
        }
        guard chosen.count == folds.count, let first = chosen.first else { return nil }
        return ClassificationScores(chosen.dropFirst().reduce(first, +))[metric]
      }
      return values.count == seeds.count ? values.reduce(0, +) / Double(seeds.count) : nil
    }
    guard let last = mean(.last), let bestTest = mean(.bestTest) else { return nil }
    return Row(
      metric: metric, holdsOut: holdsOut, seeds: seeds, last: last,
      bestValidation: mean(.bestValidation), bestTest: bestTest)
  }
}
