// Finds each point's nearest neighbours exactly, by matrix products: |x|² + |y|² - 2xy for a block
// of points at a time. Embeddings have 64 or more dimensions. There trees save little, and products
// run at the full speed of the processor.
import CKernels
package import Tensors
import Threads

// N points, D dimensions, k neighbours

/// The k nearest neighbours of every point.
package struct NeighbourLists: Sendable, Hashable {
  package let count: Int
  /// k.
  package let neighbours: Int
  /// `[N, k]`, the nearest first. Of equal distances, the first point wins.
  package let places: [Int32]
  /// Squared Euclidean distances, `[N, k]`, ascending.
  package let squares: [Double]

  /// The number of points whose products are computed at a time. It is fixed, so the bits do not
  /// depend on the threads.
  private static let block = 128
  /// The number of extra neighbours found in single precision. The k nearest are then chosen in
  /// double precision.
  private static let spare = 8

  /// - Parameters:
  ///   - features: `[N, D]`, finite.
  ///   - neighbours: 1 ≤ k < N.
  ///   - workers: the number of threads. The result does not depend on it.
  /// - Complexity: O(N² D) time, O(N (D + k)) memory.
  package init(of features: Tensor, neighbours k: Int, workers: Int) {
    let (n, d) = (features.rows, features.columns)
    precondition(k >= 1 && k < n, "\(k) neighbours of \(n) points")
    let x = centred(features)
    let norms = (0..<n).map { row in
      x.withUnsafeBufferPointer { x in
        (row * d..<(row + 1) * d).reduce(Float(0)) { $0 + x[$1] * x[$1] }
      }
    }
    let wide = min(n - 1, k + Self.spare)
    let blocks = (n + Self.block - 1) / Self.block
    var places = [Int32](repeating: 0, count: n * k)
    var squares = [Double](repeating: 0, count: n * k)
    places.withUnsafeMutableBufferPointer { places in
      squares.withUnsafeMutableBufferPointer { squares in
        x.withUnsafeBufferPointer { x in
          norms.withUnsafeBufferPointer { norms in
            // Safe: every block writes its own rows.
            nonisolated(unsafe) let (places, squares, x, norms) = (places, squares, x, norms)
            parallel(blocks, threads: workers) { block in
              let rows = block * Self.block..<min(n, (block + 1) * Self.block)
              withUnsafeTemporaryAllocation(of: Float.self, capacity: rows.count * n) { products in
                multiply(
                  x.baseAddress! + rows.lowerBound * d, transposed: false, rowStride: d,
                  x.baseAddress!,
                  transposed: true, rowStride: d, into: products.baseAddress!, rowStride: n,
                  m: rows.count, n: n, k: d)
                var found = [Int32](repeating: 0, count: wide)
                var values = [Float](repeating: 0, count: wide)
                for row in rows {
                  reprise_least(
                    norms.baseAddress!, products.baseAddress! + (row - rows.lowerBound) * n, n, row,
                    wide, &found, &values)
                  let nearest = found.map { (squaredDistance(x, row, Int($0), d), $0) }
                    .sorted { $0 < $1 }.prefix(k)
                  for (place, neighbour) in nearest.enumerated() {
                    squares[row * k + place] = neighbour.0
                    places[row * k + place] = neighbour.1
                  }
                }
              }
            }
          }
        }
      }
    }
    count = n
    neighbours = k
    self.places = places
    self.squares = squares
  }
}

/// The rows minus their mean. Products of points far from the origin would lose digits.
private func centred(_ features: Tensor) -> [Float] {
  let (n, d) = (features.rows, features.columns)
  var values = features.array
  var means = [Double](repeating: 0, count: d)
  for row in 0..<n { for c in 0..<d { means[c] += Double(values[row * d + c]) } }
  for row in 0..<n {
    for c in 0..<d {
      values[row * d + c] = Float(Double(values[row * d + c]) - means[c] / Double(n))
    }
  }
  return values
}

private func squaredDistance(_ x: UnsafeBufferPointer<Float>, _ i: Int, _ j: Int, _ d: Int)
  -> Double
{
  var sum = 0.0
  for c in 0..<d {
    let difference = Double(x[i * d + c]) - Double(x[j * d + c])
    sum += difference * difference
  }
  return sum
}
