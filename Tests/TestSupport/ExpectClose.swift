// Comparison of numbers in tests: shape first, then every element.
package import Testing

/// Expects `actual` to equal `expected` elementwise within `absolute + relative · |expected|`. NaN
/// is never close to anything. Reports the worst element.
package func expectClose(
  _ actual: [Float], _ expected: [Float], relative: Float = 1e-5, absolute: Float = 1e-6,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  expectClose(
    actual.map(Double.init), expected.map(Double.init), relative: Double(relative),
    absolute: Double(absolute), sourceLocation: sourceLocation)
}

/// Expects `actual` to equal `expected` elementwise, as above.
package func expectClose(
  _ actual: [Double], _ expected: [Double], relative: Double = 1e-9, absolute: Double = 1e-12,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard actual.count == expected.count else {
    Issue.record(
      "\(actual.count) elements, expected \(expected.count)", sourceLocation: sourceLocation)
    return
  }
  var worst: (index: Int, excess: Double)?
  for index in actual.indices {
    let difference = abs(actual[index] - expected[index])
    let bound = absolute + relative * abs(expected[index])
    if !(difference <= bound) {
      let excess = difference.isNaN ? .infinity : difference / max(bound, .leastNormalMagnitude)
      if worst.map({ excess > $0.excess }) ?? true { worst = (index, excess) }
    }
  }
  if let worst {
    Issue.record(
      "element \(worst.index): \(actual[worst.index]), expected \(expected[worst.index])",
      sourceLocation: sourceLocation)
  }
}

/// Expects one number to be close to another.
package func expectClose(
  _ actual: Double, _ expected: Double, relative: Double = 1e-9, absolute: Double = 1e-12,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  expectClose(
    [actual], [expected], relative: relative, absolute: absolute, sourceLocation: sourceLocation)
}
