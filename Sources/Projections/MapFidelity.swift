// Measures how far a map can be trusted: whether neighbours on the map are neighbours among the
// features and the other way round, and whether groups are separate. Every pair counts, so it suits
// some thousand points.
package import Tensors
import Threads

// N points, k neighbours

/// The Euclidean distances between points in any number of dimensions. Equal distances are ordered
/// by the point's place.
package struct Distances: Sendable {
  package let count: Int
  /// Squared, `[N, N]`.
  private let squares: [Double]

  /// Computes the distances between the rows of `features`, `[N, D]`.
  package init(_ features: Tensor) {
    self.init(features.array.map(Double.init), count: features.rows, dimensions: features.columns)
  }

  /// Computes the distances between the points of a map.
  package init(x: [Float], y: [Float]) {
    precondition(x.count == y.count, "\(x.count) horizontal and \(y.count) vertical coordinates")
    self.init(zip(x, y).flatMap { [Double($0), Double($1)] }, count: x.count, dimensions: 2)
  }

  private init(_ values: [Double], count n: Int, dimensions d: Int) {
    count = n
    squares = [Double](unsafeUninitializedCapacity: n * n) { out, filled in
      values.withUnsafeBufferPointer { x in
        // Safe: every part writes its own row.
        parallel(n, threads: processorCount) { i in
          for j in 0..<n {
            var sum = 0.0
            for c in 0..<d {
              let difference = x[i * d + c] - x[j * d + c]
              sum += difference * difference
            }
            out[i * n + j] = sum
          }
        }
      }
      filled = n * n
    }
  }

  subscript(i: Int, j: Int) -> Double { squares[i * count + j].squareRoot() }

  /// Returns all other points, the nearest to `i` first.
  func order(from i: Int) -> [Int] {
    let row = i * count
    return (0..<count).filter { $0 != i }.sorted {
      (squares[row + $0], $0) < (squares[row + $1], $1)
    }
  }

  /// Returns the mean silhouette of the points, −1 … 1. Returns nil for a single group, or if every
  /// group has only one point.
  ///
  ///     s(i) = (b - a) / max(a, b)
  ///
  /// where a is the mean distance from i to the other points of its group, and b the least mean
  /// distance to another group. A point alone in its group has s = 0.
  ///
  /// Source: Rousseeuw 1987; agrees with scikit-learn's `silhouette_score` (`golden/fidelity`).
  package func silhouette(_ groups: [Int]) -> Double? {
    precondition(groups.count == count, "\(groups.count) groups of \(count) points")
    let k = (groups.max() ?? 0) + 1
    var sizes = [Int](repeating: 0, count: k)
    for group in groups { sizes[group] += 1 }
    guard sizes.count(where: { $0 > 0 }) > 1, sizes.contains(where: { $0 > 1 }) else { return nil }
    var total = 0.0
    for i in 0..<count where sizes[groups[i]] > 1 {
      var sums = [Double](repeating: 0, count: k)
      for j in 0..<count where j != i { sums[groups[j]] += self[i, j] }
      let own = sums[groups[i]] / Double(sizes[groups[i]] - 1)
      let other =
        (0..<k).filter { $0 != groups[i] && sizes[$0] > 0 }
        .map { sums[$0] / Double(sizes[$0]) }.min() ?? 0
      let greatest = max(own, other)
      if greatest > 0 { total += (other - own) / greatest }
    }
    return total / Double(count)
  }
}

/// How well a map keeps the neighbourhoods of the features.
package struct NeighbourFidelity: Sendable, Hashable {
  /// k.
  package let neighbours: Int
  /// 1 if every neighbour on the map is a neighbour among the features.
  ///
  ///     1 - 2 / (N k (2N - 3k - 1)) Σᵢ Σ_{j ∈ kNN of i on the map} max(0, r(i, j) - k)
  ///
  /// where r is j's rank among the neighbours of i in the features, from 1.
  ///
  /// Source: Venna & Kaski 2001; agrees with scikit-learn's `trustworthiness` (`golden/fidelity`).
  package let trustworthiness: Double
  /// The mean share of a point's k nearest neighbours among the features that are also among its k
  /// nearest on the map.
  package let preservation: Double

  /// - Parameters:
  ///   - neighbours: reduced for few points, so that k < N / 2.
  /// - Precondition: N ≥ 3, and both describe the same points.
  /// - Complexity: O(N² log N).
  package init(of map: Distances, in features: Distances, neighbours: Int = 10) {
    let n = features.count
    precondition(n >= 3 && map.count == n, "a map of \(map.count) points, features of \(n)")
    let k = max(1, min(neighbours, (n - 1) / 2))
    self.neighbours = k
    let sums = parallelMap(count: n, threads: processorCount) { i in
      var ranks = [Int](repeating: 0, count: n)
      for (rank, j) in features.order(from: i).enumerated() { ranks[j] = rank + 1 }
      let near = map.order(from: i).prefix(k).map { ranks[$0] }
      return (excess: near.reduce(0) { $0 + max(0, $1 - k) }, kept: near.count { $0 <= k })
    }
    let scale = Double(n * k) * Double(2 * n - 3 * k - 1)
    trustworthiness = 1 - 2 * Double(sums.reduce(0) { $0 + $1.excess }) / scale
    preservation = Double(sums.reduce(0) { $0 + $1.kept }) / Double(n * k)
  }
}

/// Returns how much two maps of the same points differ after the best translation, rotation,
/// reflection and scaling of one onto the other: 0 for the same shape, at most 1. Returns nil if
/// all points of one map coincide.
///
///     1 - (s₁ + s₂)²,   sᵢ the singular values of AᵀB,  A and B centred and of unit norm
///
/// Source: Gower 1975; agrees with SciPy's `procrustes` (`golden/fidelity`).
package func procrustesDisparity(
  _ a: (x: [Float], y: [Float]), _ b: (x: [Float], y: [Float])
) -> Double? {
  precondition(a.x.count == b.x.count, "maps of \(a.x.count) and \(b.x.count) points")
  guard let a = normalised(a), let b = normalised(b) else { return nil }
  var m = (0.0, 0.0, 0.0, 0.0)
  for i in a.x.indices {
    m.0 += a.x[i] * b.x[i]
    m.1 += a.x[i] * b.y[i]
    m.2 += a.y[i] * b.x[i]
    m.3 += a.y[i] * b.y[i]
  }
  // (s₁ + s₂)² = |M|² + 2 |det M| for a 2 × 2 matrix.
  let squares = m.0 * m.0 + m.1 * m.1 + m.2 * m.2 + m.3 * m.3
  return max(0, 1 - squares - 2 * abs(m.0 * m.3 - m.1 * m.2))
}

/// Returns a map centred and scaled to unit norm.
private func normalised(_ map: (x: [Float], y: [Float])) -> (x: [Double], y: [Double])? {
  func centred(_ values: [Float]) -> [Double] {
    let mean = values.reduce(0) { $0 + Double($1) } / Double(max(1, values.count))
    return values.map { Double($0) - mean }
  }
  let (x, y) = (centred(map.x), centred(map.y))
  let norm = (x + y).reduce(0) { $0 + $1 * $1 }.squareRoot()
  return norm > 0 ? (x.map { $0 / norm }, y.map { $0 / norm }) : nil
}
