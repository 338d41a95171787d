import Audio
import Foundation
import TestSupport
import Testing

/// Kinds: by hand, property.
@Suite struct `Normalization of features` {
  func normalization(_ blocks: [[Float]], columns: Int) -> Normalization {
    var accumulator = NormalizationAccumulator(columns: columns)
    for block in blocks { block.withUnsafeBufferPointer { accumulator.add($0) } }
    return accumulator.normalization
  }

  @Test func `is the mean and the deviation of each column`() {
    let result = normalization([[1, 10, 3, 10], [5, 10]], columns: 2)
    expectClose(result.mean, [3, 10])
    expectClose(result.deviation, [Float((8.0 / 3).squareRoot()), 0])
  }

  @Test func `does not depend on how frames are cut into blocks`() {
    let values = rumble(3_000).map { 1_000 * $0 + 10_000 }
    let whole = normalization([values], columns: 3)
    let parts = normalization(
      [Array(values[..<3]), Array(values[3..<900]), [], Array(values[900...])], columns: 3)
    expectClose(parts.mean, whole.mean, relative: 1e-7)
    expectClose(parts.deviation, whole.deviation, relative: 1e-6)
  }

  @Test func `applied leaves mean 0 and deviation near 1`() {
    var values = rumble(3_000).enumerated().map { $1 * Float($0 % 3 + 300) }
    let before = normalization([values], columns: 3)
    values.withUnsafeMutableBufferPointer { before.apply(to: $0) }
    let after = normalization([values], columns: 3)
    expectClose(after.mean, [0, 0, 0], absolute: 1e-5)
    expectClose(after.deviation, [1, 1, 1], absolute: 1e-4)
  }

  @Test func `applied by hand`() {
    var values: [Float] = [3, 7, 5, 7]
    let scaling = Normalization(mean: [4, 7], deviation: [0.999, 0])
    values.withUnsafeMutableBufferPointer { scaling.apply(to: $0) }
    expectClose(values, [-1, 0, 1, 0])
  }
}
