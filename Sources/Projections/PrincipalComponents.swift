// Principal component analysis of a matrix of features, in double precision. It keeps no model for
// new data: it exists to start t-SNE and to draw two components.
package import Tensors

// N rows (utterances), D columns (features)

/// The leading principal components of the rows of a matrix.
package struct PrincipalComponents: Sendable {
  /// Directions of unit length, `[components][D]`, by falling variance; of each the element of
  /// greatest magnitude (the first of equals) is positive.
  package let directions: [[Double]]
  /// The variance along each direction, dividing by N.
  package let variances: [Double]
  /// The centred rows along each direction, `[N][components]`.
  package let scores: [[Double]]

  /// Finds the first `count` components of the rows of `features`, `[N, D]`.
  ///
  /// - Precondition: N ≥ 1 and 1 ≤ `count` ≤ D.
  /// - Complexity: O(N D² + D³).
  package init(of features: Tensor, count: Int) {
    let n = features.rows
    let d = features.columns
    precondition(n >= 1 && (1...max(1, d)).contains(count), "\(count) components of [\(n), \(d)]")
    var rows = features.array.map(Double.init)
    for c in 0..<d {
      var mean = 0.0
      for r in 0..<n { mean += rows[r * d + c] }
      mean /= Double(n)
      for r in 0..<n { rows[r * d + c] -= mean }
    }
    let spectrum = symmetricEigen(covariance(rows, n, d), order: d)
    let order = (0..<d).sorted {
      (spectrum.values[$1], $0) < (spectrum.values[$0], $1)
    }.prefix(count)
    directions = order.map { column in
      let vector = (0..<d).map { spectrum.vectors[$0 * d + column] }
      let greatest = vector.map(abs).max() ?? 0
      let leading = vector.first { abs($0) == greatest } ?? 0
      return leading < 0 ? vector.map(-) : vector
    }
    variances = order.map { max(0, spectrum.values[$0]) }
    let directions = directions
    scores = (0..<n).map { r in
      directions.map { direction in
        var dot = 0.0
        for c in 0..<d { dot += rows[r * d + c] * direction[c] }
        return dot
      }
    }
  }
}

/// Returns the covariance matrix, `[D, D]`, of centred rows, dividing by N.
private func covariance(_ rows: [Double], _ n: Int, _ d: Int) -> [Double] {
  var result = [Double](repeating: 0, count: d * d)
  rows.withUnsafeBufferPointer { rows in
    result.withUnsafeMutableBufferPointer { result in
      for r in 0..<n {
        for i in 0..<d {
          let factor = rows[r * d + i]
          for j in i..<d { result[i * d + j] += factor * rows[r * d + j] }
        }
      }
      for i in 0..<d {
        for j in i..<d {
          result[i * d + j] /= Double(n)
          result[j * d + i] = result[i * d + j]
        }
      }
    }
  }
  return result
}
