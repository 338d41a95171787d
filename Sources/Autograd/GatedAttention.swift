// Multi-head self-attention for heads of any size, with or without WavLM's gated relative position
// bias. Attention weights are not stored: the gradient recomputes them.
// N frames, H heads of E features, D = H · E; C is the length of the longest sequence.
import CKernels
package import Tensors
import Threads

/// The bias added to attention scores: `gate[t, h] · bias[h, j - t + C - 1]`.
package struct PositionBias {
  /// `[N, H]`.
  package let gate: Variable
  /// `[H, 2C - 1]`: from the key C - 1 frames before its query to the key C - 1 frames after it.
  package let bias: Variable

  package init(gate: Variable, bias: Variable) { (self.gate, self.bias) = (gate, bias) }
}

extension Tape {
  /// The number of queries whose scores are in memory at one time.
  private static let block = 240

  /// Returns multi-head attention within each sequence:
  ///
  ///     s[t, j, h] = q[t, h] · k[j, h] / √E + gate[t, h] bias[h, j - t + C - 1]
  ///     out[t, h]  = Σⱼ softmaxⱼ(s[t, j, h]) v[j, h]
  ///
  /// - Parameters:
  ///   - query: `[N, D]`. Head h uses columns `h · E ..< (h + 1) · E`, in keys and values too.
  ///   - position: the bias of the scores, or nil.
  /// - Returns: `[N, D]`.
  ///
  /// Source: Chen et al. 2022 (WavLM), §III-B; without a bias Vaswani et al. 2017.
  package func attention(
    query: Variable, key: Variable, value: Variable, _ sequences: Ragged, heads: Int,
    position: PositionBias?
  ) -> Variable {
    let d = query.value.columns
    let e = d / heads
    precondition(d == e * heads, "\(query.shape), \(heads) heads")
    precondition(query.value.rows == sequences.rows, "\(query.shape), \(sequences.rows) rows")
    let span = position?.bias.value.columns ?? 0
    let longest = sequences.lengths.max() ?? 0
    precondition(
      position == nil || span >= 2 * longest - 1, "\(span) positions for \(longest) frames")
    let center = (span - 1) / 2
    let scale = 1 / Float(e).squareRoot()
    var output = Tensor(uninitialized: [sequences.rows, d])
    var logSums = Tensor(uninitialized: [sequences.rows, heads])
    let (target, sums) = (output.ownAddress(), logSums.ownAddress())
    parallel(sequences.count * heads, threads: threads) { part in
      let (s, h) = (part / heads, part % heads)
      let (row, t) = (sequences.offsets[s], sequences.lengths[s])
      let corner = row * d + h * e
      let keys = PackedMatrix(
        key.value.address + corner, rows: e, columns: t, rowStride: 1, columnStride: d)
      let values = PackedMatrix(
        value.value.address + corner, rows: t, columns: e, rowStride: d, columnStride: 1)
      var held = Tensor(uninitialized: [min(t, Self.block), t])
      let scores = held.ownAddress()
      for start in stride(from: 0, to: t, by: Self.block) {
        let count = min(Self.block, t - start)
        keys.multiply(
          query.value.address + corner + start * d, rowStride: d, m: count,
          into: scores, targetStride: t)
        let place = (row + start) * heads + h
        reprise_biased_softmax(
          scores, count, t, scale, position.map { $0.gate.value.address + place },
          position.map { $0.bias.value.address + h * span }, center - start,
          sums + place, heads)
        values.multiply(
          scores, rowStride: t, m: count,
          into: target + corner + start * d, targetStride: d)
      }
      withExtendedLifetime(held) {}
    }
    let inputs = [query, key, value] + (position.map { [$0.gate, $0.bias] } ?? [])
    return record(output, from: inputs) { [output, logSums] dOutput, gradients in
      var (dQuery, dKey, dValue) = (
        Tensor(uninitialized: query.shape), Tensor(uninitialized: key.shape),
        Tensor(uninitialized: value.shape)
      )
      var dGate = position.map { Tensor.zeros($0.gate.shape) }
      var dBias = position.map { Tensor.zeros($0.bias.shape) }
      var means = Tensor(uninitialized: [longest])
      var weights = Tensor(uninitialized: [longest, longest])
      var slopes = Tensor(uninitialized: [longest, longest])
      let (m, p, dP) = (means.ownAddress(), weights.ownAddress(), slopes.ownAddress())
      let (gateSlopes, biasSlopes) = (dGate?.ownAddress(), dBias?.ownAddress())
      for s in 0..<sequences.count {
        let (row, t) = (sequences.offsets[s], sequences.lengths[s])
        for h in 0..<heads {
          let (corner, place) = (row * d + h * e, row * heads + h)
          let dOut = dOutput.address + corner
          for i in 0..<t {
            m[i] = reprise_dot(dOut + i * d, output.address + corner + i * d, e)
          }
          multiply(
            query.value.address + corner, transposed: false, rowStride: d,
            key.value.address + corner, transposed: true, rowStride: d,
            into: p, rowStride: t, m: t, n: t, k: e)
          reprise_biased_weights(
            p, t, t, scale, position.map { $0.gate.value.address + place },
            position.map { $0.bias.value.address + h * span }, center, logSums.address + place,
            heads)
          multiply(
            p, transposed: true, rowStride: t, dOut, rowStride: d,
            into: dValue.ownAddress() + corner, rowStride: d, m: t, n: e, k: t)
          multiply(
            dOut, transposed: false, rowStride: d, value.value.address + corner, transposed: true,
            rowStride: d, into: dP, rowStride: t, m: t, n: t, k: e)
          reprise_biased_softmax_gradient(
            p, dP, t, t, m,
            position.map { $0.gate.value.address + place },
            position.map { $0.bias.value.address + h * span }, center,
            gateSlopes.map { $0 + place }, biasSlopes.map { $0 + h * span }, heads)
          multiply(
            dP, rowStride: t, key.value.address + corner, rowStride: d,
            into: dQuery.ownAddress() + corner, rowStride: d, m: t, n: e, k: t, scale: scale)
          multiply(
            dP, transposed: true, rowStride: t, query.value.address + corner,
            rowStride: d, into: dKey.ownAddress() + corner, rowStride: d, m: t, n: e, k: t,
            scale: scale)
        }
      }
      withExtendedLifetime((means, weights, slopes)) {}
      gradients.add(dQuery, to: query)
      gradients.add(dKey, to: key)
      gradients.add(dValue, to: value)
      if let position, let dGate, let dBias {
        gradients.add(dGate, to: position.gate)
        gradients.add(dBias, to: position.bias)
      }
    }
  }
}
