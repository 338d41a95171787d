// Layers that are one product with weights.
package import Autograd
package import Randomness
package import Tensors

/// `x W + b`, from I to O features.
package struct Affine: Sendable {
  let weight: Parameters.ID
  let bias: Parameters.ID

  /// Makes the layer, uniform in ±1/√I as PyTorch's `Linear`.
  package init(
    _ name: String, inputs: Int, outputs: Int, in parameters: inout Parameters,
    using random: RandomStream
  ) {
    let bound = 1 / Double(inputs).squareRoot()
    weight = parameters.add(
      name + ".weight", .uniform([inputs, outputs], bound, random.split(name + ".weight")),
      decays: true)
    bias = parameters.add(
      name + ".bias", .uniform([outputs], bound, random.split(name + ".bias")), decays: false)
  }

  /// Returns `[N, O]` for `x: [N, I]`.
  package func callAsFunction(_ x: Variable, _ pass: Pass) -> Variable {
    pass.tape.affine(x, weight: pass[weight], bias: pass[bias])
  }
}

/// Convolution over the time of each packed sequence, from I to O channels.
package struct Convolution: Sendable {
  let weight: Parameters.ID
  let bias: Parameters.ID
  let stride: Int

  /// Makes the layer, uniform in ±1/√(K · I) as PyTorch's `Conv1d`; `taps` K is odd.
  package init(
    _ name: String, inputs: Int, outputs: Int, taps: Int, stride: Int,
    in parameters: inout Parameters, using random: RandomStream
  ) {
    let bound = 1 / Double(taps * inputs).squareRoot()
    weight = parameters.add(
      name + ".weight", .uniform([taps * inputs, outputs], bound, random.split(name + ".weight")),
      decays: true)
    bias = parameters.add(
      name + ".bias", .uniform([outputs], bound, random.split(name + ".bias")), decays: false)
    self.stride = stride
  }

  package func callAsFunction(
    _ x: Variable, _ sequences: Ragged, _ pass: Pass
  ) -> (Variable, Ragged) {
    pass.tape.convolution(
      x, sequences, weight: pass[weight], bias: pass[bias], stride: stride)
  }
}

/// Layer normalisation of D features.
package struct LayerNorm: Sendable {
  let gain: Parameters.ID
  let bias: Parameters.ID

  package init(_ name: String, width: Int, in parameters: inout Parameters) {
    gain = parameters.add(name + ".gain", .full([width], 1), decays: false)
    bias = parameters.add(name + ".bias", .zeros([width]), decays: false)
  }

  package func callAsFunction(_ x: Variable, _ pass: Pass) -> Variable {
    pass.tape.layerNorm(x, gain: pass[gain], bias: pass[bias])
  }
}

/// Multi-head self-attention, MSA: projections around `Tape.attention`.
package struct SelfAttention: Sendable {
  let projection: Parameters.ID
  let projectionBias: Parameters.ID
  let output: Parameters.ID
  let outputBias: Parameters.ID
  let heads: Int

  /// Makes the layer as PyTorch's `MultiheadAttention`: Xavier-uniform projections of queries, keys
  /// and values together, biases 0.
  package init(
    _ name: String, width: Int, heads: Int, in parameters: inout Parameters,
    using random: RandomStream
  ) {
    let together = (6 / Double(width + 3 * width)).squareRoot()
    projection = parameters.add(
      name + ".projection.weight",
      .uniform([width, 3 * width], together, random.split(name + ".projection")), decays: true)
    projectionBias = parameters.add(
      name + ".projection.bias", .zeros([3 * width]), decays: false)
    output = parameters.add(
      name + ".output.weight",
      .uniform([width, width], 1 / Double(width).squareRoot(), random.split(name + ".output")),
      decays: true)
    outputBias = parameters.add(name + ".output.bias", .zeros([width]), decays: false)
    self.heads = heads
  }

  package func callAsFunction(_ x: Variable, _ sequences: Ragged, _ pass: Pass) -> Variable {
    let projected = pass.tape.affine(x, weight: pass[projection], bias: pass[projectionBias])
    let gathered = pass.tape.attention(projected, sequences, heads: heads)
    return pass.tape.affine(gathered, weight: pass[output], bias: pass[outputBias])
  }
}
