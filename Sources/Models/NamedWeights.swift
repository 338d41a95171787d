// Provides a transformer's weights, so that the same computation runs on frozen and trained
// weights.
import Autograd

/// Weights by their names in the bare model, such as `encoder.layers.0.attention.q_proj.weight`.
protocol NamedWeights {
  /// The weight of a product, `[O, I]`.
  func matrix(_ name: String) -> LinearWeight
  /// Any other tensor.
  func vector(_ name: String) -> Variable
  /// The normalised weight of the position convolution, `[D, K · I]`.
  func positionWeight(groups: Int, _ tape: Tape) -> GroupedWeight
}

extension NamedWeights {
  /// Returns `x Wᵀ + b + addend`, or its GELU, with the weight and bias of this name.
  func linear(
    _ name: String, _ x: Variable, addend: Variable? = nil, gelu: Bool = false, _ tape: Tape
  ) -> Variable {
    tape.linear(
      x, matrix(name + ".weight"), bias: vector(name + ".bias"), addend: addend, gelu: gelu)
  }

  /// Returns `x Wᵀ + b` for each of the names.
  func linear(_ names: [String], _ x: Variable, _ tape: Tape) -> [Variable] {
    tape.linear(x, names.map { (matrix($0 + ".weight"), vector($0 + ".bias")) })
  }

  /// Returns the rows of `x` normalised, with the gain and bias of this name.
  func norm(_ name: String, _ x: Variable, epsilon: Float, _ tape: Tape) -> Variable {
    tape.layerNorm(
      x, gain: vector(name + ".weight"), bias: vector(name + ".bias"), epsilon: epsilon)
  }
}

/// Weights that are variables of a tape.
struct VariableWeights: NamedWeights {
  let variables: [String: Variable]

  func matrix(_ name: String) -> LinearWeight { .variable(vector(name)) }

  func vector(_ name: String) -> Variable {
    guard let variable = variables[name] else { preconditionFailure("no weight \(name)") }
    return variable
  }

  func positionWeight(groups: Int, _ tape: Tape) -> GroupedWeight {
    let name = "encoder.pos_conv_embed.conv.weight"
    return .variable(
      tape.weightNorm(gain: vector(name + "_g"), direction: vector(name + "_v")))
  }
}
