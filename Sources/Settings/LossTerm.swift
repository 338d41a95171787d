// The terms of the loss. A new term is a case here, its weight in `LossSettings`, and its formula
// in `EmotionNetwork.value(of:)`: log, report, claims and checks go over the cases.

/// A term of the loss, in the paper's order. The raw value is its name in settings and logs.
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

  /// The name over a curve of its values, with the unit where there is one.
  package var title: String {
    switch self {
    case .kl: "KL divergence, nats"
    case .focal: "Focal loss"
    case .center: "Center loss"
    case .supcon: "Supervised contrastive loss"
    }
  }

  /// Where its weight stands in the settings.
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
  /// The weight of a term; 0 leaves the term out.
  package subscript(term: LossTerm) -> Double {
    get { self[keyPath: term.weight] }
    set { self[keyPath: term.weight] = newValue }
  }

  /// The terms that have a weight, in the paper's order.
  package var terms: [LossTerm] { LossTerm.allCases.filter { self[$0] > 0 } }
}
