// The neighbour probabilities of t-SNE among nearest neighbours only. `Affinities` uses all pairs
// at a cost of N²; this costs N.
import CKernels
import Foundation
import Tensors
import Threads

/// The joint neighbour probabilities over the 3 · perplexity nearest neighbours, as compressed
/// rows.
///
///     p[j|i] = exp(-βᵢ |xᵢ-xⱼ|²) / Σₖ exp(-βᵢ |xᵢ-xₖ|²)      over the neighbours
///     p[i,j] = (p[j|i] + p[i|j]) / 2N
///
/// Source: van der Maaten 2014, §4.1.
package struct SparseAffinities: Sendable {
  package let count: Int
  package let perplexity: Double
  /// βᵢ, one per point.
  package let precisions: [Double]
  /// The start of each row in the next two lists, `[N + 1]`. All are multiples of the kernel's
  /// lanes.
  package let starts: [Int]
  /// The other point of each entry, ascending within a row. Padding entries refer to the row
  /// itself.
  package let places: [Int32]
  /// p[i,j], or 0 in padding entries.
  package let values: [Float]

  private static let lanes = 16

  /// - Precondition: 1 ≤ `perplexity` ≤ k.
  package init(_ lists: NeighbourLists, perplexity: Double, workers: Int) {
    let (n, k) = (lists.count, lists.neighbours)
    precondition(
      perplexity >= 1 && perplexity <= Double(k), "perplexity \(perplexity), \(k) neighbours")
    var conditional = lists.squares
    var precisions = [Double](repeating: 0, count: n)
    conditional.withUnsafeMutableBufferPointer { p in
      precisions.withUnsafeMutableBufferPointer { betas in
        // Safe: every row is written once.
        nonisolated(unsafe) let (p, betas) = (p, betas)
        parallel(n, by: 256, threads: workers) { rows in
          for i in rows {
            betas[i] = calibrate(
              UnsafeMutableBufferPointer(rebasing: p[i * k..<(i + 1) * k]), perplexity: perplexity)
          }
        }
      }
    }
    count = n
    self.perplexity = perplexity
    self.precisions = precisions
    (starts, places, values) = Self.symmetrised(lists, conditional)
  }

  /// Merges each row with the entries of other rows for it.
  private static func symmetrised(_ lists: NeighbourLists, _ p: [Double])
    -> ([Int], [Int32], [Float])
  {
    let (n, k) = (lists.count, lists.neighbours)
    // The points that have i as a neighbour, in ascending order because rows are visited in order.
    var incoming = [[(place: Int32, value: Double)]](repeating: [], count: n)
    for i in 0..<n {
      for e in i * k..<(i + 1) * k { incoming[Int(lists.places[e])].append((Int32(i), p[e])) }
    }
    var (starts, places, values) = ([0], [Int32](), [Float]())
    places.reserveCapacity(2 * n * k)
    values.reserveCapacity(2 * n * k)
    let scale = 1 / (2 * Double(n))
    for i in 0..<n {
      let own = (i * k..<(i + 1) * k).map { (place: lists.places[$0], value: p[$0]) }
        .sorted { $0.place < $1.place }
      var (a, b) = (0, 0)
      while a < own.count || b < incoming[i].count {
        let left = a < own.count ? own[a].place : .max
        let right = b < incoming[i].count ? incoming[i][b].place : .max
        var sum = 0.0
        if left <= right {
          sum += own[a].value
          a += 1
        }
        if right <= left {
          sum += incoming[i][b].value
          b += 1
        }
        places.append(min(left, right))
        values.append(Float(sum * scale))
      }
      while !values.count.isMultiple(of: lanes) {
        places.append(Int32(i))
        values.append(0)
      }
      starts.append(values.count)
    }
    return (starts, places, values)
  }
}

/// Replaces squared distances by conditional probabilities of the given perplexity and returns β.
///
/// Newton's method on ln β, kept within a bracket. If many points coincide, no β may reach the
/// perplexity. The last one tried is used then.
private func calibrate(_ row: UnsafeMutableBufferPointer<Double>, perplexity: Double) -> Double {
  let wanted = log(perplexity)
  let nearest = row.min() ?? 0
  let mean = row.reduce(0) { $0 + ($1 - nearest) } / Double(row.count)
  guard mean > 0 else {
    for j in row.indices { row[j] = 1 / Double(row.count) }
    return 1
  }
  var (beta, low, high) = (1 / mean, 0.0, Double.infinity)
  for _ in 0..<100 {
    var (sum, first, second) = (0.0, 0.0, 0.0)
    for j in row.indices {
      let distance = row[j] - nearest
      let weight = exp(-beta * distance)
      sum += weight
      first += weight * distance
      second += weight * distance * distance
    }
    let expected = first / sum
    let excess = log(sum) + beta * expected - wanted
    if abs(excess) < 1e-10 { break }
    if excess > 0 { low = beta } else { high = beta }
    // d entropy / d ln β = -β² var
    let slope = beta * beta * (second / sum - expected * expected)
    var next = slope > 0 ? beta * exp(max(-1, min(1, excess / slope))) : beta * 2
    if !(next > low && next < high) { next = high.isInfinite ? beta * 2 : (low + high) / 2 }
    if next == beta || next.isInfinite { break }
    beta = next
  }
  var sum = 0.0
  for j in row.indices {
    row[j] = exp(-beta * (row[j] - nearest))
    sum += row[j]
  }
  for j in row.indices { row[j] /= sum }
  return beta
}
