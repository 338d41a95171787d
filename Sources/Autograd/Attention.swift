// Multi-head self-attention within each packed sequence, without its projections.
// N frames, H heads of E features, D = H · E.
import CKernels
package import Tensors

extension Tape {
  /// Returns what each frame gathers from the frames of its own sequence (Vaswani et al. 2017):
  ///
  ///     out[t, h] = Σⱼ softmaxⱼ(q[t, h] · k[j, h] / √E) v[j, h]
  ///
  /// - Parameters:
  ///   - projected: queries, keys and values side by side, `[N, 3D]`; head h holds columns
  ///     `h · E ..< (h + 1) · E` of each.
  ///   - sequences: the lengths of the sequences, N frames in all.
  ///   - heads: H, a divisor of D.
  /// - Returns: `[N, D]`.
  /// - Precondition: E ≤ 64.
  package func attention(_ projected: Variable, _ sequences: Ragged, heads: Int) -> Variable {
    let d = projected.value.columns / 3
    precondition(
      projected.value.columns == 3 * d && d % heads == 0, "\(projected.shape), \(heads) heads")
    precondition(
      projected.value.rows == sequences.rows, "\(projected.shape), \(sequences.rows) rows")
    let e = d / heads
    precondition(e <= 64, "heads of \(e) features; at most 64")
    let starts = sequences.lengths.reduce(into: [0]) {
      $0.append($0.last! + reprise_attention_weights($1, heads))
    }
    let weights = Tensor(uninitialized: [starts[sequences.count]])
    let output = Tensor(uninitialized: [sequences.rows, d])
    let longest = sequences.lengths.max() ?? 0
    for s in 0..<sequences.count {
      let row = sequences.offsets[s]
      reprise_attention(
        projected.value.address + row * 3 * d, weights.freshAddress + starts[s],
        output.freshAddress + row * d, sequences.lengths[s], heads, e)
    }
    return record(output, from: [projected]) { dOutput, gradients in
      let dProjected = Tensor(uninitialized: projected.shape)
      let scratch = Tensor(uninitialized: [Int(REPRISE_ATTENTION_LANES) * longest])
      for s in 0..<sequences.count {
        let row = sequences.offsets[s]
        reprise_attention_gradient(
          projected.value.address + row * 3 * d, weights.address + starts[s],
          dOutput.address + row * d, dProjected.freshAddress + row * 3 * d, scratch.freshAddress,
          sequences.lengths[s], heads, e)
      }
      withExtendedLifetime(scratch) {}
      gradients.add(dProjected, to: projected)
    }
  }
}
