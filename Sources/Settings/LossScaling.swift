// The factor of each term of the loss: its weight, and the value that scales it to about [0, 1].
import Foundation

/// The size of a batch, as far as the values of its losses depend on it.
package struct LossSize: Hashable, Sendable {
  package let utterances: Int
  package let classes: Int
  /// The length of an embedding.
  package let embedding: Int

  package init(utterances: Int, classes: Int, embedding: Int) {
    (self.utterances, self.classes, self.embedding) = (utterances, classes, embedding)
  }
}

extension LossSettings {
  /// Returns what a term is multiplied by in the total loss of a batch.
  ///
  /// With `scaling: unit` this is the weight divided by `uniform(_:_:)`. Without scaling it is the
  /// weight itself.
  package func factor(of term: LossTerm, _ size: LossSize) -> Double {
    switch scaling {
    case .none: self[term]
    case .unit: self[term] / uniform(term, size)
    }
  }

  /// Returns the value of a term for a network that cannot tell utterances apart: all classes have
  /// the same probability, and all embeddings are the same. K classes, B utterances, E features of
  /// an embedding:
  ///
  /// - KL: `ln K`, if the target is one class. It is less for a smoothed or mixed target.
  /// - Focal: `(1 - 1/K)^γ ln K`, for any target.
  /// - Center: `E`, the mean of `‖0 - c‖²` over centers drawn from N(0, 1).
  /// - SupCon: `ln(B - 1)`, for any temperature, if each utterance has another one of its class.
  ///
  /// It is 1 where this formula gives 0, since the term itself is 0 there: for one class, and for
  /// the contrast of fewer than three utterances.
  package func uniform(_ term: LossTerm, _ size: LossSize) -> Double {
    let classes = Double(size.classes)
    let value =
      switch term {
      case .kl: log(classes)
      case .focal: pow(1 - 1 / classes, focalGamma) * log(classes)
      case .center: Double(size.embedding)
      case .supcon: log(Double(size.utterances) - 1)
      }
    return value > 0 ? value : 1
  }
}
