// Principal component analysis of a matrix of features, in double precision. It serves to start
// t-SNE and to draw two components, so it keeps no model for new data.
package import Tensors

// N rows (utterances), D columns (features)

/// The leading principal components of the rows of a matrix.
package struct PrincipalComponents: Sendable {
  /// Directions of unit length, `[components][D]`, by descending variance. The element of greatest
  /// magnitude (the first of equals) is positive.
  package let directions: [[Double]]
  /// The variance along each direction, with divisor N.
  package let variances: [Double]
  /// The centred rows projected on each direction, `[N][components]`.
  package let scores: [[Double]]

  /// Finds the first `count` components of the rows of `features`, `[N, D]`, finite.
  ///
  /// - Precondition: N ≥ 1 and 1 ≤ `count` ≤ D.
  /// - Complexity: O(N D² + D³).
  package init(of features: Tensor, count: Int) {
    let n = features.rows
    let d = features.columns
    precondition(n >= 1 && (1...max(1, d)).contains(count), "\(count) components of [\(n), \(d)]")
    let rows = centred(features)
    let spectrum = leadingEigen(
      crossProduct(rows, rows: n, columns: d), order: d, count: count)
    let directions = spectrum.vectors.map { vector in
      let greatest = vector.map(abs).max() ?? 0
      let leading = vector.first { abs($0) == greatest } ?? 0
      return leading < 0 ? vector.map(-) : vector
    }
    self.directions = directions
    variances = spectrum.values.map { max(0, $0) }
    scores = rows.withUnsafeBufferPointer { rows in
      (0..<n).map { r in
        directions.map { direction in
          var dot = 0.0
          for c in 0..<d { dot += rows[r * d + c] * direction[c] }
          return dot
        }
      }
    }
  }
}

/// The rows minus their mean, in double precision.
private func centred(_ features: Tensor) -> [Double] {
  let (n, d) = (features.rows, features.columns)
  var rows = features.array.map(Double.init)
  var means = [Double](repeating: 0, count: d)
  for r in 0..<n { for c in 0..<d { means[c] += rows[r * d + c] } }
  for c in 0..<d { means[c] /= Double(n) }
  for r in 0..<n { for c in 0..<d { rows[r * d + c] -= means[c] } }
  return rows
}
