// Losses on the logits with soft targets: KL divergence and focal loss. Arithmetic is in double
// precision because a batch is small.
// B utterances, K classes.
package import Autograd
import Foundation
package import Tensors

extension Tape {
  /// Returns the Kullback–Leibler divergence from the target to the predicted distribution:
  ///
  ///     KL = 1/B Σ_b Σ_k y_bk (ln y_bk - ln p_bk),  p = softmax(logits)
  ///
  /// - Parameters:
  ///   - logits: `[B, K]`.
  ///   - targets: y, `[B, K]`. Each row is a distribution.
  /// - Returns: a scalar, equal to PyTorch's `KLDivLoss(reduction: batchmean)` on log-softmax.
  package func klDivergence(_ logits: Variable, targets: Tensor) -> Variable {
    perUtterance(logits, targets) { y, logP in
      let loss = zip(y, logP).reduce(0) { $0 + ($1.0 > 0 ? $1.0 * (log($1.0) - $1.1) : 0) }
      let total = y.reduce(0, +)
      return (loss, zip(y, logP).map { exp($1) * total - $0 })
    }
  }

  /// Returns the focal loss with soft targets (Lin et al. 2017):
  ///
  ///     Focal = 1/B Σ_b Σ_k y_bk (1 - p_bk)^γ (-ln p_bk)
  ///
  /// - Parameters:
  ///   - logits: `[B, K]`.
  ///   - targets: y, `[B, K]`.
  ///   - gamma: γ ≥ 0; 0 gives the cross-entropy.
  package func focal(_ logits: Variable, targets: Tensor, gamma: Double) -> Variable {
    perUtterance(logits, targets) { y, logP in
      var loss = 0.0
      // a_k = p_k ∂L/∂p_k; then ∂L/∂logit_j = a_j - p_j Σ a_k.
      let a = zip(y, logP).map { y, logP in
        let p = exp(logP)
        let rest = max(0, -expm1(logP))
        let weight = pow(rest, gamma)
        loss -= y * weight * logP
        let slope = gamma > 0 && rest > 0 ? gamma * p * pow(rest, gamma - 1) * logP : 0
        return y * (slope - weight)
      }
      let total = a.reduce(0, +)
      return (loss, zip(a, logP).map { $0 - exp($1) * total })
    }
  }

  /// Records the mean over the batch of a loss. The closure computes the loss of one utterance and
  /// its gradient for the logits from the targets and log-probabilities.
  private func perUtterance(
    _ logits: Variable, _ targets: Tensor,
    _ loss: (_ y: [Double], _ logP: [Double]) -> (loss: Double, dLogits: [Double])
  ) -> Variable {
    precondition(
      logits.shape == targets.shape, "targets \(targets.shape) for logits \(logits.shape)")
    let (b, k) = (logits.value.rows, logits.value.columns)
    let (values, y) = (logits.value.array.map(Double.init), targets.array.map(Double.init))
    var total = 0.0
    var dLogits: [Float] = []
    for row in stride(from: 0, to: b * k, by: k) {
      let result = loss(Array(y[row..<row + k]), logSoftmax(Array(values[row..<row + k])))
      total += result.loss
      dLogits += result.dLogits.map { Float($0 / Double(b)) }
    }
    let gradient = Tensor(shape: logits.shape, values: dLogits)
    return record(.scalar(Float(total / Double(b))), from: [logits]) { dOutput, gradients in
      gradients.add(gradient.scaled(by: dOutput.item), to: logits)
    }
  }
}

/// Returns `x - ln Σ exp x`, without overflow.
package func logSoftmax(_ x: [Double]) -> [Double] {
  let greatest = x.max() ?? 0
  let sum = log(x.reduce(0) { $0 + exp($1 - greatest) })
  return x.map { $0 - greatest - sum }
}
