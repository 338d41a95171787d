// Random initial values.
package import Randomness
package import Tensors

extension Tensor {
  /// Returns a tensor uniform in `±bound`.
  package static func uniform(_ shape: [Int], _ bound: Double, _ random: RandomStream) -> Tensor {
    var random = random
    let values = (0..<shape.reduce(1, *)).map { _ in Float(random.uniform(-bound, bound)) }
    return Tensor(shape: shape, values: values)
  }

  /// Returns a tensor of normal numbers with mean 0.
  package static func normal(
    _ shape: [Int], deviation: Double, _ random: RandomStream
  ) -> Tensor {
    var random = random
    let values = (0..<shape.reduce(1, *)).map { _ in Float(deviation * random.normal()) }
    return Tensor(shape: shape, values: values)
  }
}
