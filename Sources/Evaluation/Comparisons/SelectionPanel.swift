// How the choice of an epoch changes a score. Only two rules produce results: the last epoch, and
// the best epoch on held-out training speakers. Choosing the best epoch by test score is optimism.
// It is shown in points and never counted.

/// How the scored epoch was chosen.
package enum SelectionRule: String, Codable, Hashable, Sendable, CaseIterable {
  case last = "last"
  case bestValidation = "best-validation"
  /// Never counted as a result.
  case bestTest = "best-test"
}

/// The scores of one training on its test utterances, epoch by epoch.
package struct Trajectory: Hashable, Sendable {
  package let seed: Int
  package let fold: Int
  /// The confusion matrix after each epoch, starting with the first.
  package let matrices: [ConfusionMatrix]
  /// The accuracy on held-out speakers after each epoch; nil if none were held out.
  package let validation: [Double]?

  /// - Precondition: there is at least one epoch. `validation` has one value per epoch, or is nil.
  package init(seed: Int, fold: Int, matrices: [ConfusionMatrix], validation: [Double]?) {
    precondition(
      !matrices.isEmpty && validation.map { $0.count == matrices.count } ?? true,
      "\(matrices.count) epochs, validation of \(validation?.count ?? 0)")
    self.seed = seed
    self.fold = fold
    self.matrices = matrices
    self.validation = validation
  }

  /// The epoch (from 1) that a rule chooses, the earlier one on a tie; nil if the rule cannot
  /// choose.
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

/// The selection rules side by side for one system.
package struct SelectionPanel: Codable, Hashable, Sendable {
  /// One row per metric (WA, UA) and set of trainings.
  package let rows: [Row]

  package struct Row: Codable, Hashable, Sendable {
    package let metric: Metric
    /// Whether these trainings held out speakers and so trained on fewer utterances.
    package let holdsOut: Bool
    package let seeds: [Int]
    /// Shares pooled over folds, mean over seeds; nil if the rule cannot choose.
    package let last: Double
    package let bestValidation: Double?
    package let bestTest: Double

    /// What choosing by test score gains over the last epoch. Never a result.
    package var optimism: Double { bestTest - last }
  }

  /// - Parameters:
  ///   - trainings: all folds of some seeds. Seeds that lack one of `folds` are left out.
  ///   - beside: the same for trainings that hold out speakers.
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
