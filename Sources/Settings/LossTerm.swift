// The terms of the loss. A new term needs a case here, its weight in `LossSettings`, and its
// formula in `EmotionNetwork.value(of:)`. Log, report, claims and checks loop over the cases.

/// A term of the loss, in the order of the paper. Its raw value is its name in settings and logs.
package enum LossTerm: String, Hashable, Sendable, CaseIterable {
  case kl, focal, center, supcon

  /// The name in tables.
  package var label: String {
    switch self {
    case .kl: "KL"
    case .focal: "focal"
    case .center: "center"
    case .supcon: "SupCon"
    }
  }

  /// The title of a plot of its values, with the unit if there is one.
  package var title: String {
    switch self {
    case .kl: "KL divergence, nats"
    case .focal: "Focal loss"
    case .center: "Center loss"
    case .supcon: "Supervised contrastive loss"
    }
  }

  /// The property with its weight in the settings.
  package var weight: WritableKeyPath<LossSettings, Double> {
    switch self {
    case .kl: \.kl
    case .focal: \.focal
    case .center: \.center
    case .supcon: \.supcon
    }
  }

  /// The key of its weight in an experiment file.
  package var path: String { "loss." + rawValue }
}

extension LossSettings {
  /// The weight of a term. A term with weight 0 is left out.
  package subscript(term: LossTerm) -> Double {
    get { self[keyPath: term.weight] }
    set { self[keyPath: term.weight] = newValue }
  }

  /// The terms with a weight other than 0, in the order of the paper.
  package var terms: [LossTerm] { LossTerm.allCases.filter { self[$0] > 0 } }
}
