// Measures the machine's current best performance, and a kernel of fixed work that serves as a unit
// of time.
import CKernels
import Foundation
import Tensors
import Threads

/// The best performance of this process with a number of threads.
package struct PhysicalLimits: Codable, Sendable, Equatable {
  /// 10⁹ floating-point operations per second: OpenBLAS products of two 1024 × 1024 matrices in
  /// single precision, one product on each thread.
  package let gigaflops: Double
  /// 10⁹ bytes per second: y = y + a x over 64 MB on each thread, with two numbers read and one
  /// written.
  package let gigabytes: Double

  /// Measures the limits: the best of five runs.
  package static func measured(threads: Int) -> PhysicalLimits {
    let n = 1024
    var products = (0..<threads).map { _ in ProductKernel(size: n) }
    let targets = products.indices.map { products[$0].target() }
    let flops = best(of: 5) {
      parallel(threads, threads: threads) { products[$0].run(into: targets[$0]) }
    }
    let count = 8 << 20
    var buffers = (0..<threads).map { _ in
      (x: Tensor.full([count], 1), y: Tensor.full([count], 1))
    }
    let sums = buffers.indices.map { buffers[$0].y.ownAddress() }
    let traffic = best(of: 5) {
      parallel(threads, threads: threads) {
        reprise_add_scaled(1e-3, buffers[$0].x.address, sums[$0], count)
      }
    }
    withExtendedLifetime((products, buffers)) {}
    return PhysicalLimits(
      gigaflops: Double(threads) * 2 * pow(Double(n), 3) / flops / 1e9,
      gigabytes: Double(threads * count * 12) / traffic / 1e9)
  }
}

/// Fixed work, half of it products in the cache and half of it streaming through memory. Work that
/// takes a certain multiple of this time should keep that multiple on a busy machine.
struct Calibration {
  private var product = ProductKernel(size: 256)
  private let x = Tensor.full([1 << 20], 1)
  private var y = Tensor.full([1 << 20], 1)

  mutating func run() {
    for _ in 0..<4 {
      product.run(into: product.target())
      reprise_add_scaled(1e-3, x.address, y.ownAddress(), x.count)
    }
  }
}

/// A product of two square matrices.
private struct ProductKernel {
  private let a: Tensor
  private let b: Tensor
  private var c: Tensor
  private let size: Int

  init(size: Int) {
    self.size = size
    (a, b) = (.full([size, size], 0.5), .full([size, size], 0.25))
    c = .zeros([size, size])
  }

  /// The result of the product. Valid while this value is neither copied nor assigned.
  mutating func target() -> UnsafeMutablePointer<Float> { c.ownAddress() }

  func run(into target: UnsafeMutablePointer<Float>) {
    multiply(
      a.address, rowStride: size, b.address, rowStride: size, into: target,
      rowStride: size, m: size, n: size, k: size)
  }
}

/// The shortest time of several calls, after one call to warm up, in seconds.
private func best(of repeats: Int, _ body: () -> Void) -> Double {
  body()
  return (0..<repeats).map { _ in seconds(of: body) }.min() ?? 0
}

/// The elapsed time of `body` in seconds.
func seconds(of body: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  let start = clock.now
  try body()
  return (clock.now - start) / .seconds(1)
}
