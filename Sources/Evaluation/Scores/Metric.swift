// The headline metrics with their names and definitions in one place. Papers of the field confuse
// WA with UA, so every table takes both name and formula from here.

/// A figure computed from a confusion matrix. It lies in 0…1, and higher is better.
package enum Metric: String, Codable, Sendable, CaseIterable {
  /// WA: the share of correctly classified utterances.
  case accuracy
  /// UA: the mean of the class recalls.
  case unweightedAverageRecall = "unweighted_average_recall"
  /// The mean F1 of the classes.
  case macroF1 = "macro_f1"
  /// The mean F1 of the classes, weighted by their frequency.
  case weightedF1 = "weighted_f1"

  /// The short name used in tables.
  package var abbreviation: String {
    switch self {
    case .accuracy: "WA"
    case .unweightedAverageRecall: "UA"
    case .macroF1: "macro F1"
    case .weightedF1: "weighted F1"
    }
  }

  /// The definition on one line; n is the confusion matrix with true rows and predicted columns.
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
