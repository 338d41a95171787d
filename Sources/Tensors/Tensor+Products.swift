// Matrix products with OpenBLAS.
import COpenBLAS

/// Computes `C = α·op(A)·op(B) + β·C`, row-major. `m, n, k` are the extents after `op`.
package func multiply(
  _ a: UnsafePointer<Float>, transposed transposeA: Bool = false, rowStride lda: Int,
  _ b: UnsafePointer<Float>, transposed transposeB: Bool = false, rowStride ldb: Int,
  into c: UnsafeMutablePointer<Float>, rowStride ldc: Int, m: Int, n: Int, k: Int,
  scale alpha: Float = 1, accumulating beta: Float = 0
) {
  guard m > 0, n > 0 else { return }
  LinearAlgebra.useOneThread()
  cblas_sgemm(
    CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
    blasint(m), blasint(n), blasint(k), alpha, a, blasint(max(lda, 1)), b, blasint(max(ldb, 1)),
    beta, c, blasint(max(ldc, 1)))
}

/// Selects the transposed factor of a product.
package enum Transposition: Sendable { case none, first, second }

/// Returns the product of two matrices, `A·B`, `Aᵀ·B` or `A·Bᵀ`.
package func product(_ a: Tensor, _ b: Tensor, transposing: Transposition = .none) -> Tensor {
  let (ar, ac, br, bc) = (a.rows, a.columns, b.rows, b.columns)
  let (m, ka) = transposing == .first ? (ac, ar) : (ar, ac)
  let (kb, n) = transposing == .second ? (bc, br) : (br, bc)
  precondition(ka == kb, "inner extents differ: \(a.shape) and \(b.shape), \(transposing)")
  var result = Tensor(uninitialized: [m, n])
  let target = result.ownAddress()
  withExtendedLifetime((a, b)) {
    multiply(
      a.address, transposed: transposing == .first, rowStride: ac,
      b.address, transposed: transposing == .second, rowStride: bc,
      into: target, rowStride: n, m: m, n: n, k: ka)
  }
  return result
}

/// OpenBLAS's build and its active kernels.
package enum LinearAlgebra {
  /// Limits every product to one thread, permanently. The program runs cells and shards in parallel
  /// instead. OpenBLAS would divide a product according to what else is computing, and that would
  /// change the last bits.
  package static func useOneThread() { _ = oneThread }
  private static let oneThread: Void = openblas_set_num_threads(1)

  /// OpenBLAS's description of its build.
  package static var configuration: String { String(cString: openblas_get_config()) }
  /// The processor type whose kernels OpenBLAS runs.
  package static var core: String { String(cString: openblas_get_corename()) }
}
