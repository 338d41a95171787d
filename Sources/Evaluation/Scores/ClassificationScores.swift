// The scores of one confusion matrix. The definitions are scikit-learn's with `zero_division=0`,
// except that a quotient with denominator 0 is nil here. n[t][p] is the confusion matrix, N its
// sum.

/// All figures of one confusion matrix, each in 0…1.
package struct ClassificationScores: Hashable, Sendable {
  /// WA, the share of correctly classified utterances:
  ///
  ///     accuracy = Σₖ n[k][k] / N
  package let accuracy: Double

  /// UA, the mean recall of the classes that occur in the truth. Absent classes have no recall and
  /// are left out, as in scikit-learn's `balanced_accuracy_score`:
  ///
  ///     unweightedAverageRecall = mean over k with support[k] > 0 of recall[k]
  package let unweightedAverageRecall: Double

  /// The mean F1 of the classes that occur in the truth or in the predictions, as in scikit-learn's
  /// `f1_score` with `average="macro"`.
  package let macroF1: Double

  /// The mean F1, weighted by support: `Σₖ support[k] · f1[k] / N`.
  package let weightedF1: Double

  /// One entry per class, in the matrix's order.
  package let classes: [ClassScores]

  /// Computes the scores of `matrix`.
  ///
  /// - Precondition: the matrix counts at least one utterance.
  package init(_ matrix: ConfusionMatrix) {
    let total = matrix.total
    precondition(total > 0, "a confusion matrix of 0 utterances has no scores, needs at least 1")
    classes = matrix.classes.indices.map { ClassScores(matrix, label: $0) }
    accuracy = Double(matrix.correct) / Double(total)
    unweightedAverageRecall = mean(classes.compactMap(\.recall))
    macroF1 = mean(classes.compactMap(\.f1))
    weightedF1 =
      classes.reduce(0) { $0 + ($1.f1 ?? 0) * Double($1.support) } / Double(total)
  }

  /// The names of the classes that do not occur in the truth.
  package var absentClasses: [String] { classes.filter { $0.support == 0 }.map(\.name) }

  /// The value of one headline metric.
  package subscript(metric: Metric) -> Double {
    switch metric {
    case .accuracy: accuracy
    case .unweightedAverageRecall: unweightedAverageRecall
    case .macroF1: macroF1
    case .weightedF1: weightedF1
    }
  }
}

/// The figures of one class k against all others.
package struct ClassScores: Hashable, Sendable {
  package let name: String
  /// Utterances of the class: `Σⱼ n[k][j]`.
  package let support: Int
  /// Utterances predicted as this class: `Σⱼ n[j][k]`.
  package let chosen: Int
  /// Correctly predicted utterances of the class: `n[k][k]`.
  package let correct: Int

  init(_ matrix: ConfusionMatrix, label: Int) {
    name = matrix.classes[label]
    support = matrix.support(label)
    chosen = matrix.chosen(label)
    correct = matrix.counts[label][label]
  }

  /// `correct / chosen`; nil for a class that was never predicted.
  package var precision: Double? { chosen == 0 ? nil : Double(correct) / Double(chosen) }

  /// `correct / support`; nil for a class that does not occur.
  package var recall: Double? { support == 0 ? nil : Double(correct) / Double(support) }

  /// The harmonic mean of precision and recall: `2 · correct / (support + chosen)`. It is 0 for a
  /// class that occurs and was never predicted, and nil for a class that neither occurs nor was
  /// predicted.
  package var f1: Double? {
    support + chosen == 0 ? nil : 2 * Double(correct) / Double(support + chosen)
  }
}

private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
