// WavLM's relative positions: one number per distance and head, and the gate that scales them.
// N frames, H heads of E features; C is the length of the longest sequence.
import CKernels
import Foundation
import Tensors
import Threads

/// Groups the distances between frames into buckets. Near distances have their own buckets, farther
/// ones share buckets on a logarithmic scale, and those from `greatestDistance` on share one.
package struct PositionBuckets: Sendable {
  /// The number of buckets, even. Half of them are for keys after their query.
  package let count: Int
  /// In frames.
  package let greatestDistance: Int

  package init(count: Int, greatestDistance: Int) {
    (self.count, self.greatestDistance) = (count, greatestDistance)
  }

  /// Returns the bucket of a key that is `offset` frames after its query.
  ///
  /// With B = count / 2 and m = B / 2, the bucket is `|offset|` if that is below m, and otherwise
  /// `min(B - 1, ⌊m + ln(|offset| / m) / ln(greatest / m) · (B - m)⌋)`. Keys after their query add
  /// B. The computation is in single precision, like the reference.
  ///
  /// Source: Chen et al. 2022 (WavLM), equation 6; `_relative_positions_bucket` in transformers.
  package func bucket(_ offset: Int) -> Int {
    let half = count / 2
    let exact = half / 2
    let distance = abs(offset)
    let side = offset > 0 ? half : 0
    guard distance >= exact else { return side + distance }
    let ratio = Float(log(Double(greatestDistance) / Double(exact)))
    let place = logf(Float(distance) / Float(exact)) / ratio * Float(half - exact)
    return side + min(half - 1, Int(Float(exact) + place))
  }
}

extension Tape {
  /// Returns the bias for every distance: `out[h, d] = table[bucket(d - (C - 1)), h]`.
  ///
  /// - Parameters:
  ///   - table: `[buckets, H]`.
  ///   - longest: C ≥ 1.
  /// - Returns: `[H, 2C - 1]`.
  package func relativePositions(
    _ table: Variable, _ buckets: PositionBuckets, longest: Int
  ) -> Variable {
    let heads = table.value.columns
    precondition(table.value.rows == buckets.count, "table \(table.shape)")
    let places = (1 - longest..<longest).map(buckets.bucket)
    let output = Tensor(shape: [heads, places.count]) { output in
      for h in 0..<heads {
        for (d, place) in places.enumerated() {
          output[h * places.count + d] = table.value.address[place * heads + h]
        }
      }
    }
    return record(output, from: [table]) { dOutput, gradients in
      var dTable = [Double](repeating: 0, count: table.value.count)
      for h in 0..<heads {
        for (d, place) in places.enumerated() {
          dTable[place * heads + h] += Double(dOutput.address[h * places.count + d])
        }
      }
      gradients.add(Tensor(shape: table.shape, values: dTable.map(Float.init)), to: table)
    }
  }

  /// Returns the gate of each frame and head. With `aᵢ = W[i] · x[t, h] + b[i]`,
  ///
  ///     gate[t, h] = σ(a₀ + a₁ + a₂ + a₃) · (σ(a₄ + a₅ + a₆ + a₇) · constant[h] - 1) + 2
  ///
  /// - Parameters:
  ///   - x: the input of the attention, `[N, H · E]`.
  ///   - weight: `[8, E]`, the same for all heads.
  ///   - bias: `[8]`.
  ///   - constant: H numbers.
  /// - Returns: `[N, H]`.
  ///
  /// Source: Chen et al. 2022 (WavLM), §III-B. The paper's `u` and `w` are sums of four rows each.
  package func positionGate(
    _ x: Variable, weight: Variable, bias: Variable, constant: Variable
  ) -> Variable {
    let (n, heads, e) = (x.value.rows, constant.value.count, weight.value.columns)
    precondition(
      weight.shape == [8, e] && bias.shape == [8], "gate \(weight.shape), \(bias.shape)")
    precondition(x.value.columns == heads * e, "gate of [8, \(e)] for \(heads) heads of \(x.shape)")
    var gate = Tensor(uninitialized: [n, heads])
    var (a, c) = (Tensor(uninitialized: [n, heads]), Tensor(uninitialized: [n, heads]))
    let (target, inner, outer) = (gate.ownAddress(), a.ownAddress(), c.ownAddress())
    parallel(n, by: threads > 1 ? 32 : max(n, 1), threads: threads) { rows in
      let place = rows.lowerBound * heads
      reprise_position_gate(
        x.value.address + place * e, weight.value.address, bias.value.address,
        constant.value.address, rows.count, heads, e, target + place,
        inner + place, outer + place)
    }
    return record(gate, from: [x, weight, bias, constant]) { [a, c] dGate, gradients in
      var dInput = Tensor(uninitialized: x.shape)
      var (dWeight, dBias) = (Tensor.zeros([8, e]), Tensor.zeros([8]))
      var dConstant = Tensor.zeros(constant.shape)
      reprise_position_gate_gradient(
        x.value.address, weight.value.address, constant.value.address, a.address, c.address,
        dGate.address, n, heads, e, dInput.ownAddress(), dWeight.ownAddress(), dBias.ownAddress(),
        dConstant.ownAddress())
      withExtendedLifetime((a, c)) {}
      gradients.add(dInput, to: x)
      gradients.add(dWeight, to: weight)
      gradients.add(dBias, to: bias)
      gradients.add(dConstant, to: constant)
    }
  }
}
