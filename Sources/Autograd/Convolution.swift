// Convolution over time of packed sequences.
// N frames in, M frames out, I channels in, O channels out, K taps.
import CKernels
package import Tensors

extension Tape {
  /// Returns the convolution of each sequence over time, zeros beyond its ends:
  ///
  ///     out[t, o] = b[o] + Σₖ Σᵢ x[t · stride + k - (K - 1)/2, i] · W[k · I + i, o]
  ///
  /// - Parameters:
  ///   - x: the frames of all sequences, `[N, I]`.
  ///   - sequences: their lengths, N in all.
  ///   - weight: `[K · I, O]`; K odd.
  ///   - bias: `[O]`.
  ///   - stride: frames between outputs, ≥ 1.
  /// - Returns: `[M, O]` and the lengths `⌈length / stride⌉`; equal to PyTorch's `Conv1d` with
  ///   padding `(K - 1)/2` on each sequence alone.
  package func convolution(
    _ x: Variable, _ sequences: Ragged, weight: Variable, bias: Variable, stride: Int
  ) -> (Variable, Ragged) {
    let i = x.value.columns
    let taps = weight.value.rows / i
    precondition(x.value.rows == sequences.rows, "\(x.shape) frames for \(sequences.rows) rows")
    precondition(
      weight.value.rows == taps * i && taps % 2 == 1, "weight \(weight.shape) for \(i) channels")
    let shortened = Ragged(sequences.lengths.map { ($0 + stride - 1) / stride })
    let windows = Tensor(uninitialized: [shortened.rows, taps * i])
    for s in 0..<sequences.count {
      reprise_windows(
        x.value.address + sequences.offsets[s] * i, sequences.lengths[s], i, taps, stride,
        windows.freshAddress + shortened.offsets[s] * taps * i, shortened.lengths[s])
    }
    let output = affine(
      Variable(constant: windows), weight: weight, bias: bias)
    guard x.isDifferentiated else { return (output, shortened) }
    let result = record(output.value, from: [x, output]) { dOutput, gradients in
      gradients.add(dOutput, to: output)
      let dWindows = product(dOutput, weight.value, transposing: .second)
      let dInput = Tensor.zeros(x.shape)
      for s in 0..<sequences.count {
        reprise_windows_gradient(
          dWindows.address + shortened.offsets[s] * taps * i, shortened.lengths[s], i, taps,
          stride, dInput.freshAddress + sequences.offsets[s] * i, sequences.lengths[s])
      }
      withExtendedLifetime(dWindows) {}
      gradients.add(dInput, to: x)
    }
    return (result, shortened)
  }
}
