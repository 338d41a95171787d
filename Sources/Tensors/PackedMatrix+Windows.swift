// Products whose left factor consists of windows: rows anywhere in a buffer, which may overlap.
// Each block is packed, multiplied while it is still in the cache, and dropped.
import CKernels

extension PackedMatrix {
  /// The number of rows of A packed at a time.
  private static let block = 240

  /// Packs blocks of `depth` rows, one below the other: element (i · depth + k, n) is
  /// `blocks[i][k · row + n · column]`.
  package init(
    stacking blocks: [UnsafePointer<Float>], depth: Int, columns: Int, rowStride row: Int,
    columnStride column: Int
  ) {
    let rows = blocks.count * depth
    var panels = Tensor(uninitialized: [reprise_panels(columns), rows * Self.panel])
    for (index, block) in blocks.enumerated() {
      reprise_pack_panel_rows(
        block, row, column, rows, columns, index * depth, depth, 0, panels.rows,
        panels.ownAddress())
    }
    self.init(rows: rows, columns: columns, panels: panels)
  }

  /// Computes `C = A·B + bias`, `[M, N]`, where row m of A is the K numbers that start at
  /// `a[starts[m]]`.
  ///
  /// - Parameter targets: the offset in `c` of each row of C, or nil for contiguous rows.
  /// - Precondition: the matrix is packed as floats.
  package func multiply(
    windowsOf a: UnsafePointer<Float>, at starts: [Int], bias: UnsafePointer<Float>? = nil,
    into c: UnsafeMutablePointer<Float>, at targets: [Int]? = nil
  ) {
    guard case .floats(let panels) = content else { preconditionFailure("packed as integers") }
    let most = min(Self.block, starts.count)
    var slices = Tensor(uninitialized: [reprise_packed_rows(most), rows])
    var scratch = Tensor(uninitialized: [targets == nil ? 0 : most, columns])
    let (sliced, rowsOfProduct) = (slices.ownAddress(), scratch.ownAddress())
    starts.withUnsafeBufferPointer { starts in
      for first in stride(from: 0, to: starts.count, by: Self.block) {
        let m = min(Self.block, starts.count - first)
        let product = targets == nil ? c + first * columns : rowsOfProduct
        reprise_pack_slices(
          a, 0, starts.baseAddress! + first, m, rows, 0, reprise_slices(m), sliced)
        reprise_packed_product(
          sliced, panels.address, bias, nil, product, columns, m, columns, rows, 0,
          panels.rows, 0)
        guard let targets else { continue }
        for row in 0..<m {
          (c + targets[first + row]).update(from: product + row * columns, count: columns)
        }
      }
    }
    withExtendedLifetime((slices, scratch, panels)) {}
  }
}

/// Returns `Aᵀ·B`, `[M, N]`, where row k of A is the M numbers that start at `a[starts[k]]`. If B,
/// `[K, N]`, is the gradient of a product of windows with a weight, this is the gradient of the
/// weight.
package func product(
  transposedWindowsOf a: UnsafePointer<Float>, at starts: [Int], m: Int, _ b: Tensor
)
  -> Tensor
{
  precondition(b.rows == starts.count, "\(starts.count) windows, \(b.shape)")
  let (n, depth) = (b.columns, Int(REPRISE_DEPTH))
  var result = Tensor.zeros([m, n])
  var slices = Tensor(uninitialized: [reprise_packed_rows(m), depth])
  var panels = Tensor(uninitialized: [reprise_panels(n), depth * PackedMatrix.panel])
  let (target, sliced, panelled) = (
    result.ownAddress(), slices.ownAddress(), panels.ownAddress()
  )
  starts.withUnsafeBufferPointer { starts in
    for first in stride(from: 0, to: starts.count, by: depth) {
      let k = min(depth, starts.count - first)
      reprise_pack_transposed_slices(a, starts.baseAddress! + first, m, k, sliced)
      reprise_pack_panel_rows(
        b.address + first * n, n, 1, k, n, 0, k, 0, panels.rows, panelled)
      reprise_packed_product(
        sliced, panelled, nil, target, target, n, m, n, k, 0,
        panels.rows, 0)
    }
  }
  withExtendedLifetime((slices, panels, b)) {}
  return result
}
