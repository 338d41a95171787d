// The choice of a kernel for products.
import CDevice

/// A kernel of products, and the part of a product that one of its groups computes.
package struct ProductKernel: Sendable, Equatable {
  package let name: String
  package let rows: Int
  package let columns: Int

  package init(name: String, rows: Int, columns: Int) {
    (self.name, self.rows, self.columns) = (name, rows, columns)
  }
}

extension Device {
  /// Chooses the kernel that computes products fastest on this device. All kernels of `float32`
  /// give the same bits.
  ///
  /// - Parameters:
  ///   - tensorCores: the kernel that uses them, if the arithmetic asks for it and the layout
  ///     allows it. Hopper processors have kernels of their own for the same products.
  package func productKernel(
    rows: Int, columns: Int, products: Int, tensorCores: String?
  ) -> ProductKernel {
    if let tensorCores {
      guard facts.capability == DeviceFacts.hopperCapability else {
        return ProductKernel(name: tensorCores, rows: 128, columns: 128)
      }
      return ProductKernel(
        name: tensorCores + "_hopper", rows: 128, columns: tensorCores == "linear_tf32" ? 256 : 128)
    }
    var (tileRows, tileColumns): (Int32, Int32) = (0, 0)
    let name = reprise_product_kernel(
      Int32(clamping: rows), Int32(clamping: columns), Int32(clamping: products),
      Int32(clamping: facts.multiprocessors), &tileRows, &tileColumns)
    return ProductKernel(
      name: name.map { String(cString: $0) } ?? "", rows: Int(tileRows), columns: Int(tileColumns))
  }
}
