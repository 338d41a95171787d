// The gradient checker: compares derivative rules with central differences.
package import Tensors

/// The worst disagreement between a derivative rule and a central difference.
package struct GradientDisagreement: Sendable, CustomStringConvertible {
  package let input: Int
  package let element: Int
  package let rule: Double
  package let difference: Double
  /// |rule - difference| divided by the greatest gradient magnitude of that input, or by 1e-3 if
  /// that is greater.
  package let relative: Double

  package var description: String {
    "input \(input), element \(element): rule \(rule), central difference \(difference)"
  }
}

/// Compares the gradients of Σ weightsᵢ · outputᵢ with central differences
/// `(f(x+h) - f(x-h)) / 2h`, element by element, and returns the worst disagreement.
///
/// - Parameters:
///   - inputs: the point at which to differentiate.
///   - step: h. Values have 32 bits, so about 1e-2 balances truncation against rounding.
///   - function: the computation. Every evaluation calls it, so it must be deterministic.
/// - Complexity: O(elements of all inputs) evaluations.
package func worstGradientDisagreement(
  at inputs: [Tensor], step: Float = 1e-2, of function: (Tape, [Variable]) -> Variable
) -> GradientDisagreement {
  func weight(_ index: Int) -> Float { Float((index * 7 + 3) % 11) / 5 - 1 }
  func value(_ inputs: [Tensor]) -> Double {
    let output = function(Tape(recording: false), inputs.map(Variable.init(constant:))).value
    return output.array.enumerated().reduce(0) {
      $0 + Double(weight($1.offset)) * Double($1.element)
    }
  }
  let tape = Tape()
  let variables = inputs.map(tape.variable)
  let output = function(tape, variables)
  let seed = Tensor(shape: output.shape, values: (0..<output.value.count).map(weight))
  let gradients = tape.gradients(of: [(output, seed)])
  var worst = GradientDisagreement(input: 0, element: 0, rule: 0, difference: 0, relative: 0)
  for (index, input) in inputs.enumerated() {
    let rule = (gradients[variables[index]] ?? .zeros(input.shape)).array.map(Double.init)
    let differences = (0..<input.count).map { element in
      var (above, below) = (inputs, inputs)
      above[index].withUnsafeMutableBuffer { $0[element] += step }
      below[index].withUnsafeMutableBuffer { $0[element] -= step }
      return (value(above) - value(below)) / (2 * Double(step))
    }
    let scale = max(1e-3, differences.map { abs($0) }.max() ?? 0)
    for element in rule.indices {
      let relative = abs(rule[element] - differences[element]) / scale
      if !(relative <= worst.relative) {
        worst = GradientDisagreement(
          input: index, element: element, rule: rule[element], difference: differences[element],
          relative: relative)
      }
    }
  }
  return worst
}
