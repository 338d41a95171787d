// Products with packed matrices. The left factor is packed once for all its products.
import CKernels
import Threads

/// One product of a left factor A, `[M, K]`: `C = A·B + bias + addend`, `[M, N]`, or the exact GELU
/// of it. Several products can share the same A.
package struct PackedProduct {
  let matrix: PackedMatrix
  let bias, addend: UnsafePointer<Float>?
  let target: UnsafeMutablePointer<Float>
  let targetStride: Int
  let gelu: Bool

  /// - Parameters:
  ///   - matrix: B, `[K, N]`.
  ///   - bias: `[N]`, or nil.
  ///   - addend: `[M, N]`, or nil; it may be C.
  ///   - target: C. Its rows and those of `addend` lie `targetStride` apart.
  package init(
    _ matrix: PackedMatrix, bias: UnsafePointer<Float>? = nil,
    addend: UnsafePointer<Float>? = nil, into target: UnsafeMutablePointer<Float>,
    targetStride: Int, gelu: Bool = false
  ) {
    (self.matrix, self.bias, self.addend) = (matrix, bias, addend)
    (self.target, self.targetStride, self.gelu) = (target, targetStride, gelu)
  }
}

extension PackedMatrix {
  /// Computes several products of one left factor.
  ///
  /// Each element is summed in the order of k, for any M and any number of threads. With integer
  /// arithmetic, a NaN or an infinity in a row of A or a column of B makes that row or column of C
  /// NaN.
  ///
  /// - Parameter a: A, with rows `rowStride` apart. Rows may overlap, like the windows of a
  ///   convolution.
  /// - Precondition: all matrices have K rows and use the same arithmetic.
  package static func multiply(
    _ a: UnsafePointer<Float>, rowStride: Int, m: Int, _ products: [PackedProduct],
    threads: Int = 1
  ) {
    guard m > 0, let first = products.first?.matrix else { return }
    let left = LeftFactor(a, rowStride: rowStride, m: m, k: first.rows, as: first.arithmetic)
    let slices = shares(of: reprise_slices(m), threads: threads)
    let parts = products.flatMap { product in
      shares(of: reprise_panels(product.matrix.columns), threads: threads).map { (product, $0) }
    }
    parallel(slices.count, then: parts.count, threads: threads) { index in
      if index < slices.count {
        left.pack(slices[index])
      } else {
        let (product, panels) = parts[index - slices.count]
        left.multiply(product, panels)
      }
    }
  }

  /// Computes `C = A·B + bias + addend`, or its exact GELU. See `PackedProduct`.
  package func multiply(
    _ a: UnsafePointer<Float>, rowStride: Int, m: Int, bias: UnsafePointer<Float>? = nil,
    addend: UnsafePointer<Float>? = nil, into c: UnsafeMutablePointer<Float>, targetStride: Int,
    gelu: Bool = false, threads: Int = 1
  ) {
    let product = PackedProduct(
      self, bias: bias, addend: addend, into: c, targetStride: targetStride, gelu: gelu)
    Self.multiply(a, rowStride: rowStride, m: m, [product], threads: threads)
  }
}

/// Divides slices or panels among threads. A share is two of them, the most whose sums fit in the
/// cache, and one towards the end so that no thread waits long for the last. A single thread takes
/// all at once.
private func shares(of total: Int, threads: Int) -> [Range<Int>] {
  guard threads > 1 else { return [0..<total] }
  let pairs = max(0, total - 2 * threads) / 2
  return (0..<pairs).map { 2 * $0..<2 * $0 + 2 } + (2 * pairs..<total).map { $0..<$0 + 1 }
}

/// A left factor, with memory for its packed form.
private struct LeftFactor {
  let a: UnsafePointer<Float>
  let rowStride, m, k: Int
  private let packed: PackedMatrix.Content
  private let target: Target

  /// The memory for the packed form. Each thread writes different slices.
  private enum Target {
    case floats(UnsafeMutablePointer<Float>)
    case integers(UnsafeMutablePointer<Int16>, scales: UnsafeMutablePointer<Float>)
  }

  init(_ a: UnsafePointer<Float>, rowStride: Int, m: Int, k: Int, as arithmetic: Arithmetic) {
    (self.a, self.rowStride, self.m, self.k) = (a, rowStride, m, k)
    let rows = reprise_packed_rows(m)
    switch arithmetic {
    case .float32:
      var floats = Tensor(uninitialized: [rows, k])
      target = .floats(floats.ownAddress())
      packed = .floats(floats)
    case .int16:
      var integers = PackedIntegers(lines: rows, k: k)
      let (numbers, scales) = integers.ownAddresses()
      target = .integers(numbers, scales: scales)
      packed = .integers(integers)
    }
  }

  /// Packs some slices.
  func pack(_ slices: Range<Int>) {
    switch target {
    case .floats(let floats):
      reprise_pack_slices(
        a, rowStride, nil, m, k, slices.lowerBound, slices.upperBound, floats)
    case .integers(let numbers, let scales):
      reprise_quantise_slices(
        a, rowStride, m, k, slices.lowerBound, slices.upperBound, numbers, scales)
    }
  }

  /// Computes some of the panels of a product.
  func multiply(_ p: PackedProduct, _ panels: Range<Int>) {
    let (n, gelu) = (p.matrix.columns, Int32(p.gelu ? 1 : 0))
    switch (packed, p.matrix.content) {
    case (.floats(let left), .floats(let right)):
      reprise_packed_product(
        left.address, right.address, p.bias, p.addend, p.target, p.targetStride, m, n, k,
        panels.lowerBound, panels.upperBound, gelu)
    case (.integers(let left), .integers(let right)):
      reprise_quantised_product(
        left.address, left.scales.address, right.address, right.scales.address, p.bias,
        p.addend, p.target, p.targetStride, m, n, k, panels.lowerBound, panels.upperBound, gelu)
    default: preconditionFailure("factors of different arithmetic")
    }
  }
}
