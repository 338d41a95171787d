// The gradient of frame-level attention pooling. It uses the same sums as the forward pass.
import CKernels
import Tensors

extension FrameAttentionPass {
  /// Adds the gradients of all inputs, given the gradient of z and μ, `[2S, D]`.
  func addGradients(
    of dOutput: Tensor, to gradients: inout Gradients, _ frameVariable: Variable,
    _ weights: FrameAttentionWeights
  ) {
    let (n, d, e, h, count) = (frames.rows, width, features, heads, sequences.count)
    let (w, b) = (weights.projection.value, weights.projectionBias.value)
    var (dW, dB) = (Tensor(uninitialized: [d, 3 * d]), Tensor(uninitialized: [3 * d]))
    var dProjected = Tensor(uninitialized: [n, stride])
    var dOutputWeight = product(pooledValues, dOutput, transposing: .first)
    let dPooled = product(dOutput, weights.output.value, transposing: .second)

    // The path through what the heads gather.
    var dGathered = Tensor(uninitialized: [h, 2 * count, d])
    for head in 0..<h {
      let (from, place) = (head * 2 * count * d, 2 * d + head * e)
      multiply(
        gathered.address + from, transposed: true, rowStride: d, dPooled.address + head * e,
        rowStride: d, into: dW.ownAddress() + place, rowStride: 3 * d, m: d, n: e, k: 2 * count)
      multiply(
        dPooled.address + head * e, transposed: false, rowStride: d, w.address + place,
        transposed: true,
        rowStride: 3 * d, into: dGathered.ownAddress() + from, rowStride: d, m: 2 * count, n: d,
        k: e)
    }
    // The rows of every sequence, in the layout of its shares.
    var dSums = Tensor(uninitialized: [count * (2 * h + 2), d])
    for sequence in 0..<count {
      let rows = dSums.ownAddress() + sequence * (2 * h + 2) * d
      for part in 0..<2 {
        for head in 0..<h {
          (rows + (2 * head + part) * d).update(
            from: dGathered.address + ((head * 2 + part) * count + sequence) * d, count: d)
        }
        (rows + (2 * h + part) * d)
          .update(from: dOutput.address + (part * count + sequence) * d, count: d)
      }
      attendBackwards(sequence, rows, &dProjected)
    }

    // The paths through queries and keys, and through the readout of the scores.
    multiply(
      frames.address, transposed: true, rowStride: d, dProjected.address, rowStride: stride,
      into: dW.ownAddress(), rowStride: 3 * d, m: d, n: 2 * d, k: n)
    var dReadout = Tensor(uninitialized: [d, h + 1])
    multiply(
      frames.address, transposed: true, rowStride: d, dProjected.address + 2 * d,
      rowStride: stride, into: dReadout.ownAddress(), rowStride: h + 1, m: d, n: h + 1, k: n)
    let dDirection = addReadoutGradients(dReadout, dPooled, dProjected, &dW, &dB, w, b)
    var dQuery = Tensor(
      shape: [d, 1], values: (0..<d).map { dReadout.address[$0 * (h + 1) + h] })
    multiply(
      weights.output.value.address, transposed: true, rowStride: d, dDirection.address,
      rowStride: 1, into: dQuery.ownAddress(), rowStride: 1, m: d, n: 1, k: d, accumulating: 1)
    multiply(
      dDirection.address, rowStride: 1, weights.query.value.address, rowStride: d,
      into: dOutputWeight.ownAddress(), rowStride: d, m: d, n: d, k: 1, accumulating: 1)
    if frameVariable.isDifferentiated {
      gradients.add(dFrames(dProjected, dSums, w), to: frameVariable)
    }
    withExtendedLifetime((w, b, dPooled, dGathered, dDirection, weights)) {}
    gradients.add(dW, to: weights.projection)
    gradients.add(dB, to: weights.projectionBias)
    gradients.add(dOutputWeight, to: weights.output)
    gradients.add(dOutput.columnSums, to: weights.outputBias)
    gradients.add(dQuery, to: weights.query)
  }

  /// Computes the gradients of the queries, keys and values of a sequence.
  ///
  /// - Parameters:
  ///   - dSums: the gradient of the sums of frames by its shares, `[2H + 2, D]`.
  ///   - dProjected: the gradient of queries, keys and values side by side, `[N, stride]`.
  private func attendBackwards(
    _ sequence: Int, _ dSums: UnsafePointer<Float>, _ dProjected: inout Tensor
  ) {
    let (d, e, h) = (width, features, heads)
    let (first, length) = (sequences.offsets[sequence], sequences.lengths[sequence])
    let columns = reprise_padded_frames(length)
    var dShares = Tensor(uninitialized: [2 * h + 1, length])
    multiply(
      dSums, transposed: false, rowStride: d, frames.address + first * d, transposed: true,
      rowStride: d,
      into: dShares.ownAddress(), rowStride: length, m: 2 * h + 1, n: length, k: d)
    let value = values.address + first * (h + 1)
    // For every head and query: the means, under its weights, of the gradients of both shares and
    // of the values.
    var means = Tensor(uninitialized: [h, 3, columns])
    var dAlpha = Tensor.zeros([columns])
    dAlpha.ownAddress().update(from: dShares.address + 2 * h * length, count: length)
    for head in 0..<h {
      let row = means.ownAddress() + head * 3 * columns
      let share = dShares.address + 2 * head * length
      reprise_frame_scatter(
        weights(sequence, head), share, share + length, value + head, h + 1, row, row + columns,
        row + 2 * columns, length)
      reprise_add_scaled(1, row, dAlpha.ownAddress(), length)
    }
    let own = padded(sharesOf(sequence) + 2 * h * length, length: length)
    let even = padded(sharesOf(sequence) + (2 * h + 1) * length, length: length)
    let mean = reprise_dot(own.address, dAlpha.address, length)
    var dScores = Tensor.zeros([columns])
    let scoreSlopes = dScores.ownAddress()
    let valueSlopes = dProjected.ownAddress() + first * stride + 2 * d
    for t in 0..<length {
      let slope = own.address[t] * (dAlpha.address[t] - mean)
      scoreSlopes[t] = slope
      valueSlopes[t * stride + h] = slope
    }
    var slopes = Tensor(uninitialized: [length, columns])
    var remainders = Tensor.zeros([columns])
    let rest = remainders.ownAddress()
    for head in 0..<h {
      let row = means.address + head * 3 * columns
      for t in 0..<length {
        rest[t] =
          own.address[t] * row[t] + even.address[t] * row[columns + t]
          + scoreSlopes[t] * row[2 * columns + t]
      }
      let share = dShares.address + 2 * head * length
      reprise_frame_slopes(
        weights(sequence, head), own.address, even.address, scoreSlopes, rest,
        share, share + length, value + head, h + 1, factor, slopes.ownAddress(),
        valueSlopes + head, stride, length)
      let place = first * stride + head * e
      let (queries, dQueries) = (projected.address + place, dProjected.ownAddress() + place)
      if isNarrow {
        reprise_frame_projections(
          slopes.address, queries, queries + d, stride, dQueries, dQueries + d, length, e)
      } else {
        multiply(
          slopes.address, transposed: true, rowStride: columns, queries + d, rowStride: stride,
          into: dQueries, rowStride: stride, m: length, n: e, k: length)
        multiply(
          slopes.address, rowStride: columns, queries, rowStride: stride, into: dQueries + d,
          rowStride: stride, m: length, n: e, k: length)
      }
    }
    withExtendedLifetime((dShares, means, dAlpha, own, even, dScores, slopes, remainders)) {}
  }

  /// Adds the paths through W_h O_h w and b_h O_h w, and computes the gradients of all biases.
  ///
  /// - Returns: the gradient of O w, `[D, 1]`.
  private func addReadoutGradients(
    _ dReadout: Tensor, _ dPooled: Tensor, _ dProjected: Tensor, _ dW: inout Tensor,
    _ dB: inout Tensor, _ w: Tensor, _ b: Tensor
  ) -> Tensor {
    let (d, e, h) = (width, features, heads)
    var dDirection = Tensor(uninitialized: [d, 1])
    let (ofProjected, ofPooled) = (sums(of: dProjected), dPooled.columnSums)
    dB.ownAddress().update(from: ofProjected.address, count: 2 * d)
    (dB.ownAddress() + 2 * d).update(from: ofPooled.address, count: d)
    for head in 0..<h {
      let place = 2 * d + head * e
      multiply(
        dReadout.address + head, rowStride: h + 1, direction.address + head * e, rowStride: e,
        into: dW.ownAddress() + place, rowStride: 3 * d, m: d, n: e, k: 1, accumulating: 1)
      multiply(
        w.address + place, transposed: true, rowStride: 3 * d, dReadout.address + head,
        rowStride: h + 1, into: dDirection.ownAddress() + head * e, rowStride: 1, m: e, n: 1, k: d)
      let constant = ofProjected.address[2 * d + head]
      reprise_add_scaled(constant, b.address + place, dDirection.ownAddress() + head * e, e)
      reprise_add_scaled(constant, direction.address + head * e, dB.ownAddress() + place, e)
    }
    withExtendedLifetime((ofProjected, ofPooled, dReadout)) {}
    return dDirection
  }

  /// The sums over the frames of the first 2D + H + 1 columns.
  private func sums(of dProjected: Tensor) -> Tensor {
    var result = Tensor.zeros([2 * width + heads + 1])
    let sums = result.ownAddress()
    for row in 0..<dProjected.rows {
      reprise_add_scaled(1, dProjected.address + row * stride, sums, result.count)
    }
    withExtendedLifetime(dProjected) {}
    return result
  }

  /// The gradient of the frames: through queries and keys, through values, and through each sum of
  /// frames.
  private func dFrames(_ dProjected: Tensor, _ dSums: Tensor, _ w: Tensor) -> Tensor {
    let (n, d, h) = (frames.rows, width, heads)
    var result = Tensor(uninitialized: [n, d])
    multiply(
      dProjected.address + 2 * d, transposed: false, rowStride: stride, readout.address,
      transposed: true, rowStride: h + 1, into: result.ownAddress(), rowStride: d, m: n, n: d,
      k: h + 1)
    multiply(
      dProjected.address, transposed: false, rowStride: stride, w.address, transposed: true,
      rowStride: 3 * d,
      into: result.ownAddress(), rowStride: d, m: n, n: d, k: 2 * d, accumulating: 1)
    for sequence in 0..<sequences.count {
      let (first, length) = (sequences.offsets[sequence], sequences.lengths[sequence])
      multiply(
        sharesOf(sequence), transposed: true, rowStride: length,
        dSums.address + sequence * (2 * h + 2) * d, rowStride: d,
        into: result.ownAddress() + first * d, rowStride: d, m: length, n: d, k: 2 * h + 2,
        accumulating: 1)
    }
    return result
  }
}
