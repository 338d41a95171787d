// Losses on the utterance embeddings: center loss and supervised contrastive loss.
// B utterances, K classes, E features of an embedding.
package import Autograd
import Foundation
import Tensors

extension Tape {
  /// Returns the center loss (Wen et al. 2016):
  ///
  ///     Center = 1/B Σ_b clamp(‖f_b - c_label(b)‖², 1e-12, 1e12)
  ///
  /// - Parameters:
  ///   - embeddings: f, `[B, E]`.
  ///   - centers: c, `[K, E]`. They get the gradient of this formula.
  ///   - labels: the class of each utterance.
  package func center(_ embeddings: Variable, centers: Variable, labels: [Int]) -> Variable {
    let (b, e) = (embeddings.value.rows, embeddings.value.columns)
    precondition(labels.count == b, "\(labels.count) labels for \(b) embeddings")
    let (f, c) = (embeddings.value.array, centers.value.array)
    var total = 0.0
    var dEmbeddings = [Float](repeating: 0, count: b * e)
    var dCenters = [Float](repeating: 0, count: c.count)
    for (row, label) in labels.enumerated() {
      let differences = (0..<e).map { Double(f[row * e + $0]) - Double(c[label * e + $0]) }
      let distance = differences.reduce(0) { $0 + $1 * $1 }
      total += min(max(distance, 1e-12), 1e12)
      guard distance > 1e-12, distance < 1e12 else { continue }
      for (column, difference) in differences.enumerated() {
        let slope = Float(2 * difference / Double(b))
        dEmbeddings[row * e + column] = slope
        dCenters[label * e + column] -= slope
      }
    }
    let gradient = Tensor(shape: embeddings.shape, values: dEmbeddings)
    let centerGradient = Tensor(shape: centers.shape, values: dCenters)
    return record(.scalar(Float(total / Double(b))), from: [embeddings, centers]) {
      dOutput, gradients in
      gradients.add(gradient.scaled(by: dOutput.item), to: embeddings)
      gradients.add(centerGradient.scaled(by: dOutput.item), to: centers)
    }
  }

  /// Returns each row divided by its Euclidean norm, or by 1e-12 if that is greater.
  package func unitRows(_ x: Variable) -> Variable {
    let (b, e) = (x.value.rows, x.value.columns)
    let leastNorm = 1e-12
    let norms = (0..<b).map { row in
      let squares = (0..<e).reduce(0.0) { $0 + pow(Double(x.value.address[row * e + $1]), 2) }
      return max(squares.squareRoot(), leastNorm)
    }
    let output = Tensor(shape: x.shape) { output in
      for index in 0..<b * e {
        output[index] = Float(Double(x.value.address[index]) / norms[index / e])
      }
    }
    return record(output, from: [x]) { dOutput, gradients in
      var dX = Tensor(uninitialized: x.shape)
      let slopes = dX.ownAddress()
      for row in 0..<b {
        let range = row * e..<(row + 1) * e
        // A row shorter than the least norm is divided by that norm: it is scaled but not rotated.
        let along =
          norms[row] > leastNorm
          ? range.reduce(0.0) {
            $0 + Double(dOutput.address[$1]) * Double(output.address[$1])
          } : 0
        for index in range {
          let across = Double(dOutput.address[index]) - along * Double(output.address[index])
          slopes[index] = Float(across / norms[row])
        }
      }
      gradients.add(dX, to: x)
    }
  }

  /// Returns the supervised contrastive loss `L_out` (Khosla et al. 2020, equation 2):
  ///
  ///     SupCon = 1/B Σ_i -1/|P(i)| Σ_{p ∈ P(i)} ln( exp(g_i·g_p/τ) / Σ_{a ≠ i} exp(g_i·g_a/τ) )
  ///
  /// P(i) are the other utterances of i's class. An anchor with empty P(i) contributes 0.
  ///
  /// - Parameters:
  ///   - unit: g, `[B, E]`, rows of norm 1.
  ///   - labels: the class of each utterance.
  ///   - temperature: τ > 0.
  package func supCon(_ unit: Variable, labels: [Int], temperature: Double) -> Variable {
    let b = unit.value.rows
    precondition(labels.count == b, "\(labels.count) labels for \(b) embeddings")
    let similarities = product(unit.value, unit.value, transposing: .second).array
    var total = 0.0
    var slopes = [Float](repeating: 0, count: b * b)
    for i in 0..<b {
      let others = (0..<b).filter { $0 != i }
      let positives = others.filter { labels[$0] == labels[i] }
      guard !positives.isEmpty else { continue }
      let logP = logSoftmax(others.map { Double(similarities[i * b + $0]) / temperature })
      let share = 1 / Double(positives.count)
      for (a, logP) in zip(others, logP) {
        let isPositive = labels[a] == labels[i]
        if isPositive { total -= share * logP }
        let slope = (exp(logP) - (isPositive ? share : 0)) / (Double(b) * temperature)
        slopes[i * b + a] = Float(slope)
      }
    }
    let slope = Tensor(shape: [b, b], values: slopes)
    return record(.scalar(Float(total / Double(b))), from: [unit]) { dOutput, gradients in
      let dUnit = product(slope, unit.value) + product(slope, unit.value, transposing: .first)
      gradients.add(dUnit.scaled(by: dOutput.item), to: unit)
    }
  }
}
