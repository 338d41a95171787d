// The encoder's convolutions with three taps and stride 2, with fewer multiplications.
// C input channels, O output channels.
import CKernels
package import Tensors

/// The weights of a convolution with kernel 3 and stride 2, prepared for three output frames at a
/// time.
///
/// With e the even and o the odd frames of the input, `y[t] = e[t] w₀ + o[t] w₁ + e[t + 1] w₂`. The
/// even part is a filter with two taps. Three of its outputs need four products instead of six:
///
///     m₁ = (e₁ + e₂) (w₀ + w₂) / 2,   m₂ = (e₂ - e₁) (w₀ - w₂) / 2
///     y₀ = (e₀ - e₂) w₀ + o₀ w₁ + m₁ + m₂
///     y₁ =                o₁ w₁ + m₁ - m₂
///     y₂ = (e₃ - e₁) w₂ + o₂ w₁ + m₁ + m₂
///
/// Three frames need seven products of C × O; the direct sum needs nine.
///
/// Source: Winograd 1980, *Arithmetic Complexity of Computations*: F(3, 2) at the points 0, 1, -1
/// and ∞.
package struct WinogradConvolution: Sendable {
  /// The number of output frames computed together. They read twice as many input frames and one
  /// more.
  package static let frames = 3

  /// `w₀` above `w₁`, `w₁` alone, and `w₂` above `w₁`.
  private let first, second, third: PackedMatrix
  /// The factors of m₁ and m₂.
  private let sum, difference: PackedMatrix

  /// - Parameter rows: `w₀`, `w₁` and `w₂` of each output side by side, `[O, 3 · C]`.
  package init(_ rows: Tensor, threads: Int) {
    let (o, c) = (rows.rows, rows.columns / 3)
    func stacked(_ taps: [Int]) -> PackedMatrix {
      PackedMatrix(
        stacking: taps.map { rows.address + $0 * c }, depth: c, columns: o, rowStride: 1,
        columnStride: 3 * c)
    }
    func half(_ sign: Float) -> PackedMatrix {
      let weight = Tensor(shape: [o, c]) { weight in
        for index in 0..<o * c {
          let row = rows.address + index / c * 3 * c + index % c
          weight[index] = (row[0] + sign * row[2 * c]) / 2
        }
      }
      return PackedMatrix(transposing: weight, threads: threads)
    }
    (first, second, third) = (stacked([0, 1]), stacked([1]), stacked([2, 1]))
    (sum, difference) = (half(1), half(-1))
    withExtendedLifetime(rows) {}
  }

  /// Computes `count` times three frames of the output, or their GELU.
  ///
  /// - Parameters:
  ///   - x: `[6 · count + 1, C]`.
  ///   - bias: `[O]`, or nil.
  ///   - y: `[3 · count, O]`.
  package func convolve(
    _ x: UnsafePointer<Float>, count: Int, bias: UnsafePointer<Float>?,
    into y: UnsafeMutablePointer<Float>, gelu: Bool
  ) {
    let (c, o) = (second.rows, second.columns)
    var ends = Tensor(uninitialized: [2, count * 2 * c])
    var middles = Tensor(uninitialized: [2, count * c])
    let (sums, differences) = (middles.ownAddress(), middles.ownAddress() + count * c)
    let (before, behind) = (ends.ownAddress(), ends.ownAddress() + count * 2 * c)
    reprise_split_frames(x, count, c, before, behind, sums, differences)
    func multiply(
      _ a: UnsafePointer<Float>, _ stride: Int, _ weight: PackedMatrix, _ frame: Int
    ) {
      let target = y + frame * o
      weight.multiply(
        a, rowStride: stride, m: count, bias: bias, addend: target, into: target,
        targetStride: 3 * o, gelu: gelu)
    }
    sum.multiply(sums, rowStride: c, m: count, into: y, targetStride: 3 * o)
    difference.multiply(differences, rowStride: c, m: count, into: y + o, targetStride: 3 * o)
    reprise_join_frames(y, count, o)
    multiply(before, 2 * c, first, 0)
    multiply(x + 3 * c, 6 * c, second, 1)
    multiply(behind, 2 * c, third, 2)
    withExtendedLifetime((ends, middles)) {}
  }
}
