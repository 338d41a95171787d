// Operations of the tape against plain double-precision versions, on random shapes: values
// elementwise, gradients along random directions.
package import Autograd
package import Randomness
package import Tensors
package import Testing

/// An operation with inputs of one shape, and its naive version.
package struct FuzzCase {
  let inputs: [Tensor]
  let apply: (Tape, [Variable]) -> Variable
  let naive: ([[Double]]) -> [Double]

  /// - Parameters:
  ///   - apply: the operation on variables of `inputs`.
  ///   - naive: maps the elements of the inputs to those of the output.
  package init(
    _ inputs: [Tensor], _ apply: @escaping (Tape, [Variable]) -> Variable,
    naive: @escaping ([[Double]]) -> [Double]
  ) {
    self.inputs = inputs
    self.apply = apply
    self.naive = naive
  }

  /// The distance between the operation and `factor` times the naive one, in float32 roundings
  /// (2⁻²⁴). For the value it is relative to the greatest element. For the derivative along
  /// the worst of three directions v it is relative to ‖gradient ∘ v‖. The naive derivative
  /// is a central difference in double precision.
  func disagreement(
    factor: Double, using random: inout RandomStream
  ) -> (value: Double, slope: Double) {
    let tape = Tape()
    let variables = inputs.map(tape.variable)
    let output = apply(tape, variables)
    let x = inputs.map { $0.array.map(Double.init) }
    let expected = naive(x).map { factor * $0 }
    guard expected.count == output.value.count else { return (.infinity, .infinity) }
    let greatest = expected.map(abs).max() ?? 0
    let worst = zip(output.value.array, expected).map { abs(Double($0) - $1) }.max() ?? 0
    let seed = Tensor.random(output.shape, &random)
    let gradients = tape.gradients(of: [(output, seed)])
    let slopes = zip(inputs, variables).map { input, variable in
      (gradients[variable] ?? .zeros(input.shape)).array.map(Double.init)
    }
    let weights = seed.array.map(Double.init)
    var worstSlope = 0.0
    for _ in 0..<3 {
      let direction = x.map { $0.map { _ in random.normal() } }
      func moved(_ step: Double) -> Double {
        let place = zip(x, direction).map { zip($0, $1).map { $0 + step * $1 } }
        return zip(naive(place), weights).reduce(0) { $0 + factor * $1.0 * $1.1 }
      }
      let difference = (moved(1e-5) - moved(-1e-5)) / 2e-5
      let terms = zip(slopes.joined(), direction.joined()).map { $0 * $1 }
      let scale = terms.reduce(0) { $0 + $1 * $1 }.squareRoot()
      worstSlope = max(worstSlope, abs(terms.reduce(0, +) - difference) / scale)
    }
    return (worst / greatest * 0x1p24, worstSlope * 0x1p24)
  }
}

/// An operation to test: how to draw its cases, and how many float32 roundings it may lose.
package struct FuzzedOperation: Sendable, CustomTestStringConvertible {
  let name: String
  let roundings: Double
  let draw: @Sendable (inout RandomStream) -> FuzzCase

  package init(
    _ name: String, roundings: Double,
    draw: @escaping @Sendable (inout RandomStream) -> FuzzCase
  ) {
    self.name = name
    self.roundings = roundings
    self.draw = draw
  }

  package var testDescription: String { name }

  /// Expects 20 random cases to agree with the naive function, and to disagree with 1.001 times it.
  package func expectAgreement(sourceLocation: SourceLocation = #_sourceLocation) {
    var caught = 0
    for index in 0..<20 {
      var random = RandomStream(seed: 17).split(name).split("\(index)")
      let fuzzed = draw(&random)
      var again = random
      let found = fuzzed.disagreement(factor: 1, using: &random)
      let shapes = fuzzed.inputs.map(\.shape)
      #expect(
        found.value <= roundings && found.slope <= roundings, "case \(index), shapes \(shapes)",
        sourceLocation: sourceLocation)
      let wrong = fuzzed.disagreement(factor: 1.001, using: &again)
      if wrong.value > roundings && wrong.slope > roundings { caught += 1 }
    }
    #expect(caught == 20, "a factor of 1.001 goes unseen", sourceLocation: sourceLocation)
  }
}

extension Tensor {
  /// Returns normal numbers.
  package static func random(_ shape: [Int], _ random: inout RandomStream) -> Tensor {
    Tensor(
      shape: shape, values: (0..<shape.reduce(1, *)).map { _ in Float(random.normal()) })
  }
}

extension Ragged {
  /// Returns up to `most` sequences of up to `longest` frames. At least one has two or more.
  package static func random(
    most: Int, longest: Int, _ random: inout RandomStream
  ) -> Ragged {
    let count = random.integer(in: 1...most)
    return Ragged(
      (0..<count).map { random.integer(in: ($0 == 0 ? 2 : 1)...longest) })
  }
}
