// The headline figures, their names and their definitions in one place: the field's papers confuse
// WA with UA, so every table takes both the name and the formula from here.

/// A figure computed from a confusion matrix; higher is better, and it lies in 0…1.
package enum Metric: String, Codable, Sendable, CaseIterable {
  /// WA: the share of utterances classified right.
  case accuracy
  /// UA: the mean of the classes' recalls.
  case unweightedAverageRecall = "unweighted_average_recall"
  /// The mean of the classes' F1.
  case macroF1 = "macro_f1"
  /// The mean of the classes' F1, weighted by how often each class occurs.
  case weightedF1 = "weighted_f1"

  /// The name in tables.
  package var abbreviation: String {
    switch self {
    case .accuracy: "WA"
    case .unweightedAverageRecall: "UA"
    case .macroF1: "macro F1"
    case .weightedF1: "weighted F1"
    }
  }

  /// The definition in one line; n is the confusion matrix, rows true, columns chosen.
  package var definition: String {
    switch self {
    case .accuracy: "WA = Σₖ n[k,k] / Σ n, the share of utterances classified right"
    case .unweightedAverageRecall:
      "UA = mean over the classes that occur of n[k,k] / Σⱼ n[k,j], the mean of recalls"
    case .macroF1:
      "macro F1 = mean over the classes that occur or were chosen of "
        + "2 n[k,k] / (Σⱼ n[k,j] + Σⱼ n[j,k])"
    case .weightedF1: "weighted F1 = Σₖ F1[k] · Σⱼ n[k,j] / Σ n"
    }
  }
}
