// Convolution over time of packed sequences, as products of windows. The channels of a frame are
// contiguous, so the frames that one output reads are contiguous too, and no window is ever copied.
// N frames in, M frames out, I channels in, O channels out, K taps.
package import Tensors

extension Tape {
  /// Returns the convolution of each sequence over time, with zeros beyond its ends:
  ///
  ///     out[t, o] = b[o] + Σₖ Σᵢ x[t · stride + k - (K - 1)/2, i] · W[k · I + i, o]
  ///
  /// - Parameters:
  ///   - x: the frames of all sequences, `[N, I]`.
  ///   - sequences: their lengths, which sum to N.
  ///   - weight: `[K · I, O]`; K is odd.
  ///   - bias: `[O]`.
  ///   - stride: frames between outputs, ≥ 1.
  /// - Returns: `[M, O]` and the lengths `⌈length / stride⌉`. The result equals PyTorch's `Conv1d`
  ///   with padding `(K - 1)/2` on each sequence alone.
  package func convolution(
    _ x: Variable, _ sequences: Ragged, weight: Variable, bias: Variable, stride: Int
  ) -> (Variable, Ragged) {
    let (i, o) = (x.value.columns, weight.value.columns)
    let taps = weight.value.rows / i
    precondition(x.value.rows == sequences.rows, "\(x.shape) frames for \(sequences.rows) rows")
    precondition(
      weight.value.rows == taps * i && taps % 2 == 1, "weight \(weight.shape) for \(i) channels")
    precondition(bias.shape == [o], "bias \(bias.shape) for \(o) outputs")
    let shortened = Ragged(sequences.lengths.map { ($0 + stride - 1) / stride })
    let padded = PaddedSequences(x.value, sequences, before: taps / 2, after: taps / 2)
    let windows = padded.places(shortened.lengths, first: -(taps / 2), stride: stride)
    var output = Tensor(uninitialized: [shortened.rows, o])
    PackedMatrix(weight.value.address, rows: taps * i, columns: o, rowStride: o, columnStride: 1)
      .multiply(
        windowsOf: padded.rows.address, at: windows, bias: bias.value.address,
        into: output.ownAddress())
    withExtendedLifetime((padded, weight, bias)) {}
    let input = x.place
    let result = record(output, from: [x, weight, bias]) { dOutput, gradients in
      gradients.add(
        product(transposedWindowsOf: padded.rows.address, at: windows, m: taps * i, dOutput),
        to: weight)
      withExtendedLifetime(padded) {}
      gradients.add(dOutput.columnSums, to: bias)
      gradients.add(
        convolutionInputGradient(
          dOutput, shortened, weight: weight.value, sequences, channels: i, stride: stride),
        to: input)
    }
    return (result, shortened)
  }
}

/// Returns the gradient of a convolution's input, `[N, I]`:
///
///     dx[t, i] = Σₖ Σₒ dout[(t + (K - 1)/2 - k) / stride, o] · W[k · I + i, o]
///
/// over the taps k for which the division has no remainder. All t ≡ p (mod stride) have the same
/// taps. For each p the gradient is therefore a convolution of the outputs' gradient with some of
/// the taps in reverse order.
private func convolutionInputGradient(
  _ dOutput: Tensor, _ outputs: Ragged, weight: Tensor, _ sequences: Ragged, channels i: Int,
  stride: Int
) -> Tensor {
  let (o, count) = (dOutput.columns, weight.rows / i)
  let reach = (count / 2 + stride - 1) / stride
  let padded = PaddedSequences(dOutput, outputs, before: reach, after: reach)
  var dInput =
    stride > count ? .zeros([sequences.rows, i]) : Tensor(uninitialized: [sequences.rows, i])
  for p in 0..<stride {
    let shift = p + count / 2
    let taps = Swift.stride(from: shift % stride, to: count, by: stride).reversed()
    guard !taps.isEmpty else { continue }
    let lengths = sequences.lengths.map { ($0 - p + stride - 1) / stride }
    let targets =
      stride == 1
      ? nil : places(sequences.offsets, lengths, first: p, stride: stride, columns: i)
    PackedMatrix(
      stacking: taps.map { weight.address + $0 * i * o }, depth: o, columns: i, rowStride: 1,
      columnStride: o
    ).multiply(
      windowsOf: padded.rows.address,
      at: padded.places(lengths, first: shift / stride - taps.count + 1, stride: 1),
      into: dInput.ownAddress(), at: targets)
  }
  withExtendedLifetime((padded, weight)) {}
  return dInput
}

/// The offsets of rows first, first + stride, … of each sequence in a matrix with `columns`
/// columns.
private func places(
  _ offsets: [Int], _ lengths: [Int], first: Int, stride: Int, columns: Int
) -> [Int] {
  zip(offsets, lengths).flatMap { offset, length in
    (0..<length).map { (offset + first + $0 * stride) * columns }
  }
}

/// Sequences with rows of zeros before and after each.
private struct PaddedSequences {
  private(set) var rows: Tensor
  /// The first row of each sequence, after its zeros.
  private let offsets: [Int]

  init(_ x: Tensor, _ sequences: Ragged, before: Int, after: Int) {
    let (columns, margin) = (x.columns, before + after)
    offsets = (0..<sequences.count).map { sequences.offsets[$0] + before + $0 * margin }
    rows = Tensor(uninitialized: [sequences.rows + sequences.count * margin, columns])
    let target = rows.ownAddress()
    for s in 0..<sequences.count {
      let (start, count) = (target + offsets[s] * columns, sequences.lengths[s] * columns)
      (start - before * columns).update(repeating: 0, count: before * columns)
      start.update(from: x.address + sequences.offsets[s] * columns, count: count)
      (start + count).update(repeating: 0, count: after * columns)
    }
    withExtendedLifetime(x) {}
  }

  /// The offsets of the windows that begin at frames first, first + stride, … of each sequence.
  func places(_ lengths: [Int], first: Int, stride: Int) -> [Int] {
    Autograd.places(offsets, lengths, first: first, stride: stride, columns: rows.columns)
  }
}
