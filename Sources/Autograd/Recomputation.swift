// Trading time for memory: what lies between some inputs and one output is computed again for the
// gradient instead of being kept (Chen et al. 2016).

extension Tape {
  /// Returns `body` of `inputs`, of which only the inputs and the output are kept.
  ///
  /// The gradient runs `body` a second time. Values have the bits of `body` alone; so have
  /// gradients, but for the order in which those of an input's other uses are added.
  ///
  /// - Parameter body: a computation on the tape it is given; the same on every call, and of
  ///   nothing differentiated but its inputs.
  package func recomputing(
    _ inputs: [Variable], _ body: @escaping (Tape, [Variable]) -> Variable
  ) -> Variable {
    let constants = inputs.map { Variable(constant: $0.value) }
    let value = body(Tape(recording: false, threads: threads), constants).value
    return record(value, from: inputs) { [threads] dOutput, gradients in
      let tape = Tape(threads: threads)
      let variables = inputs.map { $0.isDifferentiated ? tape.variable($0.value) : $0 }
      let output = body(tape, variables)
      let found = tape.gradients(of: [(output, dOutput)])
      for (input, variable) in zip(inputs, variables) {
        if let gradient = found[variable] { gradients.add(gradient, to: input) }
      }
    }
  }
}
