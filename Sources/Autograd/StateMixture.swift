// Weighted sums of hidden states with trained weights.
// N frames, D features, L + 1 states.
import CKernels
package import Tensors

extension Tape {
  /// Returns `Σᵢ weights[i] · state[i]`.
  ///
  /// - Parameters:
  ///   - frozen: the first F states side by side, `[N, F · D]`, F ≥ 0. They get no gradient.
  ///   - states: the other states, `[N, D]` each.
  ///   - weights: `[L + 1, 1]`. The first F belong to the frozen states.
  /// - Returns: `[N, D]`.
  package func mixture(
    frozen: Tensor, _ states: [Variable], width d: Int, weights: Variable
  ) -> Variable {
    let first = frozen.columns / d
    precondition(weights.shape == [first + states.count, 1], "weights \(weights.shape)")
    precondition(states.allSatisfy { $0.shape == [frozen.rows, d] }, "states of other shapes")
    let w = weights.value.array
    var output = Tensor(uninitialized: [frozen.rows, d])
    for row in 0..<frozen.rows {
      let sum = output.ownAddress() + row * d
      sum.update(repeating: 0, count: d)
      for state in 0..<first {
        reprise_add_scaled(
          w[state], frozen.address + row * frozen.columns + state * d, sum, d)
      }
      for (state, variable) in states.enumerated() {
        reprise_add_scaled(w[first + state], variable.value.address + row * d, sum, d)
      }
    }
    return record(output, from: states + [weights]) { dOutput, gradients in
      var dWeights = [Double](repeating: 0, count: w.count)
      for row in 0..<frozen.rows {
        let slope = dOutput.address + row * d
        for state in 0..<first {
          dWeights[state] += Double(
            reprise_dot(slope, frozen.address + row * frozen.columns + state * d, d))
        }
        for (state, variable) in states.enumerated() {
          dWeights[first + state] += Double(
            reprise_dot(slope, variable.value.address + row * d, d))
        }
      }
      gradients.add(Tensor(shape: weights.shape, values: dWeights.map(Float.init)), to: weights)
      for (state, variable) in states.enumerated() {
        gradients.add(dOutput.scaled(by: w[first + state]), to: variable)
      }
    }
  }
}
