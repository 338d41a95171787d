// Products with weights, and layer normalisation.
// N rows, I inputs, O outputs.
import CKernels
import Tensors
import Threads

extension Tape {
  /// Returns `x W + b`.
  ///
  /// - Parameters:
  ///   - x: `[N, I]`.
  ///   - weight: `[I, O]`.
  ///   - bias: `[O]`, or `nil` for none.
  /// - Returns: `[N, O]`.
  package func affine(_ x: Variable, weight: Variable, bias: Variable?) -> Variable {
    let (n, i, o) = (x.value.rows, x.value.columns, weight.value.columns)
    precondition(weight.shape == [i, o], "weight \(weight.shape) for input \(x.shape)")
    precondition(bias.map { $0.shape == [o] } ?? true, "bias \(bias!.shape) for \(o) outputs")
    var output = Tensor(uninitialized: [n, o])
    if let bias { reprise_fill_rows(bias.value.address, n, o, output.ownAddress()) }
    multiply(
      x.value.address, rowStride: i, weight.value.address, rowStride: o,
      into: output.ownAddress(), rowStride: o, m: n, n: o, k: i,
      accumulating: bias == nil ? 0 : 1)
    return record(output, from: [x, weight] + (bias.map { [$0] } ?? [])) { dOutput, gradients in
      gradients.add(product(x.value, dOutput, transposing: .first), to: weight)
      if let bias { gradients.add(dOutput.columnSums, to: bias) }
      gradients.add(product(dOutput, weight.value, transposing: .second), to: x)
    }
  }

  /// Returns each row normalised and scaled: `(x - mean) / sqrt(variance + epsilon) · gain + bias`
  /// (Ba et al. 2016). The variance is divided by D, as in PyTorch.
  ///
  /// - Parameters:
  ///   - x: `[N, D]`.
  ///   - gain: `[D]`.
  ///   - bias: `[D]`.
  package func layerNorm(
    _ x: Variable, gain: Variable, bias: Variable, epsilon: Float = 1e-5
  ) -> Variable {
    let (n, d) = (x.value.rows, x.value.columns)
    precondition(gain.shape == [d] && bias.shape == [d], "gain \(gain.shape) for rows of \(d)")
    var output = Tensor(uninitialized: x.shape)
    var mean = Tensor(uninitialized: [n])
    var reciprocal = Tensor(uninitialized: [n])
    let (target, means, scales) = (
      output.ownAddress(), mean.ownAddress(), reciprocal.ownAddress()
    )
    parallel(n, by: threads > 1 ? 32 : max(n, 1), threads: threads) { rows in
      let (first, count) = (rows.lowerBound, rows.count)
      reprise_layer_norm(
        x.value.address + first * d, gain.value.address, bias.value.address,
        target + first * d, means + first, scales + first, count, d, epsilon)
    }
    return record(output, from: [x, gain, bias]) { [mean, reciprocal] dOutput, gradients in
      var dInput = Tensor(uninitialized: x.shape)
      var (dGain, dBias) = (Tensor.zeros([d]), Tensor.zeros([d]))
      reprise_layer_norm_gradient(
        x.value.address, gain.value.address, mean.address, reciprocal.address, dOutput.address,
        dInput.ownAddress(), dGain.ownAddress(), dBias.ownAddress(), n, d)
      gradients.add(dInput, to: x)
      gradients.add(dGain, to: gain)
      gradients.add(dBias, to: bias)
    }
  }
}
