// Matrices that are used in many products, such as weights. They are packed once into the order in
// which the product reads them.
import CKernels
import Threads

/// The arithmetic of a product.
package enum Arithmetic: Sendable {
  /// 32-bit floats.
  case float32
  /// 16-bit integers: 13 bits for the left factor and 12 for the packed one, relative to the
  /// greatest magnitude of the row or column within 256 values of k. Sums of their products are
  /// exact. The result has about three decimal digits.
  case int16
}

/// A matrix B, `[K, N]`, stored in panels of 32 columns.
package struct PackedMatrix: Sendable {
  /// K: the number of columns of the left factor.
  package let rows: Int
  /// N: the number of columns of the product.
  package let columns: Int
  /// The arithmetic of products with this matrix.
  let arithmetic: Arithmetic
  let content: Content

  enum Content {
    case floats(Tensor)
    case integers(PackedIntegers)
  }

  static let panel = Int(REPRISE_PANEL)

  init(rows: Int, columns: Int, panels: Tensor) {
    (self.rows, self.columns, arithmetic) = (rows, columns, .float32)
    content = .floats(panels)
  }

  /// Packs the matrix whose element (k, n) is `source[k · row + n · column]`.
  package init(
    _ source: UnsafePointer<Float>, rows: Int, columns: Int, rowStride row: Int,
    columnStride column: Int, as arithmetic: Arithmetic = .float32, threads: Int = 1
  ) {
    (self.rows, self.columns, self.arithmetic) = (rows, columns, arithmetic)
    let count = reprise_panels(columns)
    switch arithmetic {
    case .float32:
      var panels = Tensor(uninitialized: [count, rows * Self.panel])
      let target = panels.ownAddress()
      parallel(count, by: 4, threads: threads) { part in
        reprise_pack_panel_rows(
          source, row, column, rows, columns, 0, rows, part.lowerBound, part.upperBound, target)
      }
      content = .floats(panels)
    case .int16:
      var panels = PackedIntegers(lines: count * Self.panel, k: rows)
      let (numbers, scales) = panels.ownAddresses()
      parallel(count, by: 4, threads: threads) { part in
        reprise_quantise_panels(
          source, row, column, rows, columns, part.lowerBound, part.upperBound, numbers, scales)
      }
      content = .integers(panels)
    }
  }

  /// Packs the transpose of `weight`, `[N, K]`, the layout of PyTorch's `Linear`.
  package init(
    transposing weight: Tensor, as arithmetic: Arithmetic = .float32, threads: Int = 1
  ) {
    self.init(
      weight.address, rows: weight.columns, columns: weight.rows, rowStride: 1,
      columnStride: weight.columns, as: arithmetic, threads: threads)
    withExtendedLifetime(weight) {}
  }
}

/// Rows of A or columns of B as integers, with their scales.
struct PackedIntegers: Sendable {
  /// Two integers in the space of each float.
  private(set) var numbers: Tensor
  /// `[⌈K / 256⌉, lines]`.
  private(set) var scales: Tensor

  init(lines: Int, k: Int) {
    numbers = Tensor(uninitialized: [lines, reprise_pairs(k) / 2])
    scales = Tensor(uninitialized: [reprise_depths(k), lines])
  }

  /// The integers' address.
  var address: UnsafePointer<Int16> {
    UnsafeRawPointer(numbers.address).assumingMemoryBound(to: Int16.self)
  }

  /// The addresses of integers and scales for writing, as in `Tensor.ownAddress`.
  mutating func ownAddresses() -> (
    numbers: UnsafeMutablePointer<Int16>, scales: UnsafeMutablePointer<Float>
  ) {
    (
      UnsafeMutableRawPointer(numbers.ownAddress()).assumingMemoryBound(to: Int16.self),
      scales.ownAddress()
    )
  }
}
