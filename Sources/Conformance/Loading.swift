// Shared by the checks of layers, networks and trainings: parameters from a case's inputs, their
// gradients as outputs, and settings from its parameters.
import Golden
import Layers
import Randomness
import Settings
import Tensors

/// A stream for initial weights and dropout masks. It has no effect: the case replaces the weights,
/// and all dropout rates are 0.
let unused = RandomStream(seed: 0)

/// Throws if a width cannot be divided among attention heads.
func requireHeads(_ heads: Int, of width: Int) throws {
  try require(
    heads > 0 && width > 0 && width % heads == 0 && width <= 64 * heads, "width",
    expected: "\(heads) heads of up to 64", found: width)
}

extension Parameters {
  /// Loads the case's inputs with the names of the parameters. Shapes must match.
  mutating func load(from reader: CaseReader) throws {
    let tensors = try named.map { ($0.name, try reader.tensor($0.name, $0.tensor.shape)) }
    try load(Dictionary(uniqueKeysWithValues: tensors))
  }
}

extension CaseReader {
  /// Returns one of the values of a setting, by its name in experiment files.
  func choice<Value: RawRepresentable<String>>(_ name: String) throws -> Value {
    let text = try text(name)
    guard let value = Value(rawValue: text) else {
      throw GoldenError.missingParameter(name: "\(name) \(text)")
    }
    return value
  }
}

/// Returns the gradient of each parameter as `gradient.<name>`. A missing gradient becomes zeros.
func gradientOutputs(_ gradients: [Tensor?], of parameters: Parameters) -> [Output] {
  zip(gradients, parameters.named).flatMap { gradient, parameter in
    keysApart("gradient." + parameter.name, gradient ?? .zeros(parameter.tensor.shape))
  }
}

/// Returns a parameter or its gradient as an output. The keys' part of an attention's projection
/// bias is separate, because its true gradient is 0 and only rounding changes it.
func keysApart(_ name: String, _ values: Tensor) -> [Output] {
  guard name.hasSuffix("attention.projection.bias") else { return [Output(name, values)] }
  let (array, width) = (values.array, values.count / 3)
  return [
    Output(name, Array(array[..<width] + array[(2 * width)...])),
    Output(name + ".keys", Array(array[width..<2 * width])),
  ]
}
