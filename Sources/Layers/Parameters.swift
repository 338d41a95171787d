// The trainable tensors of a network, apart from the network's structure: a value that can be
// copied, averaged, stored and shared between threads.
package import Tensors

/// One trainable tensor.
package struct Parameter: Sendable {
  /// Its name in weight files, such as `backbone.blocks.0.weight`.
  package let name: String
  package var value: Tensor
  /// Whether weight decay applies: to matrices, not to biases and gains.
  package let decays: Bool
  /// How far below the head it lies: 0 for all that is not a pretrained transformer, 1 for its last
  /// layer, counted on down to its first layer and what lies before that.
  package let depth: Int
}

/// A network's parameters, in the order in which they were made.
package struct Parameters: Sendable {
  package private(set) var all: [Parameter] = []

  package init() {}

  /// The place of a parameter in its set.
  package struct ID: Sendable, Hashable { package let index: Int }

  /// Adds a parameter; names must differ.
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

  /// How many numbers are trained.
  package var count: Int { all.reduce(0) { $0 + $1.value.count } }

  /// Calls `body` with each parameter and its place, in order, for changing its value.
  package mutating func update(_ body: (Int, inout Parameter) -> Void) {
    for index in all.indices { body(index, &all[index]) }
  }

  /// Names and tensors, as a weight file holds them.
  package var named: [(name: String, tensor: Tensor)] { all.map { ($0.name, $0.value) } }

  /// Puts the tensors of a weight file in place of the present values.
  ///
  /// - Throws: `ArrayFileError.missing` or `.misshapen` for the first that does not fit.
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
