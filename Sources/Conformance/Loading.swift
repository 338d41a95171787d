// What checks of layers, networks and trainings share: parameters from a case's inputs, their
// gradients as outputs, and settings from its parameters.
import Golden
import Layers
import Randomness
import Settings
import Tensors

/// Where something must be named from which first weights or dropout masks are drawn: weights are
/// then replaced by those of the case, and all dropout rates are 0.
let unused = RandomStream(seed: 0)

/// Throws where a width cannot be divided among attention heads.
func requireHeads(_ heads: Int, of width: Int) throws {
  try require(
    heads > 0 && width > 0 && width % heads == 0 && width <= 64 * heads, "width",
    expected: "\(heads) heads of up to 64", found: width)
}

extension Parameters {
  /// Takes on the case's inputs of the parameters' names, each of the parameter's shape.
  mutating func load(from reader: CaseReader) throws {
    let tensors = try named.map { ($0.name, try reader.tensor($0.name, $0.tensor.shape)) }
    try load(Dictionary(uniqueKeysWithValues: tensors))
  }
}

extension CaseReader {
  /// One of the values of a setting, by its name in experiment files.
  func choice<Value: RawRepresentable<String>>(_ name: String) throws -> Value {
    let text = try text(name)
    guard let value = Value(rawValue: text) else {
      throw GoldenError.missingParameter(name: "\(name) \(text)")
    }
    return value
  }
}

/// Returns the gradient of each parameter as `gradient.<name>`, zeros where nothing flows.
func gradientOutputs(_ gradients: [Tensor?], of parameters: Parameters) -> [Output] {
  zip(gradients, parameters.named).flatMap { gradient, parameter in
    keysApart("gradient." + parameter.name, gradient ?? .zeros(parameter.tensor.shape))
  }
}

/// Returns a parameter or its gradient as an output; of an attention's projection bias the keys'
/// share on its own, because its true gradient is 0 and only roundings move it.
func keysApart(_ name: String, _ values: Tensor) -> [Output] {
  guard name.hasSuffix("attention.projection.bias") else { return [Output(name, values)] }
  let (array, width) = (values.array, values.count / 3)
  return [
    Output(name, Array(array[..<width] + array[(2 * width)...])),
    Output(name + ".keys", Array(array[width..<2 * width])),
  ]
}
