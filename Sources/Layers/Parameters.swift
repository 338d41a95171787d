// The trainable tensors of a network, separate from its structure. They form a value that can be
// copied, averaged, stored and shared between threads.
package import Tensors

/// One trainable tensor.
package struct Parameter: Sendable {
  /// Its name in weight files, such as `backbone.blocks.0.weight`.
  package let name: String
  package var value: Tensor
  /// Whether weight decay applies. It applies to matrices, not to biases and gains.
  package let decays: Bool
  /// The distance from the head: 1 for the last layer of a pretrained transformer, then one more
  /// for each layer below it. The parts before the first layer count as one more. All other
  /// parameters have 0.
  package let depth: Int
}

/// A network's parameters in the order of their creation.
package struct Parameters: Sendable {
  package private(set) var all: [Parameter] = []

  package init() {}

  /// The place of a parameter in its set.
  package struct ID: Sendable, Hashable { package let index: Int }

  /// Adds a parameter. Names must differ.
  package mutating func add(
    _ name: String, _ value: Tensor, decays: Bool, depth: Int = 0
  ) -> ID {
    precondition(!all.contains { $0.name == name }, "two parameters are named \(name)")
    all.append(Parameter(name: name, value: value, decays: decays, depth: depth))
    return ID(index: all.count - 1)
  }

  package subscript(id: ID) -> Tensor {
    get { all[id.index].value }
    set { all[id.index].value = newValue }
  }

  /// The number of trained numbers.
  package var count: Int { all.reduce(0) { $0 + $1.value.count } }

  /// Calls `body` with each parameter and its place, in order. `body` may change the value.
  package mutating func update(_ body: (Int, inout Parameter) -> Void) {
    for index in all.indices { body(index, &all[index]) }
  }

  /// Names and tensors in the form of a weight file.
  package var named: [(name: String, tensor: Tensor)] { all.map { ($0.name, $0.value) } }

  /// Replaces all values by the tensors of a weight file.
  ///
  /// - Throws: `ArrayFileError.missing` or `.misshapen` for the first tensor that does not fit.
  package mutating func load(_ tensors: [String: Tensor]) throws {
    for index in all.indices {
      let (name, shape) = (all[index].name, all[index].value.shape)
      guard let tensor = tensors[name] else { throw ArrayFileError.missing(name: name) }
      guard tensor.shape == shape else {
        throw ArrayFileError.misshapen(name: name, expected: shape, found: tensor.shape)
      }
      all[index].value = tensor
    }
  }
}
