// The loss of a batch: all terms with a weight, and their weighted sum.
import Autograd
import Evaluation
import Layers
import Models
import Settings
package import Tensors

extension EmotionNetwork {
  /// Returns the multi-loss of a batch, `λ_kl KL + λ_f Focal + λ_c Center + λ_s SupCon` (P), and
  /// its terms. Each λ is the weight of the settings, divided by the term's value for a uniform
  /// prediction if the settings ask for it. The returned terms are not scaled.
  ///
  /// - Parameters:
  ///   - targets: the label distributions after mixup, `[B, K]`. KL and focal loss use them
  ///     smoothed. Center and contrastive loss use the class with the greatest share.
  func loss(
    pooled: Variable, broadcast: Variable, targets: Tensor, _ settings: LossSettings, _ pass: Pass
  ) -> (loss: Variable, terms: LossTerms, predicted: [Int]) {
    let classes = targets.columns
    let labels = targets.greatestOfRows
    let share = Float(settings.labelSmoothing)
    let smoothed = Tensor(
      shape: targets.shape,
      values: targets.array.map { $0 * (1 - share) + share / Float(classes) })
    let head = classify(pooled, pass)
    func value(of term: LossTerm) -> Variable {
      switch term {
      case .kl: pass.tape.klDivergence(head.logits, targets: smoothed)
      case .focal: pass.tape.focal(head.logits, targets: smoothed, gamma: settings.focalGamma)
      case .center:
        pass.tape.center(head.embeddings, centers: pass[centers], labels: labels)
      case .supcon:
        pass.tape.supCon(
          contrast(broadcast, pass), labels: labels, temperature: settings.temperature)
      }
    }
    let size = LossSize(
      utterances: targets.rows, classes: classes, embedding: head.embeddings.value.columns)
    var terms = LossTerms()
    var weighted: [Variable] = []
    for term in settings.terms {
      let value = value(of: term)
      terms[term] = Double(value.value.item)
      weighted.append(pass.tape.scaled(value, by: Float(settings.factor(of: term, size))))
    }
    let loss = weighted.dropFirst().reduce(weighted[0]) { pass.tape.sum($0, $1) }
    terms.total = Double(loss.value.item)
    return (loss, terms, head.logits.value.greatestOfRows)
  }
}

extension Tensor {
  /// The column of the greatest element of each row. The first one wins a tie.
  package var greatestOfRows: [Int] {
    let (values, columns) = (array, columns)
    return (0..<rows).map { row in
      (1..<columns).reduce(0) {
        values[row * columns + $1] > values[row * columns + $0] ? $1 : $0
      }
    }
  }
}
