// The loss of a batch, term by term.
import Autograd
import Layers
import Models
import Settings
package import Tensors

/// The four terms, unweighted, and their weighted sum. A term of weight 0 is not computed and is 0.
package struct LossTerms: Codable, Equatable, Sendable {
  package var kl = 0.0
  package var focal = 0.0
  package var center = 0.0
  package var supcon = 0.0
  package var total = 0.0

  package init() {}

  /// The terms by name, in the paper's order.
  package var named: [(name: String, value: Double)] {
    [("kl", kl), ("focal", focal), ("center", center), ("supcon", supcon), ("total", total)]
  }

  /// Adds `other`, weighted: for means over steps.
  package mutating func add(_ other: LossTerms, weight: Double) {
    kl += weight * other.kl
    focal += weight * other.focal
    center += weight * other.center
    supcon += weight * other.supcon
    total += weight * other.total
  }
}

extension EmotionNetwork {
  /// Returns the multi-loss of a batch, `λ_kl KL + λ_f Focal + λ_c Center + λ_s SupCon` (P), and its
  /// terms.
  ///
  /// - Parameters:
  ///   - targets: the label distributions after mixup, `[B, K]`; smoothed here for KL and focal
  ///     loss, while center and contrastive loss take the class of the greatest share.
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
    var terms = LossTerms()
    var weighted: [Variable] = []
    func add(_ weight: Double, _ term: WritableKeyPath<LossTerms, Double>, _ make: () -> Variable) {
      guard weight > 0 else { return }
      let value = make()
      terms[keyPath: term] = Double(value.value.item)
      weighted.append(pass.tape.scaled(value, by: Float(weight)))
    }
    add(settings.kl, \.kl) { pass.tape.klDivergence(head.logits, targets: smoothed) }
    add(settings.focal, \.focal) {
      pass.tape.focal(head.logits, targets: smoothed, gamma: settings.focalGamma)
    }
    add(settings.center, \.center) {
      pass.tape.center(head.embeddings, centers: pass[centers], labels: labels)
    }
    add(settings.supcon, \.supcon) {
      pass.tape.supCon(
        contrast(broadcast, pass), labels: labels, temperature: settings.temperature)
    }
    let loss = weighted.dropFirst().reduce(weighted[0]) { pass.tape.sum($0, $1) }
    terms.total = Double(loss.value.item)
    return (loss, terms, head.logits.value.greatestOfRows)
  }
}

extension Tensor {
  /// The column of the greatest element of each row; the first of equals.
  package var greatestOfRows: [Int] {
    let (values, columns) = (array, columns)
    return (0..<rows).map { row in
      (1..<columns).reduce(0) {
        values[row * columns + $1] > values[row * columns + $0] ? $1 : $0
      }
    }
  }
}
