// Products with matrices that are used often: weights, packed once into the order in which the
// product reads them.
import CKernels

/// What a product computes with.
package enum Arithmetic: Sendable {
  /// 32-bit floats.
  case float32
  /// 16-bit integers: the left factor in 13 bits, the packed one in 12, each relative to the greatest of its row
  /// or column within 256 values of k; their products' sums are exact. About three decimal digits.
  case int16
}

/// A matrix B, `[K, N]`, in panels of 32 columns.
package struct PackedMatrix: Sendable {
  /// K: the columns of the factor on its left.
  package let rows: Int
  /// N: the columns of the product.
  package let columns: Int
  let content: Content

  enum Content {
    case floats(Tensor)
    case integers(PackedIntegers)
  }

  static let panel = Int(REPRISE_PANEL)
  static let tile = Int(REPRISE_TILE)

  init(rows: Int, columns: Int, content: Content) {
    (self.rows, self.columns, self.content) = (rows, columns, content)
  }

  /// Packs the matrix whose element (k, n) is `source[k · row + n · column]`.
  package init(
    _ source: UnsafePointer<Float>, rows: Int, columns: Int, rowStride row: Int,
    columnStride column: Int, as arithmetic: Arithmetic = .float32, threads: Int = 1
  ) {
    (self.rows, self.columns) = (rows, columns)
    let count = reprise_panels(columns)
    switch arithmetic {
    case .float32:
      let panels = Tensor(uninitialized: [count, rows * Self.panel])
      let target = panels.freshAddress
      parallel(count, by: 4, threads: threads) { part in
        reprise_pack_panel_rows(
          source, row, column, rows, columns, 0, rows, part.lowerBound, part.upperBound, target)
      }
      content = .floats(panels)
    case .int16:
      let panels = PackedIntegers(lines: count * Self.panel, k: rows)
      let (numbers, scales) = (panels.freshNumbers, panels.scales.freshAddress)
      parallel(count, by: 4, threads: threads) { part in
        reprise_quantise_panels(
          source, row, column, rows, columns, part.lowerBound, part.upperBound, numbers, scales)
      }
      content = .integers(panels)
    }
  }

  /// Packs the transpose of `weight`, `[N, K]`, as PyTorch's `Linear` holds its weight.
  package init(
    transposing weight: Tensor, as arithmetic: Arithmetic = .float32, threads: Int = 1
  ) {
    self.init(
      weight.address, rows: weight.columns, columns: weight.rows, rowStride: 1,
      columnStride: weight.columns, as: arithmetic, threads: threads)
    withExtendedLifetime(weight) {}
  }

  /// Sets `C ← A·B + bias + addend`, `[M, N]`, or its exact GELU.
  ///
  /// Each element is summed in the order of k, whatever M and `threads` are. With integers, a row of A or a
  /// column of B that holds NaN or an infinity gives NaN.
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
    let (k, gelu) = (rows, Int32(gelu ? 1 : 0))
    switch content {
    case .floats(let panels):
      let tiles = Tensor(uninitialized: [reprise_tile_rows(m), k])
      let packed = tiles.freshAddress
      shared(tiles.rows / Self.tile, threads) {
        reprise_pack_tiles(a, rowStride, nil, m, k, $0.lowerBound, $0.upperBound, packed)
      }
      shared(panels.rows, threads) {
        reprise_packed_product(
          packed, panels.address, bias, addend, c, targetStride, m, columns, k, $0.lowerBound,
          $0.upperBound, gelu)
      }
      withExtendedLifetime((tiles, panels)) {}
    case .integers(let panels):
      let tiles = PackedIntegers(lines: reprise_tile_rows(m), k: k)
      let (numbers, scales) = (tiles.freshNumbers, tiles.scales.freshAddress)
      shared(tiles.scales.columns / Self.tile, threads) {
        reprise_quantise_tiles(
          a, rowStride, m, k, $0.lowerBound, $0.upperBound, numbers, scales)
      }
      shared(reprise_panels(columns), threads) {
        reprise_quantised_product(
          numbers, scales, panels.freshNumbers, panels.scales.address, bias, addend, c,
          targetStride, m, columns, k, $0.lowerBound, $0.upperBound, gelu)
      }
      withExtendedLifetime((tiles, panels)) {}
    }
  }

  /// Calls `body` with parts of `0 ..< count`. Two panels have their sums in the cache at a time: larger parts
  /// would gain nothing, and leave the other threads waiting for the last one.
  private func shared(_ count: Int, _ threads: Int, _ body: (Range<Int>) -> Void) {
    parallel(count, by: threads > 1 ? 2 : count, threads: threads, body)
  }
}

/// Rows of A or columns of B as integers, and by what these are to be multiplied.
struct PackedIntegers: Sendable {
  /// Two integers in the place of each float.
  let numbers: Tensor
  /// `[⌈K / 256⌉, lines]`.
  let scales: Tensor

  init(lines: Int, k: Int) {
    numbers = Tensor(uninitialized: [lines, reprise_pairs(k) / 2])
    scales = Tensor(uninitialized: [reprise_depths(k), lines])
  }

  var freshNumbers: UnsafeMutablePointer<Int16> {
    UnsafeMutableRawPointer(numbers.freshAddress).assumingMemoryBound(to: Int16.self)
  }
}
