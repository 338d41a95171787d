// The gradient of frame-level attention pooling, by the same sums.
import CKernels
import Tensors

extension FrameAttentionPass {
  /// Adds the gradients that flow from that of z and μ, `[2S, D]`.
  func addGradients(
    of dOutput: Tensor, to gradients: inout Gradients, _ frameVariable: Variable,
    _ weights: FrameAttentionWeights
  ) {
    let (n, d, e, h, count) = (frames.rows, width, features, heads, sequences.count)
    let (w, b) = (weights.projection.value, weights.projectionBias.value)
    let (dW, dB) = (Tensor(uninitialized: [d, 3 * d]), Tensor(uninitialized: [3 * d]))
    let dValues = Tensor(uninitialized: [n, h + 1])
    let dProjected = Tensor(uninitialized: [n, 2 * d])
    let dOutputWeight = product(pooledValues, dOutput, transposing: .first)
    let dPooled = product(dOutput, weights.output.value, transposing: .second)

    // Through what the heads gather.
    let dGathered = Tensor(uninitialized: [h, 2 * count, d])
    for head in 0..<h {
      let (from, place) = (head * 2 * count * d, 2 * d + head * e)
      multiply(
        gathered.address + from, transposed: true, rowStride: d, dPooled.address + head * e,
        rowStride: d, into: dW.freshAddress + place, rowStride: 3 * d, m: d, n: e, k: 2 * count)
      multiply(
        dPooled.address + head * e, transposed: false, rowStride: d, w.address + place,
        transposed: true,
        rowStride: 3 * d, into: dGathered.freshAddress + from, rowStride: d, m: 2 * count, n: d,
        k: e)
    }
    // The rows of every sequence as its shares are laid out.
    let dSums = Tensor(uninitialized: [count * (2 * h + 2), d])
    for sequence in 0..<count {
      let rows = dSums.freshAddress + sequence * (2 * h + 2) * d
      for part in 0..<2 {
        for head in 0..<h {
          (rows + (2 * head + part) * d).update(
            from: dGathered.address + ((head * 2 + part) * count + sequence) * d, count: d)
        }
        (rows + (2 * h + part) * d)
          .update(from: dOutput.address + (part * count + sequence) * d, count: d)
      }
      attendBackwards(sequence, rows, dProjected, dValues)
    }

    // Through queries and keys, and through what scores read.
    multiply(
      frames.address, transposed: true, rowStride: d, dProjected.address, rowStride: 2 * d,
      into: dW.freshAddress, rowStride: 3 * d, m: d, n: 2 * d, k: n)
    let dReadout = product(frames, dValues, transposing: .first)
    let dDirection = addReadoutGradients(
      dReadout, dConstants: dValues.columnSums, dPooled, dProjected, dW, dB, w, b)
    let dQuery = Tensor(
      shape: [d, 1], values: (0..<d).map { dReadout.address[$0 * (h + 1) + h] })
    multiply(
      weights.output.value.address, transposed: true, rowStride: d, dDirection.address,
      rowStride: 1, into: dQuery.freshAddress, rowStride: 1, m: d, n: 1, k: d, accumulating: 1)
    multiply(
      dDirection.address, rowStride: 1, weights.query.value.address, rowStride: d,
      into: dOutputWeight.freshAddress, rowStride: d, m: d, n: d, k: 1, accumulating: 1)
    if frameVariable.isDifferentiated {
      gradients.add(dFrames(dProjected, dValues, dSums, w), to: frameVariable)
    }
    withExtendedLifetime((w, b, dPooled, dGathered, dDirection, weights)) {}
    gradients.add(dW, to: weights.projection)
    gradients.add(dB, to: weights.projectionBias)
    gradients.add(dOutputWeight, to: weights.output)
    gradients.add(dOutput.columnSums, to: weights.outputBias)
    gradients.add(dQuery, to: weights.query)
  }

  /// Sets the gradients of queries, keys and values of a sequence.
  ///
  /// - Parameter dSums: the gradient of its shares' sums of frames, `[2H + 2, D]`.
  private func attendBackwards(
    _ sequence: Int, _ dSums: UnsafePointer<Float>, _ dProjected: Tensor, _ dValues: Tensor
  ) {
    let (d, e, h) = (width, features, heads)
    let (first, length) = (sequences.offsets[sequence], sequences.lengths[sequence])
    let columns = reprise_padded_frames(length)
    let dShares = Tensor(uninitialized: [2 * h + 1, length])
    multiply(
      dSums, transposed: false, rowStride: d, frames.address + first * d, transposed: true,
      rowStride: d,
      into: dShares.freshAddress, rowStride: length, m: 2 * h + 1, n: length, k: d)
    let value = values.address + first * (h + 1)
    // For every head and query: the means of the gradients of both shares and of values, by its weights.
    let means = Tensor(uninitialized: [h, 3, columns])
    let dAlpha = Tensor.zeros([columns])
    (dAlpha.freshAddress).update(from: dShares.address + 2 * h * length, count: length)
    for head in 0..<h {
      let row = means.freshAddress + head * 3 * columns
      let share = dShares.address + 2 * head * length
      reprise_frame_scatter(
        weights(sequence, head), share, share + length, value + head, h + 1, row, row + columns,
        row + 2 * columns, length)
      reprise_add_scaled(1, row, dAlpha.freshAddress, length)
    }
    let own = padded(sharesOf(sequence) + 2 * h * length, length: length)
    let even = padded(sharesOf(sequence) + (2 * h + 1) * length, length: length)
    let mean = reprise_dot(own.address, dAlpha.address, length)
    let dScores = Tensor.zeros([columns])
    for t in 0..<length {
      let slope = own.address[t] * (dAlpha.address[t] - mean)
      dScores.freshAddress[t] = slope
      dValues.freshAddress[(first + t) * (h + 1) + h] = slope
    }
    let slopes = Tensor(uninitialized: [length, columns])
    let remainders = Tensor.zeros([columns])
    for head in 0..<h {
      let row = means.address + head * 3 * columns
      for t in 0..<length {
        remainders.freshAddress[t] =
          own.address[t] * row[t] + even.address[t] * row[columns + t]
          + dScores.address[t] * row[2 * columns + t]
      }
      let share = dShares.address + 2 * head * length
      reprise_frame_slopes(
        weights(sequence, head), own.address, even.address, dScores.address, remainders.address,
        share, share + length, value + head, h + 1, factor, slopes.freshAddress,
        dValues.freshAddress + first * (h + 1) + head, h + 1, length)
      let place = first * 2 * d + head * e
      let (queries, dQueries) = (projected.address + place, dProjected.freshAddress + place)
      if isNarrow {
        reprise_frame_projections(
          slopes.address, queries, queries + d, 2 * d, dQueries, dQueries + d, length, e)
      } else {
        multiply(
          slopes.address, transposed: true, rowStride: columns, queries + d, rowStride: 2 * d,
          into: dQueries, rowStride: 2 * d, m: length, n: e, k: length)
        multiply(
          slopes.address, rowStride: columns, queries, rowStride: 2 * d, into: dQueries + d,
          rowStride: 2 * d, m: length, n: e, k: length)
      }
    }
    withExtendedLifetime((dShares, means, dAlpha, own, even, dScores, slopes, remainders)) {}
  }

  /// Adds what flows through W_h O_h w and b_h O_h w, and sets the gradients of all biases.
  ///
  /// - Returns: the gradient of O w, `[D, 1]`.
  private func addReadoutGradients(
    _ dReadout: Tensor, dConstants: Tensor, _ dPooled: Tensor, _ dProjected: Tensor, _ dW: Tensor,
    _ dB: Tensor, _ w: Tensor, _ b: Tensor
  ) -> Tensor {
    let (d, e, h) = (width, features, heads)
    let dDirection = Tensor(uninitialized: [d, 1])
    let (ofProjected, ofPooled) = (dProjected.columnSums, dPooled.columnSums)
    (dB.freshAddress).update(from: ofProjected.address, count: 2 * d)
    (dB.freshAddress + 2 * d).update(from: ofPooled.address, count: d)
    for head in 0..<h {
      let place = 2 * d + head * e
      multiply(
        dReadout.address + head, rowStride: h + 1, direction.address + head * e, rowStride: e,
        into: dW.freshAddress + place, rowStride: 3 * d, m: d, n: e, k: 1, accumulating: 1)
      multiply(
        w.address + place, transposed: true, rowStride: 3 * d, dReadout.address + head,
        rowStride: h + 1, into: dDirection.freshAddress + head * e, rowStride: 1, m: e, n: 1, k: d)
      let constant = dConstants.address[head]
      reprise_add_scaled(constant, b.address + place, dDirection.freshAddress + head * e, e)
      reprise_add_scaled(constant, direction.address + head * e, dB.freshAddress + place, e)
    }
    withExtendedLifetime((ofProjected, ofPooled, dReadout, dConstants)) {}
    return dDirection
  }

  /// The gradient of the frames: through queries and keys, through values, and through every sum of them.
  private func dFrames(
    _ dProjected: Tensor, _ dValues: Tensor, _ dSums: Tensor, _ w: Tensor
  ) -> Tensor {
    let (n, d, h) = (frames.rows, width, heads)
    let result = product(dValues, readout, transposing: .second)
    multiply(
      dProjected.address, transposed: false, rowStride: 2 * d, w.address, transposed: true,
      rowStride: 3 * d,
      into: result.freshAddress, rowStride: d, m: n, n: d, k: 2 * d, accumulating: 1)
    for sequence in 0..<sequences.count {
      let (first, length) = (sequences.offsets[sequence], sequences.lengths[sequence])
      multiply(
        sharesOf(sequence), transposed: true, rowStride: length,
        dSums.address + sequence * (2 * h + 2) * d, rowStride: d,
        into: result.freshAddress + first * d, rowStride: d, m: length, n: d, k: 2 * h + 2,
        accumulating: 1)
    }
    return result
  }
}
