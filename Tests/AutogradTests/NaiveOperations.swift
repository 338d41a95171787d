// The operations of the tape as plain loops in double precision, written from their formulas. They
// are the oracle of the fuzz tests. Matrices are row-major lists.
import Foundation
import Tensors

enum Naive {
  static func gelu(_ x: [Double]) -> [Double] {
    x.map { 0.5 * $0 * (1 + erf($0 / 2.0.squareRoot())) }
  }

  /// Applies Wellons' "lowbias32" hash twice: to the index with the seed's lower half, then to the
  /// result with the upper half.
  static func dropout(_ x: [Double], rate: Double, seed: UInt64) -> [Double] {
    func hash(_ x: UInt32) -> UInt32 {
      var x = x
      x = (x ^ (x >> 16)) &* 0x7feb_352d
      x = (x ^ (x >> 15)) &* 0x846c_a68b
      return x ^ (x >> 16)
    }
    return x.enumerated().map { index, value in
      let inner = hash(UInt32(truncatingIfNeeded: seed) ^ UInt32(index))
      let draw = hash(inner &+ UInt32(truncatingIfNeeded: seed >> 32)) >> 8
      return Double(draw) / 0x1p24 < rate ? 0 : value / (1 - rate)
    }
  }

  /// x `[n, i]` times w `[i, o]`, plus b `[o]`.
  static func affine(_ x: [Double], _ w: [Double], _ b: [Double]?, i: Int, o: Int) -> [Double] {
    (0..<x.count / i * o).map { index in
      let (row, column) = (index / o, index % o)
      return (0..<i).reduce(b?[column] ?? 0) { $0 + x[row * i + $1] * w[$1 * o + column] }
    }
  }

  static func layerNorm(
    _ x: [Double], _ gain: [Double], _ bias: [Double], epsilon: Double
  ) -> [Double] {
    let d = gain.count
    return x.indices.map { index in
      let row = x[index / d * d..<(index / d + 1) * d]
      let mean = row.reduce(0, +) / Double(d)
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(d)
      return (x[index] - mean) / (variance + epsilon).squareRoot() * gain[index % d]
        + bias[index % d]
    }
  }

  /// x `[N, i]`, w `[taps · i, o]`, b `[o]`; zeros beyond the ends of each sequence.
  static func convolution(
    _ x: [Double], _ w: [Double], _ b: [Double], _ sequences: Ragged, i: Int, stride: Int
  ) -> [Double] {
    let (o, taps) = (b.count, w.count / b.count / i)
    var out: [Double] = []
    for (length, offset) in zip(sequences.lengths, sequences.offsets) {
      for centre in Swift.stride(from: 0, to: length, by: stride) {
        for channel in 0..<o {
          var sum = b[channel]
          for tap in 0..<taps {
            let frame = centre + tap - taps / 2
            guard frame >= 0, frame < length else { continue }
            for c in 0..<i {
              sum += x[(offset + frame) * i + c] * w[(tap * i + c) * o + channel]
            }
          }
          out.append(sum)
        }
      }
    }
    return out
  }

  /// qkv `[N, 3d]`, heads of e features.
  static func attention(_ qkv: [Double], _ sequences: Ragged, heads: Int, e: Int) -> [Double] {
    let d = heads * e
    var out = [Double](repeating: 0, count: qkv.count / 3)
    for s in 0..<sequences.count {
      let rows = Array(sequences.offsets[s]..<sequences.offsets[s + 1])
      for t in rows {
        for head in 0..<heads {
          let columns = head * e..<(head + 1) * e
          let scores = rows.map { j in
            columns.reduce(0) { $0 + qkv[t * 3 * d + $1] * qkv[j * 3 * d + d + $1] }
              / Double(e).squareRoot()
          }
          for (j, weight) in zip(rows, softmax(scores)) {
            for c in columns { out[t * d + c] += weight * qkv[j * 3 * d + 2 * d + c] }
          }
        }
      }
    }
    return out
  }

  /// FLAM step by step. The inputs are frames `[N, d]`, projection and its bias, output and its
  /// bias, and query. Returns z of all sequences, then the means of their attended frames.
  static func frameAttention(_ x: [[Double]], _ sequences: Ragged, heads: Int) -> [Double] {
    let d = x[4].count
    func affine(_ rows: [Double], _ weight: [Double], _ bias: [Double]) -> [Double] {
      (0..<rows.count / d).flatMap { row in
        bias.indices.map { o in
          (0..<d).reduce(bias[o]) { $0 + rows[row * d + $1] * weight[$1 * bias.count + o] }
        }
      }
    }
    let gathered = attention(affine(x[0], x[1], x[2]), sequences, heads: heads, e: d / heads)
    let attended = zip(x[0], affine(gathered, x[3], x[4])).map { $0 + $1 }
    let scores = (0..<sequences.rows).map { row in
      (0..<d).reduce(0) { $0 + attended[row * d + $1] * x[5][$1] }
    }
    let shares = each(sequences) { softmax(Array(scores[$0])) }
    let even = each(sequences) { rows in rows.map { _ in 1 / Double(rows.count) } }
    return weightedSum(attended, shares, sequences) + weightedSum(attended, even, sequences)
  }

  static func softmax(_ x: [Double]) -> [Double] {
    let total = x.reduce(0) { $0 + exp($1) }
    return x.map { exp($0) / total }
  }

  /// Calls `body` with the frames of each sequence in turn.
  static func each(
    _ sequences: Ragged, _ body: (Range<Int>) -> [Double]
  ) -> [Double] {
    (0..<sequences.count).flatMap { body(sequences.offsets[$0]..<sequences.offsets[$0 + 1]) }
  }

  static func weightedSum(
    _ x: [Double], _ weights: [Double], _ sequences: Ragged
  ) -> [Double] {
    let d = x.count / weights.count
    return each(sequences) { rows in
      (0..<d).map { c in rows.reduce(0) { $0 + weights[$1] * x[$1 * d + c] } }
    }
  }

  static func maximum(_ x: [Double], _ sequences: Ragged) -> [Double] {
    let d = x.count / sequences.rows
    return each(sequences) { rows in
      (0..<d).map { c in rows.map { x[$0 * d + c] }.max() ?? 0 }
    }
  }
}
