// The row-wise steps after a convolution: layer normalisation, GELU, residual and dropout. They run
// for a few rows at a time, whose intermediate values stay in the first-level cache. The gradient
// recomputes them.
// N rows, D columns.
import CKernels
import Tensors

extension Tape {
  /// Returns `dropout(r + GELU(LayerNorm(x)))`. The bits equal those of the separate operations.
  ///
  /// - Parameters:
  ///   - x: `[N, D]`.
  ///   - gain: `[D]`, of the layer normalisation.
  ///   - bias: `[D]`, of the layer normalisation.
  ///   - residual: r, `[N, D]`, or nil for none.
  ///   - dropout: the rate and the seed of the mask, as in `Tape.dropout`, or nil for none.
  package func normalizedActivation(
    _ x: Variable, gain: Variable, bias: Variable, residual: Variable? = nil,
    dropout: (rate: Double, seed: UInt64)? = nil, epsilon: Float = 1e-5
  ) -> Variable {
    let d = x.value.columns
    precondition(gain.shape == [d] && bias.shape == [d], "gain \(gain.shape) for rows of \(d)")
    precondition(residual.map { $0.shape == x.shape } ?? true, "residual of another shape")
    precondition(dropout.map { $0.rate < 1 } ?? true, "dropout rate is not below 1")
    let rows = ActivatedRows(
      x: x.value, gain: gain.value, bias: bias.value, epsilon: epsilon,
      dropout: dropout.flatMap { $0.rate > 0 ? $0 : nil })
    let places = (x: x.place, gain: gain.place, bias: bias.place, residual: residual?.place)
    return record(
      rows.output(residual: residual?.value), from: [x, gain, bias] + (residual.map { [$0] } ?? [])
    ) { dOutput, gradients in
      let found = rows.gradients(of: dOutput)
      gradients.add(found.x, to: places.x)
      gradients.add(found.gain, to: places.gain)
      gradients.add(found.bias, to: places.bias)
      if let residual = places.residual { gradients.add(found.sum, to: residual) }
    }
  }
}

/// Rows with the settings of the operations on them.
private struct ActivatedRows {
  let x: Tensor
  let gain: Tensor
  let bias: Tensor
  let epsilon: Float
  let dropout: (rate: Double, seed: UInt64)?

  /// Rows per part: 16 KB of each value for D = 128.
  private static let part = 32

  /// Calls `body` with each part's first element, its rows, their LayerNorm, and what the gradient
  /// needs.
  private func forEachPart(
    _ body: (
      _ first: Int, _ rows: Int, _ normalized: UnsafePointer<Float>, _ mean: UnsafePointer<Float>,
      _ reciprocal: UnsafePointer<Float>
    ) -> Void
  ) {
    let (n, d) = (x.rows, x.columns)
    var normalized = Tensor(uninitialized: [Self.part, d])
    var moments = Tensor(uninitialized: [2, Self.part])
    let (mean, reciprocal) = (moments.ownAddress(), moments.ownAddress() + Self.part)
    let target = normalized.ownAddress()
    for row in stride(from: 0, to: n, by: Self.part) {
      let count = min(Self.part, n - row)
      reprise_layer_norm(
        x.address + row * d, gain.address, bias.address, target, mean, reciprocal,
        count, d, epsilon)
      body(row * d, count, target, mean, reciprocal)
    }
    withExtendedLifetime((normalized, moments)) {}
  }

  func output(residual: Tensor?) -> Tensor {
    let d = x.columns
    var result = Tensor(uninitialized: x.shape)
    var scratch = Tensor(uninitialized: [Self.part, d])
    let (whole, part) = (result.ownAddress(), scratch.ownAddress())
    forEachPart { first, rows, normalized, _, _ in
      let target = whole + first
      let sum = dropout == nil ? target : part
      reprise_gelu(normalized, sum, rows * d)
      if let residual { reprise_sum(residual.address + first, sum, sum, rows * d) }
      drop(sum, first, rows * d, into: target)
    }
    withExtendedLifetime((scratch, residual)) {}
    return result
  }

  /// Returns the gradients of x, gain, bias, and of the sum before dropout.
  func gradients(of dOutput: Tensor) -> (x: Tensor, gain: Tensor, bias: Tensor, sum: Tensor) {
    let d = x.columns
    var (dX, dGain, dBias) = (Tensor(uninitialized: x.shape), Tensor.zeros([d]), Tensor.zeros([d]))
    var dSum = dropout == nil ? dOutput : Tensor(uninitialized: x.shape)
    let dropped = dropout == nil ? nil : dSum.ownAddress()
    var scratch = Tensor(uninitialized: [Self.part, d])
    let slopes = scratch.ownAddress()
    let (xSlopes, gainSlopes, biasSlopes) = (
      dX.ownAddress(), dGain.ownAddress(), dBias.ownAddress()
    )
    forEachPart { first, rows, normalized, mean, reciprocal in
      if let dropped {
        drop(dOutput.address + first, first, rows * d, into: dropped + first)
      }
      reprise_gelu_gradient(normalized, dSum.address + first, slopes, rows * d)
      reprise_layer_norm_gradient(
        x.address + first, gain.address, mean, reciprocal, slopes, xSlopes + first, gainSlopes,
        biasSlopes, rows, d)
    }
    withExtendedLifetime((scratch, dOutput)) {}
    return (dX, dGain, dBias, dSum)
  }

  /// Applies dropout, if any, to the elements from number `first` on.
  private func drop(
    _ values: UnsafePointer<Float>, _ first: Int, _ count: Int,
    into target: UnsafeMutablePointer<Float>
  ) {
    guard let (rate, seed) = dropout else { return }
    reprise_dropout(
      seed, Float(rate), UInt32(truncatingIfNeeded: first), values, target, count)
  }
}
