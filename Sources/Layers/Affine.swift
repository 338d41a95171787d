// Layers that consist of one product with weights.
package import Autograd
package import Randomness
package import Tensors

/// `x W + b`, from I to O features.
package struct Affine: Sendable {
  let weight: Parameters.ID
  let bias: Parameters.ID

  /// Makes the layer with weights uniform in ±1/√I, like PyTorch's `Linear`.
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

/// Convolution over time of packed sequences, from I to O channels.
package struct Convolution: Sendable {
  let weight: Parameters.ID
  let bias: Parameters.ID
  let stride: Int

  /// Makes the layer with weights uniform in ±1/√(K · I), like PyTorch's `Conv1d`. `taps` is K,
  /// odd.
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

  /// Returns `dropout(residual + GELU(LayerNorm(x)))`. Dropout applies in training only.
  package func activated(
    _ x: Variable, residual: Variable? = nil, dropout rate: Double, _ pass: Pass
  ) -> Variable {
    pass.tape.normalizedActivation(
      x, gain: pass[gain], bias: pass[bias], residual: residual,
      dropout: pass.dropoutSeed().map { (rate, $0) })
  }
}

/// Frame-level attention: self-attention and the query that weights its frames.
package struct FrameAttention: Sendable {
  let projection: Parameters.ID
  let projectionBias: Parameters.ID
  let output: Parameters.ID
  let outputBias: Parameters.ID
  let query: Parameters.ID
  let heads: Int

  /// Makes the self-attention like PyTorch's `MultiheadAttention`: a joint Xavier-uniform
  /// projection of queries, keys and values, with biases 0. The query starts near 0, so all frames
  /// have similar weights at first.
  package init(
    _ name: String, width: Int, heads: Int, in parameters: inout Parameters,
    using random: RandomStream
  ) {
    let attention = name + ".attention"
    let together = (6 / Double(width + 3 * width)).squareRoot()
    projection = parameters.add(
      attention + ".projection.weight",
      .uniform([width, 3 * width], together, random.split(attention + ".projection")),
      decays: true)
    projectionBias = parameters.add(
      attention + ".projection.bias", .zeros([3 * width]), decays: false)
    output = parameters.add(
      attention + ".output.weight",
      .uniform(
        [width, width], 1 / Double(width).squareRoot(), random.split(attention + ".output")),
      decays: true)
    outputBias = parameters.add(attention + ".output.bias", .zeros([width]), decays: false)
    query = parameters.add(
      name + ".query", .normal([width, 1], deviation: 0.02, random.split(name + ".query")),
      decays: true)
    self.heads = heads
  }

  /// Returns z and μ of each of the S sequences, both `[S, D]`, and α, `[N, 1]`. See
  /// `Tape.frameAttention`.
  package func callAsFunction(
    _ frames: Variable, _ sequences: Ragged, _ pass: Pass
  ) -> (pooled: Variable, mean: Variable, weights: Tensor) {
    let (stacked, weights) = pass.tape.frameAttention(
      frames, sequences,
      FrameAttentionWeights(
        projection: pass[projection], projectionBias: pass[projectionBias], output: pass[output],
        outputBias: pass[outputBias], query: pass[query], heads: heads))
    let count = sequences.count
    return (
      pass.tape.rows(stacked, 0..<count), pass.tape.rows(stacked, count..<2 * count), weights
    )
  }
}
