// Reverse-mode differentiation. The tape owns the nodes. A rule captures tensors but never nodes,
// so that releasing the tape frees everything (ARC does not collect cycles).
package import Tensors

/// A value in a computation: a tensor and, if a gradient is wanted, its node on the tape.
package struct Variable {
  package let value: Tensor
  /// The node's number on its tape, or nil for a constant.
  let node: Int?

  /// Makes a value without a gradient.
  package init(constant value: Tensor) {
    self.value = value
    node = nil
  }

  fileprivate init(value: Tensor, node: Int) {
    self.value = value
    self.node = node
  }

  package var shape: [Int] { value.shape }
  /// The place on the tape without the value. A rule that does not need the value captures this, so
  /// that the tensor's memory can be freed.
  var place: Place { Place(node: node, shape: shape) }
  /// Whether a gradient flows to this value.
  package var isDifferentiated: Bool { node != nil }
}

/// The destination of a gradient.
struct Place {
  fileprivate let node: Int?
  fileprivate let shape: [Int]
}

/// Records a computation. Its gradients can be taken once.
package final class Tape {
  /// Adds to the gradients of an operation's inputs, given the gradient of its output.
  package typealias Rule = (_ dOutput: Tensor, _ gradients: inout Gradients) -> Void

  /// Whether operations are recorded. If not, every result is a constant (inference).
  package let isRecording: Bool
  /// How many threads an operation may use. Results do not depend on it.
  package let threads: Int
  private var rules: [Rule?] = []

  package init(recording: Bool = true, threads: Int = 1) {
    isRecording = recording
    self.threads = threads
  }

  /// Returns `value` as an input that gets a gradient.
  package func variable(_ value: Tensor) -> Variable {
    isRecording ? append(value, nil) : Variable(constant: value)
  }

  /// Returns the result of an operation. The tape keeps the rule only if an input is
  /// differentiated.
  package func record(_ value: Tensor, from inputs: [Variable], rule: @escaping Rule) -> Variable {
    guard isRecording, inputs.contains(where: \.isDifferentiated) else {
      return Variable(constant: value)
    }
    return append(value, rule)
  }

  /// Returns the gradients of Σ ⟨seed, output⟩ with respect to every variable, and empties the
  /// tape.
  ///
  /// - Parameter outputs: results of this tape, each with the gradient that flows into it. The
  ///   gradient has the shape of the result. For a scalar loss it is `.scalar(1)`.
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

/// The gradients of a backward pass, by variable.
package struct Gradients {
  private var slots: [Tensor?]

  fileprivate init(count: Int) { slots = Array(repeating: nil, count: count) }

  /// The gradient of `variable`, or nil if nothing depends on it.
  package subscript(variable: Variable) -> Tensor? { variable.node.flatMap { slots[$0] } }

  /// Adds `gradient` to the gradient of `variable`. Does nothing for a constant.
  package mutating func add(_ gradient: @autoclosure () -> Tensor, to variable: Variable) {
    add(gradient(), to: variable.place)
  }

  /// Adds `gradient` to the gradient at `place`.
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
