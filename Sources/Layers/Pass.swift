// One evaluation of a network on a batch or shard: its tape, its parameters as variables, and its
// dropout.
package import Autograd
package import Randomness
package import Tensors

/// A forward pass and, optionally, its backward pass. One thread uses it.
package final class Pass {
  package let tape: Tape
  private let variables: [Variable]
  private var dropouts: RandomStream?

  /// Starts a pass.
  ///
  /// - Parameters:
  ///   - parameters: the values to compute with.
  ///   - dropouts: the source of dropout masks in training. Without it, nothing is dropped or
  ///     recorded.
  package init(_ parameters: Parameters, dropouts: RandomStream? = nil) {
    tape = Tape(recording: dropouts != nil)
    variables = parameters.all.map { [tape] in tape.variable($0.value) }
    self.dropouts = dropouts
  }

  /// A parameter as a variable of this pass.
  package subscript(id: Parameters.ID) -> Variable { variables[id.index] }

  /// Returns `x` with dropout in training, or `x` itself otherwise.
  package func dropout(_ x: Variable, rate: Double) -> Variable {
    guard let seed = dropoutSeed() else { return x }
    return tape.dropout(x, rate: rate, seed: seed)
  }

  /// Returns the seed of the next dropout in training, or nil otherwise.
  package func dropoutSeed() -> UInt64? { dropouts?.next() }

  /// Returns the gradients of all parameters, in order, and of `inputs`. A gradient is nil if
  /// nothing depends on its variable.
  package func gradients(
    of outputs: [(output: Variable, seed: Tensor)], inputs: [Variable] = []
  ) -> (parameters: [Tensor?], inputs: [Tensor?]) {
    let gradients = tape.gradients(of: outputs)
    return (variables.map { gradients[$0] }, inputs.map { gradients[$0] })
  }
}
