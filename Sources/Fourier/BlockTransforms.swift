// Transforms of a grid, a block of rows or of columns at a time, in place.
import CFFTW

/// Transforms of eight real rows, and of eight complex columns. Any number of threads may use one
/// on arrays of their own that are aligned as a `FloatBuffer`.
package final class BlockTransforms: Sendable {
  /// Rows or columns to a block.
  package static let block = 8
  private let rowsForward, rowsBackward, columnsForward, columnsBackward: Plan

  /// - Parameters:
  ///   - period: real numbers of a row, complex numbers of a column.
  ///   - stride: floats from row to row; half of it complex numbers.
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

  /// Real rows of `period` to spectra of `period / 2 + 1` complex numbers.
  package func forwardRows(_ rows: UnsafeMutablePointer<Float>) {
    fftwf_execute_dft_r2c(rowsForward.pointer, rows, complexPointer(rows))
  }

  /// Spectra to rows, `period` times as great as they were.
  package func backwardRows(_ rows: UnsafeMutablePointer<Float>) {
    fftwf_execute_dft_c2r(rowsBackward.pointer, complexPointer(rows), rows)
  }

  /// Complex columns of `period` to their spectra.
  package func forwardColumns(_ columns: UnsafeMutablePointer<Float>) {
    fftwf_execute_dft(columnsForward.pointer, complexPointer(columns), complexPointer(columns))
  }

  /// Spectra to columns, `period` times as great as they were.
  package func backwardColumns(_ columns: UnsafeMutablePointer<Float>) {
    fftwf_execute_dft(columnsBackward.pointer, complexPointer(columns), complexPointer(columns))
  }
}
