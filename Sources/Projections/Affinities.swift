// The probability that each point picks each other point as its neighbour: the input side of t-SNE
// (van der Maaten & Hinton 2008, §2 and §3.1). Exact: every pair counts.
import Foundation
package import Tensors
import Threads

// N rows (utterances), D columns (features)

/// The joint neighbour probabilities of t-SNE.
///
///     p[j|i] = exp(-βᵢ |xᵢ-xⱼ|²) / Σₖ≠ᵢ exp(-βᵢ |xᵢ-xₖ|²),  p[i,j] = (p[j|i] + p[i|j]) / 2N
///
/// Bisection finds the βᵢ for which the entropy of p[·|i] is the logarithm of the perplexity.
package struct Affinities: Sendable {
  /// The number of points.
  package let count: Int
  /// The requested effective number of neighbours.
  package let perplexity: Double
  /// βᵢ = 1 / 2σᵢ², one per point.
  package let precisions: [Double]
  /// p[i,j], `[N, N]`: symmetric, zero on the diagonal, with sum 1.
  package let joint: [Double]

  /// Computes the affinities of the rows of `features`, `[N, D]`, finite.
  ///
  /// - Precondition: 1 ≤ `perplexity` ≤ N - 1.
  /// - Complexity: O(N² D) time, O(N²) memory.
  package init(of features: Tensor, perplexity: Double) {
    let n = features.rows
    precondition(
      perplexity >= 1 && perplexity <= Double(n - 1),
      "perplexity \(perplexity) needs at least \(perplexity + 1) points, got \(n)")
    let x = features.array.map(Double.init)
    let d = features.columns
    var conditional = [Double](repeating: 0, count: n * n)
    var precisions = [Double](repeating: 0, count: n)
    conditional.withUnsafeMutableBufferPointer { p in
      precisions.withUnsafeMutableBufferPointer { betas in
        // Safe: every part writes its own row and its own precision.
        parallel(n, threads: processorCount) { i in
          let row = UnsafeMutableBufferPointer(rebasing: p[i * n..<(i + 1) * n])
          squaredDistances(x, from: i, dimensions: d, into: row)
          betas[i] = calibrate(row, skipping: i, perplexity: perplexity)
        }
      }
    }
    count = n
    self.perplexity = perplexity
    self.precisions = precisions
    joint = symmetrised(conditional, n)
  }
}

/// Returns (p[j|i] + p[i|j]) / 2N.
private func symmetrised(_ p: [Double], _ n: Int) -> [Double] {
  var result = p
  let scale = 1 / (2 * Double(n))
  for i in 0..<n {
    for j in 0..<i {
      let value = (p[i * n + j] + p[j * n + i]) * scale
      result[i * n + j] = value
      result[j * n + i] = value
    }
  }
  return result
}

/// Writes the squared distance of every row of `x` from row `i`.
private func squaredDistances(
  _ x: [Double], from i: Int, dimensions d: Int, into row: UnsafeMutableBufferPointer<Double>
) {
  x.withUnsafeBufferPointer { x in
    for j in row.indices {
      var sum = 0.0
      for c in 0..<d {
        let difference = x[i * d + c] - x[j * d + c]
        sum += difference * difference
      }
      row[j] = sum
    }
  }
}

/// Replaces the squared distances in `row` by conditional probabilities of the given perplexity and
/// returns their precision β. If many points coincide, no β may reach the perplexity. The last one
/// tried is used then.
private func calibrate(
  _ row: UnsafeMutableBufferPointer<Double>, skipping i: Int, perplexity: Double
) -> Double {
  let wanted = log(perplexity)
  var nearest = Double.infinity
  for j in row.indices where j != i { nearest = min(nearest, row[j]) }
  var beta = 1.0
  var low = 0.0
  var high = Double.infinity
  for _ in 0..<200 {
    // Distances count from the nearest point, so the greatest weight is always 1.
    var sum = 0.0
    var weighted = 0.0
    for j in row.indices where j != i {
      let distance = row[j] - nearest
      let weight = exp(-beta * distance)
      sum += weight
      weighted += weight * distance
    }
    let excess = log(sum) + beta * weighted / sum - wanted
    if abs(excess) < 1e-10 { break }
    if excess > 0 { low = beta } else { high = beta }
    let next = high.isInfinite ? beta * 2 : (low + high) / 2
    if next == beta || next.isInfinite { break }
    beta = next
  }
  var sum = 0.0
  for j in row.indices {
    row[j] = j == i ? 0 : exp(-beta * (row[j] - nearest))
    sum += row[j]
  }
  for j in row.indices { row[j] /= sum }
  return beta
}
