// The leading eigenvalues and eigenvectors of a symmetric matrix. LAPACK (from OpenBLAS) computes
// them on one thread, so the bits do not depend on the number of threads.
import COpenBLAS

/// Returns the greatest eigenvalues of a symmetric matrix, in descending order, with an eigenvector
/// of unit length for each.
///
/// `dsytrd` makes the matrix tridiagonal, `dstebz` finds the eigenvalues by bisection and `dstein`
/// finds the vectors by inverse iteration. The vectors are then transformed back. If a vector does
/// not converge, QR iteration (`dsyev`) computes all of them.
///
/// - Parameters:
///   - matrix: `[order, order]`, finite.
///   - count: 1 … `order`.
/// - Complexity: O(order³). Only a small part of the time grows with `count`.
package func leadingEigen(
  _ matrix: [Double], order: Int, count: Int
) -> (values: [Double], vectors: [[Double]]) {
  precondition(matrix.count == order * order, "\(matrix.count) elements for order \(order)")
  precondition((1...max(1, order)).contains(count), "\(count) of \(order) eigenvectors")
  LinearAlgebra.useOneThread()
  let found =
    selectedEigen(matrix, order: order, count: count) ?? allEigen(matrix, order: order)
  let falling = found.values.indices.sorted {
    (found.values[$1], $0) < (found.values[$0], $1)
  }.prefix(count)
  return (falling.map { found.values[$0] }, falling.map { found.vectors[$0] })
}

/// Returns AᵀA / rows of a matrix `[rows, columns]`, `[columns, columns]`.
package func crossProduct(_ matrix: [Double], rows: Int, columns: Int) -> [Double] {
  precondition(matrix.count == rows * columns, "\(matrix.count) elements for \(rows) rows")
  var result = [Double](repeating: 0, count: columns * columns)
  guard rows > 0, columns > 0 else { return result }
  LinearAlgebra.useOneThread()
  cblas_dsyrk(
    CblasRowMajor, CblasUpper, CblasTrans, blasint(columns), blasint(rows), 1 / Double(rows),
    matrix, blasint(columns), 0, &result, blasint(columns))
  for i in 0..<columns {
    for j in 0..<i { result[i * columns + j] = result[j * columns + i] }
  }
  return result
}

private typealias Eigen = (values: [Double], vectors: [[Double]])

/// The last `count` eigenvalues and their vectors, or nil if a vector does not converge.
private func selectedEigen(_ matrix: [Double], order: Int, count: Int) -> Eigen? {
  var (a, info) = (matrix, blasint(0))
  // Each argument needs its own variable, even if two have the same value.
  var (n, stride, last) = (blasint(order), blasint(order), blasint(order))
  var diagonal = [Double](repeating: 0, count: order)
  var (beside, factors) = (diagonal, diagonal)
  var work = [Double](repeating: 0, count: 64 * order)
  var size = blasint(work.count)
  dsytrd_("L", &n, &a, &stride, &diagonal, &beside, &factors, &work, &size, &info, 1)
  guard info == 0 else { return nil }
  var (first, found, blocks) = (blasint(order - count + 1), blasint(0), blasint(0))
  // Twice the smallest normal number is the most accurate tolerance of bisection.
  var (least, greatest, tolerance) = (0.0, 0.0, 2 * Double.leastNormalMagnitude)
  var values = diagonal
  var places = [blasint](repeating: 0, count: order)
  var (ends, whole, failed) = (places, [blasint](repeating: 0, count: 3 * order), places)
  dstebz_(
    "I", "B", &n, &least, &greatest, &first, &last, &tolerance, &diagonal, &beside, &found,
    &blocks, &values, &places, &ends, &work, &whole, &info, 1, 1)
  guard info == 0, Int(found) == count else { return nil }
  var vectors = [Double](repeating: 0, count: order * count)
  dstein_(
    &n, &diagonal, &beside, &found, &values, &places, &ends, &vectors, &stride, &work, &whole,
    &failed, &info)
  guard info == 0 else { return nil }
  return (
    Array(values.prefix(count)),
    (0..<count).map { column in
      var vector = Array(vectors[column * order..<(column + 1) * order])
      turnBack(&vector, a, factors)
      return vector
    }
  )
}

/// Applies the reflections of `dsytrd` in reverse order: `z = (1 - τ v vᵀ) z`, where v is (0 … 0,
/// 1, the column below).
private func turnBack(_ z: inout [Double], _ a: [Double], _ factors: [Double]) {
  let n = z.count
  for i in (0..<max(0, n - 1)).reversed() where factors[i] != 0 {
    var dot = z[i + 1]
    for k in min(i + 2, n)..<n { dot += a[i * n + k] * z[k] }
    dot *= factors[i]
    z[i + 1] -= dot
    for k in min(i + 2, n)..<n { z[k] -= dot * a[i * n + k] }
  }
}

/// All eigenvalues and eigenvectors.
private func allEigen(_ matrix: [Double], order: Int) -> Eigen {
  var (a, info) = (matrix, blasint(0))
  var (n, stride) = (blasint(order), blasint(order))
  var values = [Double](repeating: 0, count: order)
  var work = [Double](repeating: 0, count: 64 * order)
  var size = blasint(work.count)
  dsyev_("V", "L", &n, &a, &stride, &values, &work, &size, &info, 1, 1)
  return (values, (0..<order).map { Array(a[$0 * order..<($0 + 1) * order]) })
}
