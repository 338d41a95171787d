// By hand and property: blocks of rows and of columns against the transform of one signal.
import Fourier
import TestSupport
import Testing

@Suite struct `Transforms of a block` {
  static let block = BlockTransforms.block
  static let period = 48
  /// Floats from one row to the next, with room after the spectrum.
  static let stride = 64

  @Test func `of rows are those of each row, and come back`() {
    let plans = BlockTransforms(period: Self.period, stride: Self.stride)
    let rows = FloatBuffer(count: Self.block * Self.stride)
    let signals = (0..<Self.block).map { row in rumble(Self.period + row).suffix(Self.period) }
    for (row, signal) in signals.enumerated() {
      for (place, value) in signal.enumerated() { rows.pointer[row * Self.stride + place] = value }
    }
    plans.forwardRows(rows.pointer)
    let alone = FFTPlan(length: Self.period)
    for (row, signal) in signals.enumerated() {
      let expected = alone.spectrum(of: Array(signal))
      let found = rows.pointer + row * Self.stride
      let bins = 0..<alone.bins
      expectClose(bins.map { found[2 * $0] }, expected.real, absolute: 1e-5)
      expectClose(bins.map { found[2 * $0 + 1] }, expected.imaginary, absolute: 1e-5)
      // Negative control: the next row has another spectrum.
      let other = alone.spectrum(of: Array(signals[(row + 1) % Self.block])).real
      #expect(bins.contains { abs(found[2 * $0] - other[$0]) > 1e-3 })
    }
    plans.backwardRows(rows.pointer)
    for (row, signal) in signals.enumerated() {
      let found = (0..<Self.period).map {
        rows.pointer[row * Self.stride + $0] / Float(Self.period)
      }
      expectClose(found, Array(signal), absolute: 1e-5)
    }
  }

  @Test func `of columns are those of each column, and come back`() {
    let plans = BlockTransforms(period: Self.period, stride: Self.stride)
    let columns = FloatBuffer(count: 2 * Self.block * Self.period)
    // The signals are real, so the first half of their spectrum equals the real transform.
    let signals = (0..<Self.block).map { rumble(Self.period + $0).suffix(Self.period) }
    for (column, signal) in signals.enumerated() {
      for (place, value) in signal.enumerated() {
        columns.pointer[2 * (column * Self.period + place)] = value
      }
    }
    plans.forwardColumns(columns.pointer)
    let alone = FFTPlan(length: Self.period)
    for (column, signal) in signals.enumerated() {
      let expected = alone.spectrum(of: Array(signal))
      let found = columns.pointer + 2 * column * Self.period
      let bins = 0..<alone.bins
      expectClose(bins.map { found[2 * $0] }, expected.real, absolute: 1e-5)
      expectClose(bins.map { found[2 * $0 + 1] }, expected.imaginary, absolute: 1e-5)
    }
    plans.backwardColumns(columns.pointer)
    for (column, signal) in signals.enumerated() {
      let found = (0..<Self.period).map {
        columns.pointer[2 * (column * Self.period + $0)] / Float(Self.period)
      }
      expectClose(found, Array(signal), absolute: 1e-5)
    }
  }
}
