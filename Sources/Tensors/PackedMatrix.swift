// Products with matrices that are used often: weights, packed once into the order in which the
// product reads them.
import CKernels

/// A matrix B, `[K, N]`, in panels of 32 columns.
package struct PackedMatrix: Sendable {
  /// K: the columns of the factor on its left.
  package let rows: Int
  /// N: the columns of the product.
  package let columns: Int
  private let panels: Tensor

  /// Packs the matrix whose element (k, n) is `source[k · row + n · column]`.
  package init(
    _ source: UnsafePointer<Float>, rows: Int, columns: Int, rowStride row: Int,
    columnStride column: Int, threads: Int = 1
  ) {
    (self.rows, self.columns) = (rows, columns)
    let count = reprise_panels(columns)
    panels = Tensor(uninitialized: [count, rows * Int(REPRISE_PANEL)])
    let target = panels.freshAddress
    parallel(count, by: 4, threads: threads) { part in
      reprise_pack_panels(
        source, row, column, rows, columns, part.lowerBound, part.upperBound, target)
    }
  }

  /// Packs the transpose of `weight`, `[N, K]`, as PyTorch's `Linear` holds its weight.
  package init(transposing weight: Tensor, threads: Int = 1) {
    self.init(
      weight.address, rows: weight.columns, columns: weight.rows, rowStride: 1,
      columnStride: weight.columns, threads: threads)
    withExtendedLifetime(weight) {}
  }

  /// Sets `C ← A·B + bias + addend`, `[M, N]`, or its exact GELU.
  ///
  /// Each element is summed in the order of k, whatever M and `threads` are.
  ///
  /// - Parameters:
  ///   - a: `[M, K]`, rows `rowStride` apart; rows may overlap, as the windows of a convolution do.
  ///   - bias: `[N]`, or nil.
  ///   - addend: `[M, N]`, or nil; it may be `c`.
  ///   - c: rows `targetStride` apart, as those of `addend`.
  package func multiply(
    _ a: UnsafePointer<Float>, rowStride: Int, m: Int, bias: UnsafePointer<Float>? = nil,
    addend: UnsafePointer<Float>? = nil, into c: UnsafeMutablePointer<Float>, targetStride: Int,
    gelu: Bool = false, threads: Int = 1
  ) {
    guard m > 0 else { return }
    let tiles = Tensor(uninitialized: [reprise_tile_rows(m), rows])
    let tileCount = tiles.rows / Int(REPRISE_TILE)
    let packed = tiles.freshAddress
    parallel(tileCount, by: threads > 1 ? 2 : tileCount, threads: threads) { part in
      reprise_pack_tiles(a, rowStride, m, rows, part.lowerBound, part.upperBound, packed)
    }
    let panelCount = panels.rows
    // Two panels have their sums in the cache at a time: larger parts would gain nothing, and leave the other
    // threads waiting for the last one.
    parallel(panelCount, by: threads > 1 ? 2 : panelCount, threads: threads) { part in
      reprise_packed_product(
        packed, panels.address, bias, addend, c, targetStride, m, columns, rows, part.lowerBound,
        part.upperBound, gelu ? 1 : 0)
    }
    withExtendedLifetime((tiles, panels)) {}
  }
}
