// Reverse-mode differentiation. The tape owns the nodes; a rule captures tensors, never nodes, so
// dropping the tape frees everything (ARC does not collect cycles).
package import Tensors

/// A value in a computation: a tensor, and its place on the tape if a gradient is wanted.
package struct Variable {
  package let value: Tensor
  /// The node's number on its tape; `nil` for a constant.
  let node: Int?

  /// Makes a value that has no gradient.
  package init(constant value: Tensor) {
    self.value = value
    node = nil
  }

  fileprivate init(value: Tensor, node: Int) {
    self.value = value
    self.node = node
  }

  package var shape: [Int] { value.shape }
  /// The place on the tape alone, for a rule that does not need the value and must not keep its
  /// memory.
  var place: Place { Place(node: node, shape: shape) }
  /// Whether a gradient flows to this value.
  package var isDifferentiated: Bool { node != nil }
}

/// Where a gradient goes.
struct Place {
  fileprivate let node: Int?
  fileprivate let shape: [Int]
}

/// The record of a computation, from which gradients are taken once.
package final class Tape {
  /// Adds to the gradients of an operation's inputs, given the gradient of its output.
  package typealias Rule = (_ dOutput: Tensor, _ gradients: inout Gradients) -> Void

  /// Whether operations are recorded; without, every result is a constant (inference).
  package let isRecording: Bool
  /// How many threads an operation may use; its result does not depend on it.
  package let threads: Int
  private var rules: [Rule?] = []

  package init(recording: Bool = true, threads: Int = 1) {
    isRecording = recording
    self.threads = threads
  }

  /// Returns `value` as an input whose gradient is wanted.
  package func variable(_ value: Tensor) -> Variable {
    isRecording ? append(value, nil) : Variable(constant: value)
  }

  /// Returns the result of an operation. Its rule is kept only if some input is differentiated.
  package func record(_ value: Tensor, from inputs: [Variable], rule: @escaping Rule) -> Variable {
    guard isRecording, inputs.contains(where: \.isDifferentiated) else {
      return Variable(constant: value)
    }
    return append(value, rule)
  }

  /// Returns the gradients of Σ ⟨seed, output⟩ with respect to every variable, and empties the
  /// tape.
  ///
  /// - Parameter outputs: results of this tape, each with the gradient that flows into it, of the
  ///   same shape; for a scalar loss, `.scalar(1)`.
  package func gradients(of outputs: [(output: Variable, seed: Tensor)]) -> Gradients {
    var gradients = Gradients(count: rules.count)
    for (output, seed) in outputs {
      precondition(
        output.shape == seed.shape, "gradient of shape \(seed.shape) for output \(output.shape)")
      gradients.add(seed, to: output)
    }
    for node in rules.indices.reversed() {
      guard let rule = rules[node], let dOutput = gradients.take(node) else { continue }
      rules[node] = nil
      rule(dOutput, &gradients)
    }
    rules = []
    return gradients
  }

  private func append(_ value: Tensor, _ rule: Rule?) -> Variable {
    rules.append(rule)
    return Variable(value: value, node: rules.count - 1)
  }
}

/// The gradients of one backward pass, by variable.
package struct Gradients {
  private var slots: [Tensor?]

  fileprivate init(count: Int) { slots = Array(repeating: nil, count: count) }

  /// The gradient of `variable`; `nil` if nothing depends on it.
  package subscript(variable: Variable) -> Tensor? { variable.node.flatMap { slots[$0] } }

  /// Adds `gradient` to what has reached `variable` so far; nothing for a constant.
  package mutating func add(_ gradient: @autoclosure () -> Tensor, to variable: Variable) {
    add(gradient(), to: variable.place)
  }

  /// Adds `gradient` to what has reached `place` so far.
  mutating func add(_ gradient: @autoclosure () -> Tensor, to place: Place) {
    guard let node = place.node else { return }
    let gradient = gradient()
    precondition(
      gradient.shape == place.shape, "gradient \(gradient.shape) of value \(place.shape)")
    if slots[node]?.add(gradient) == nil { slots[node] = gradient }
  }

  fileprivate mutating func take(_ node: Int) -> Tensor? {
    defer { slots[node] = nil }
    return slots[node]
  }
}
