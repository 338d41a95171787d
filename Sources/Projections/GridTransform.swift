// Convolves charges on a square grid with the kernel of t-SNE by one forward and one backward
// Fourier transform. Empty rows are skipped, and columns stay in the cache between transforms.
import CKernels
import Foundation
import Fourier
import Threads

// M period, n = M/2 nodes in use, S complex numbers in a row

/// The buffers, plans and kernel spectrum for one grid size and node spacing.
final class GridTransform {
  /// M: twice the number of nodes, so that nothing wraps around.
  let period: Int
  /// n.
  var nodes: Int { period / 2 }
  /// h.
  let spacing: Float
  /// The constant subtracted from the kernel.
  let shift: Float
  /// The number of floats from one row to the next: 2S.
  let stride: Int
  /// `[n, 2S]`: charges, then their spectrum in place, then potentials.
  var rows: UnsafeMutablePointer<Float> { memory.pointer }
  private let memory: FloatBuffer
  /// The kernel's spectrum, `[S, M]`, divided by M² for the inverse transform.
  private let spectrum: [Float]
  private let plans: BlockTransforms
  private static let block = BlockTransforms.block

  /// Sizes with fast FFTW transforms: multiples of 16 whose other factors are 2, 3, 5 and 7.
  static let periods: [Int] = (2...512).filter { count in
    [2, 3, 5, 7].reduce(count) { rest, factor in
      var rest = rest
      while rest.isMultiple(of: factor) { rest /= factor }
      return rest
    } == 1
  }.map { $0 * 16 }

  init(period: Int, spacing: Float, shift: Float, workers: Int) {
    self.period = period
    self.spacing = spacing
    self.shift = shift
    let complexes = (period / 2 + 1 + Self.block - 1) / Self.block * Self.block
    stride = 2 * complexes
    memory = FloatBuffer(count: period / 2 * stride)
    plans = BlockTransforms(period: period, stride: stride)
    spectrum = Self.kernelSpectrum(plans, period, stride, spacing, shift, workers)
  }

  /// Replaces charges by their potentials.
  func convolve(workers: Int) {
    let (n, m) = (nodes, period)
    parallel(n / Self.block, threads: workers) { block in
      plans.forwardRows(rows + block * Self.block * stride)
    }
    parallel(stride / 2 / Self.block, threads: workers) { block in
      Self.withColumns(m) { columns in
        reprise_columns_out(rows, stride / 2, n, block * Self.block, m, columns)
        plans.forwardColumns(columns)
        spectrum.withUnsafeBufferPointer {
          reprise_scale_spectrum(
            columns, $0.baseAddress! + block * Self.block * m, Self.block * m)
        }
        plans.backwardColumns(columns)
        reprise_columns_in(columns, m, n, rows, stride / 2, block * Self.block)
      }
    }
    parallel(n / Self.block, threads: workers) { block in
      plans.backwardRows(rows + block * Self.block * stride)
    }
  }

  /// The transform of the kernel at the nodes, divided by the fourth power of the B-spline's
  /// transform, (2 + cos ω) / 3 along each axis. One square corrects spreading the charges and one
  /// corrects reading the potential, so the interpolated kernel is exact at the nodes.
  private static func kernelSpectrum(
    _ plans: BlockTransforms, _ m: Int, _ stride: Int, _ spacing: Float, _ shift: Float,
    _ workers: Int
  ) -> [Float] {
    let memory = FloatBuffer(count: m * stride)
    let kernel = memory.pointer
    parallel(m / block, threads: workers) { part in
      for row in part * block..<(part + 1) * block {
        reprise_cauchy_row(spacing, row, m, shift, kernel + row * stride)
      }
      plans.forwardRows(kernel + part * block * stride)
    }
    let axis = (0..<m).map { k in
      let value = (2 + cos(2 * .pi * Double(k) / Double(m))) / 3
      return value * value
    }
    var result = [Float](repeating: 0, count: stride / 2 * m)
    result.withUnsafeMutableBufferPointer { result in
      // Safe: every block writes its own columns.
      parallel(stride / 2 / block, threads: workers) { part in
        withColumns(m) { columns in
          reprise_columns_out(kernel, stride / 2, m, part * block, m, columns)
          plans.forwardColumns(columns)
          for c in 0..<block where part * block + c <= m / 2 {
            for k in 0..<m {
              let scale = axis[part * block + c] * axis[k] * Double(m) * Double(m)
              result[(part * block + c) * m + k] = Float(Double(columns[2 * (c * m + k)]) / scale)
            }
          }
        }
      }
    }
    return result
  }

  private static func withColumns(_ m: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    let columns = FloatBuffer(count: 2 * block * m)
    body(columns.pointer)
  }
}
