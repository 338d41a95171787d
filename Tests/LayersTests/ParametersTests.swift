// By hand and property: sets of parameters, their initial values, and their use in a pass.
import Autograd
import Foundation
import Layers
import Randomness
import Tensors
import Testing

private let random = RandomStream(seed: 41)

@Suite struct `A set of parameters` {
  private func pair() -> (Parameters, Parameters.ID, Parameters.ID) {
    var parameters = Parameters()
    let a = parameters.add("a", .full([2, 3], 1), decays: true)
    let b = parameters.add("b", .full([4], 2), decays: false)
    return (parameters, a, b)
  }

  @Test func `keeps order, names and values`() {
    var (parameters, a, b) = pair()
    #expect(parameters.all.map(\.name) == ["a", "b"] && parameters.count == 10)
    #expect((a.index, b.index) == (0, 1))
    parameters[b] = .zeros([4])
    #expect(parameters[b] == .zeros([4]) && parameters[a] == .full([2, 3], 1))
    parameters.update { index, parameter in
      if index == 0 { parameter.value = .full([2, 3], 7) }
    }
    #expect(parameters[a] == .full([2, 3], 7))
  }

  @Test func `takes on weights by name, and passes over others`() throws {
    var (parameters, a, b) = pair()
    try parameters.load([
      "b": .full([4], 5), "a": .full([2, 3], 6), "other": .zeros([1]),
    ])
    #expect(parameters[a] == .full([2, 3], 6) && parameters[b] == .full([4], 5))
  }

  @Test func `says which weights are missing or misshapen`() {
    var (parameters, _, _) = pair()
    #expect(throws: ArrayFileError.missing(name: "b")) {
      try parameters.load(["a": .zeros([2, 3])])
    }
    #expect(throws: ArrayFileError.misshapen(name: "b", expected: [4], found: [2, 2])) {
      try parameters.load(["a": .zeros([2, 3]), "b": .zeros([2, 2])])
    }
    #expect(throws: ArrayFileError.misshapen(name: "a", expected: [2, 3], found: [3, 2])) {
      try parameters.load(["a": .zeros([3, 2]), "b": .zeros([4])])
    }
  }
}

/// The parameters of a layer, by name.
private func made(_ make: (inout Parameters, RandomStream) -> Void) -> [String: Parameter] {
  var parameters = Parameters()
  make(&parameters, random)
  return Dictionary(uniqueKeysWithValues: parameters.all.map { ($0.name, $0) })
}

/// Whether values spread evenly over `±bound`: within it, close to its ends, with its deviation.
private func fills(_ tensor: Tensor, _ bound: Double) -> Bool {
  let values = tensor.array.map(Double.init)
  let deviation = (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
  return values.allSatisfy { abs($0) <= bound * 1.000001 }
    && values.max()! > 0.95 * bound && values.min()! < -0.95 * bound
    && abs(deviation / (bound / 3.0.squareRoot()) - 1) < 0.05
}

@Suite struct `First values` {
  @Test func `of an affine layer and a convolution are PyTorch's`() throws {
    let affine = made { _ = Affine("l", inputs: 25, outputs: 400, in: &$0, using: $1) }
    #expect(fills(affine["l.weight"]!.value, 0.2) && affine["l.weight"]!.value.shape == [25, 400])
    #expect(!fills(affine["l.weight"]!.value, 0.25))
    #expect(fills(affine["l.bias"]!.value, 0.2))
    let convolution = made {
      _ = Convolution("c", inputs: 5, outputs: 400, taps: 5, stride: 2, in: &$0, using: $1)
    }
    #expect(fills(convolution["c.weight"]!.value, 0.2))
    #expect(convolution["c.weight"]!.value.shape == [25, 400])
    #expect(fills(convolution["c.bias"]!.value, 0.2))
  }

  @Test func `of attention and layer norm are PyTorch's`() {
    let attention = made { _ = FrameAttention("a", width: 48, heads: 4, in: &$0, using: $1) }
    #expect(fills(attention["a.attention.projection.weight"]!.value, (6.0 / 192).squareRoot()))
    #expect(fills(attention["a.attention.output.weight"]!.value, 1 / 48.0.squareRoot()))
    #expect(attention["a.attention.projection.bias"]!.value == .zeros([144]))
    #expect(attention["a.attention.output.bias"]!.value == .zeros([48]))
    let norm = made { parameters, _ in _ = LayerNorm("n", width: 6, in: &parameters) }
    #expect(norm["n.gain"]!.value == .full([6], 1) && norm["n.bias"]!.value == .zeros([6]))
  }

  @Test func `decay in matrices alone`() {
    let layers = made { parameters, random in
      _ = Affine("l", inputs: 2, outputs: 3, in: &parameters, using: random)
      _ = LayerNorm("n", width: 6, in: &parameters)
      _ = FrameAttention("a", width: 4, heads: 2, in: &parameters, using: random)
    }
    for (name, parameter) in layers {
      #expect(parameter.decays == [".weight", ".query"].contains { name.hasSuffix($0) }, "\(name)")
    }
  }

  @Test func `depend on seed and name, not on the layers made before`() {
    let alone = made { _ = Affine("l", inputs: 3, outputs: 3, in: &$0, using: $1) }
    let after = made {
      _ = Affine("k", inputs: 3, outputs: 3, in: &$0, using: $1)
      _ = Affine("l", inputs: 3, outputs: 3, in: &$0, using: $1)
    }
    #expect(alone["l.weight"]!.value == after["l.weight"]!.value)
    #expect(after["k.weight"]!.value != after["l.weight"]!.value)
  }

  @Test func `that are normal have their deviation`() {
    let values = Tensor.normal([10_000], deviation: 0.02, random).array.map(Double.init)
    let mean = values.reduce(0, +) / 10_000
    let deviation = (values.reduce(0) { $0 + $1 * $1 } / 10_000).squareRoot()
    #expect(abs(mean) < 0.001 && abs(deviation - 0.02) < 0.001)
  }
}

@Suite struct `A pass` {
  private let x = Variable(constant: .full([50, 20], 1))

  @Test func `drops in training only`() {
    let inference = Pass(Parameters()).dropout(x, rate: 0.5)
    #expect(inference.value == x.value)
    let training = Pass(Parameters(), dropouts: random).dropout(x, rate: 0.5)
    #expect(training.value.array.contains(0) && training.value.array.contains(2))
    #expect(Pass(Parameters(), dropouts: random).dropout(x, rate: 0).value == x.value)
  }

  @Test func `drops differently at each place, and alike from the same stream`() {
    let pass = Pass(Parameters(), dropouts: random)
    let (first, second) = (pass.dropout(x, rate: 0.5).value, pass.dropout(x, rate: 0.5).value)
    #expect(first != second)
    #expect(Pass(Parameters(), dropouts: random).dropout(x, rate: 0.5).value == first)
  }

  @Test func `records nothing outside training`() {
    var parameters = Parameters()
    let layer = Affine("l", inputs: 20, outputs: 2, in: &parameters, using: random)
    #expect(!layer(x, Pass(parameters)).isDifferentiated)
    #expect(layer(x, Pass(parameters, dropouts: random)).isDifferentiated)
  }

  @Test func `returns gradients in the parameters' order, nil where nothing flows`() {
    var parameters = Parameters()
    let unused = Affine("unused", inputs: 20, outputs: 2, in: &parameters, using: random)
    let layer = Affine("l", inputs: 20, outputs: 2, in: &parameters, using: random)
    let pass = Pass(parameters, dropouts: random)
    let input = pass.tape.variable(x.value)
    let output = layer(input, pass)
    _ = unused
    let (gradients, inputs) = pass.gradients(
      of: [(output, .full([50, 2], 1))], inputs: [input, x])
    #expect(gradients.map { $0 == nil } == [true, true, false, false])
    #expect(gradients[3]?.array == [50, 50] && gradients[2]?.array.allSatisfy { $0 == 50 } == true)
    #expect(inputs.map { $0 == nil } == [false, true])
  }
}
