// By hand: figures derived from measurements.
import Benchmarks
import Testing

@Suite struct SpreadTests {
  @Test func quartilesOfFive() {
    let spread = Spread([5, 1, 4, 2, 3])
    #expect(spread.least == 1 && spread.greatest == 5)
    #expect(spread.lowerQuartile == 2 && spread.median == 3 && spread.upperQuartile == 4)
  }

  @Test func quartilesBetweenValues() {
    let spread = Spread([1, 2])
    #expect(spread.lowerQuartile == 1.25 && spread.median == 1.5 && spread.upperQuartile == 1.75)
  }

  @Test(arguments: [0.5, 1.0, 2.0])
  func growthIsTheExponent(_ exponent: Double) throws {
    let sizes = [10, 20, 40, 80]
    let seconds = sizes.map { 3e-4 * power(Double($0), exponent) }
    let found = try #require(growth(sizes: sizes, seconds: seconds))
    #expect(abs(found - exponent) < 1e-12)
  }

  @Test func oneSizeDoesNotGrow() {
    #expect(growth(sizes: [4], seconds: [1]) == nil)
  }
}

private func power(_ base: Double, _ exponent: Double) -> Double {
  exponent == 0.5 ? base.squareRoot() : exponent == 2 ? base * base : base
}
