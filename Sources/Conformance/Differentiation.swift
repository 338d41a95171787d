// Turns an operation of the tape into outputs: its value and the gradient of each input.
import Autograd
import Golden
import Tensors

/// Returns the value of `function` under the given name. For each input `x`, returns its gradient
/// as `dX` when `seed` is the gradient of the value.
///
/// - Parameter seed: the gradient of the value, of the same shape; 1 for a scalar.
func differentiated(
  _ inputs: [(name: String, value: Tensor)], output name: String = "output", seed: Tensor? = nil,
  _ function: (Tape, [Variable]) throws -> Variable
) throws -> [Output] {
  let tape = Tape()
  let variables = inputs.map { tape.variable($0.value) }
  let output = try function(tape, variables)
  let seed = seed ?? .full(output.shape, 1)
  guard seed.shape == output.shape else {
    throw GoldenError.wrongShape(
      name: "seed", expected: "\(output.shape)", found: "\(seed.shape)")
  }
  let gradients = tape.gradients(of: [(output, seed)])
  let results = zip(inputs, variables).map { input, variable in
    Output(
      "d" + input.name.prefix(1).uppercased() + input.name.dropFirst(),
      gradients[variable] ?? .zeros(input.value.shape))
  }
  return [Output(name, output.value)] + results
}
