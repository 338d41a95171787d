// The operations of pretrained transformers as plain loops in double precision.
import Foundation
import Tensors

extension Naive {
  /// x `[n, i]` times the transpose of w `[o, i]`, plus b and an addend, optionally through GELU.
  static func linear(
    _ x: [Double], _ w: [Double], _ b: [Double], addend: [Double]?, i: Int, gelu: Bool
  ) -> [Double] {
    let o = b.count
    let sums = (0..<x.count / i * o).map { index in
      (0..<i).reduce(b[index % o] + (addend?[index] ?? 0)) {
        $0 + x[index / o * i + $1] * w[index % o * i + $1]
      }
    }
    return gelu ? Naive.gelu(sums) : sums
  }

  /// Attention with `gate[t, h] · bias[h, j - t + C - 1]` added to the scores; bias is
  /// `[h, 2C - 1]`.
  static func gatedAttention(
    _ q: [Double], _ k: [Double], _ v: [Double], gate: [Double]?, bias: [Double]?,
    _ sequences: Ragged, heads: Int, e: Int
  ) -> [Double] {
    let d = heads * e
    let span = (bias?.count ?? 0) / heads
    var out = [Double](repeating: 0, count: q.count)
    for (length, first) in zip(sequences.lengths, sequences.offsets) {
      for h in 0..<heads {
        for t in 0..<length {
          let scores = (0..<length).map { j in
            let product = (0..<e).reduce(0.0) {
              $0 + q[(first + t) * d + h * e + $1] * k[(first + j) * d + h * e + $1]
            }
            guard let gate, let bias else { return product / Double(e).squareRoot() }
            return product / Double(e).squareRoot()
              + gate[(first + t) * heads + h] * bias[h * span + j - t + (span - 1) / 2]
          }
          for (j, weight) in softmax(scores).enumerated() {
            for c in 0..<e {
              out[(first + t) * d + h * e + c] += weight * v[(first + j) * d + h * e + c]
            }
          }
        }
      }
    }
    return out
  }

  static func positionGate(
    _ x: [Double], _ w: [Double], _ b: [Double], _ constant: [Double], e: Int
  ) -> [Double] {
    func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    return (0..<x.count / e).map { place in
      let sums = (0..<8).map { i in (0..<e).reduce(b[i]) { $0 + w[i * e + $1] * x[place * e + $1] }
      }
      let (a, c) = (sigmoid(sums[..<4].reduce(0, +)), sigmoid(sums[4...].reduce(0, +)))
      return a * (c * constant[place % constant.count] - 1) + 2
    }
  }

  /// v `[o, i, k]` → `[o, k · i]`.
  static func weightNorm(_ g: [Double], _ v: [Double], o: Int, i: Int) -> [Double] {
    let k = g.count
    let norms = (0..<k).map { tap in
      (0..<o * i).reduce(0) { $0 + v[$1 * k + tap] * v[$1 * k + tap] }.squareRoot()
    }
    return (0..<o * k * i).map { index in
      let (channel, tap, input) = (index / (k * i), index / i % k, index % i)
      return g[tap] * v[(channel * i + input) * k + tap] / norms[tap]
    }
  }

  /// w `[d, taps · d / groups]`; zeros beyond the ends, lengths kept.
  static func groupedConvolution(
    _ x: [Double], _ w: [Double], _ b: [Double], _ sequences: Ragged, groups: Int
  ) -> [Double] {
    let d = b.count
    let i = d / groups
    let taps = w.count / d / i
    return zip(sequences.lengths, sequences.offsets).flatMap { length, first in
      (0..<length * d).map { index in
        let (t, o) = (index / d, index % d)
        return (0..<taps * i).reduce(b[o]) { sum, place in
          let frame = t + place / i - taps / 2
          guard frame >= 0, frame < length else { return sum }
          return sum + x[(first + frame) * d + o / i * i + place % i] * w[o * taps * i + place]
        }
      }
    }
  }
}
