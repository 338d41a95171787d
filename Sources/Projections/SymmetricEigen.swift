// Eigenvalues and eigenvectors of a small symmetric matrix by cyclic Jacobi rotations (Golub & Van
// Loan, Matrix Computations, §8.5). For some hundreds of rows, not thousands.

/// Returns all eigenvalues of a symmetric matrix, unsorted, and its eigenvectors as columns.
///
/// - Parameters:
///   - matrix: `[order, order]`, row-major.
///   - order: the number of rows, ≥ 1.
/// - Complexity: O(order³) for each of the usual six to ten sweeps.
func symmetricEigen(_ matrix: [Double], order n: Int) -> (values: [Double], vectors: [Double]) {
  precondition(matrix.count == n * n, "\(matrix.count) elements for order \(n)")
  var a = matrix
  var v = [Double](repeating: 0, count: n * n)
  for i in 0..<n { v[i * n + i] = 1 }
  let scale = a.reduce(0) { $0 + $1 * $1 }
  a.withUnsafeMutableBufferPointer { a in
    v.withUnsafeMutableBufferPointer { v in
      for _ in 0..<60 {
        var offDiagonal = 0.0
        for i in 0..<n { for j in 0..<i { offDiagonal += a[i * n + j] * a[i * n + j] } }
        if offDiagonal <= 1e-30 * scale { break }
        for p in 0..<n {
          for q in (p + 1)..<max(n, p + 1) { rotate(a, v, n, p, q) }
        }
      }
    }
  }
  return ((0..<n).map { a[$0 * n + $0] }, v)
}

/// Makes the element (p, q) of `a` zero by a rotation, and records it in `v`.
private func rotate(
  _ a: UnsafeMutableBufferPointer<Double>, _ v: UnsafeMutableBufferPointer<Double>, _ n: Int,
  _ p: Int, _ q: Int
) {
  let apq = a[p * n + q]
  guard apq != 0 else { return }
  let theta = (a[q * n + q] - a[p * n + p]) / (2 * apq)
  let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
  let c = 1 / (t * t + 1).squareRoot()
  let s = t * c
  for k in 0..<n {
    let akp = a[k * n + p]
    let akq = a[k * n + q]
    a[k * n + p] = c * akp - s * akq
    a[k * n + q] = s * akp + c * akq
  }
  for k in 0..<n {
    let apk = a[p * n + k]
    let aqk = a[q * n + k]
    a[p * n + k] = c * apk - s * aqk
    a[q * n + k] = s * apk + c * aqk
  }
  for k in 0..<n {
    let vkp = v[k * n + p]
    let vkq = v[k * n + q]
    v[k * n + p] = c * vkp - s * vkq
    v[k * n + q] = s * vkp + c * vkq
  }
}
