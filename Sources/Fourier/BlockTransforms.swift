// In-place transforms of a grid, one block of rows or columns at a time.
import CFFTW

/// Transforms of eight real rows or eight complex columns. Any number of threads may use one
/// instance on their own arrays, which must have the alignment of a `FloatBuffer`.
package final class BlockTransforms: Sendable {
  /// The number of rows or columns in a block.
  package static let block = 8
  private let rowsForward, rowsBackward, columnsForward, columnsBackward: Plan

  /// - Parameters:
  ///   - period: the real numbers in a row, and the complex numbers in a column.
  ///   - stride: the floats from one row to the next. Half as many complex numbers fit.
  package init(period: Int, stride: Int) {
    let block = Int32(Self.block)
    let memory = FloatBuffer(count: Self.block * max(stride, 2 * period))
    let (real, complex) = (memory.pointer, complexPointer(memory.pointer))
    var length = [Int32(period)]
    let (whole, half) = (Int32(stride), Int32(stride / 2))
    rowsForward = Plan {
      fftwf_plan_many_dft_r2c(
        1, &length, block, real, nil, 1, whole, complex, nil, 1, half, FFTW_ESTIMATE)
    }
    rowsBackward = Plan {
      fftwf_plan_many_dft_c2r(
        1, &length, block, complex, nil, 1, half, real, nil, 1, whole, FFTW_ESTIMATE)
    }
    func columns(_ direction: Int32) -> Plan {
      Plan {
        fftwf_plan_many_dft(
          1, &length, block, complex, nil, 1, Int32(period), complex, nil, 1, Int32(period),
          direction, FFTW_ESTIMATE)
      }
    }
    columnsForward = columns(FFTW_FORWARD)
    columnsBackward = columns(FFTW_BACKWARD)
  }

  /// Transforms real rows of length `period` into spectra of `period / 2 + 1` complex numbers.
  package func forwardRows(_ rows: UnsafeMutablePointer<Float>) {
    fftwf_execute_dft_r2c(rowsForward.pointer, rows, complexPointer(rows))
  }

  /// Transforms spectra back into rows, scaled by `period`.
  package func backwardRows(_ rows: UnsafeMutablePointer<Float>) {
    fftwf_execute_dft_c2r(rowsBackward.pointer, complexPointer(rows), rows)
  }

  /// Transforms complex columns of length `period` into their spectra.
  package func forwardColumns(_ columns: UnsafeMutablePointer<Float>) {
    fftwf_execute_dft(columnsForward.pointer, complexPointer(columns), complexPointer(columns))
  }

  /// Transforms spectra back into columns, scaled by `period`.
  package func backwardColumns(_ columns: UnsafeMutablePointer<Float>) {
    fftwf_execute_dft(columnsBackward.pointer, complexPointer(columns), complexPointer(columns))
  }
}
