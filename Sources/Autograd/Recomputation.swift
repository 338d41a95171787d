// Trades time for memory: the gradient recomputes intermediate values instead of storing them (Chen
// et al. 2016).

extension Tape {
  /// Returns `body` of `inputs` and stores only the inputs and the output.
  ///
  /// The gradient runs `body` a second time. Values have the same bits as those of `body` alone. So
  /// do gradients, unless an input has other uses: then the gradients may add up in another order.
  ///
  /// - Parameter body: a computation on the tape it receives. It must be deterministic and may
  ///   depend on no differentiated variable other than its inputs.
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
