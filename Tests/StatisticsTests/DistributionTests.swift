// By hand and by property; agreement with SciPy is in golden/inference.
import Foundation
import Statistics
import TestSupport
import Testing

@Suite struct `Student's t distribution` {
  @Test func `has the closed forms of one and two degrees of freedom`() {
    for t in [-30.0, -1, -0.2, 0, 0.7, 3, 400] {
      expectClose(
        StudentT(degreesOfFreedom: 1).cumulative(t), 0.5 + atan(t) / .pi, absolute: 1e-15)
      expectClose(
        StudentT(degreesOfFreedom: 2).cumulative(t), 0.5 + t / (2 * (2 + t * t).squareRoot()),
        absolute: 1e-13)
    }
  }

  @Test(arguments: [0.8, 1, 2, 3.5, 9, 23, 117, 4000, Double.infinity])
  func `gives quantiles that its probabilities give back`(degrees: Double) {
    let law = StudentT(degreesOfFreedom: degrees)
    for p in [1e-5, 0.01, 0.2, 0.5, 0.6, 0.95, 0.975, 0.9999] {
      expectClose(law.cumulative(law.quantile(p)), p, relative: 1e-11)
      expectClose(law.quantile(p), -law.quantile(1 - p), relative: 1e-9)
    }
    #expect(law.twoSided(0) == 1 && law.twoSided(.infinity) == 0)
    #expect(law.quantile(0.9) < law.quantile(0.91))
  }

  @Test func `approaches the normal distribution from outside`() {
    let quantiles = [3.0, 10, 100, 1e4, 1e6].map { StudentT(degreesOfFreedom: $0).quantile(0.975) }
    #expect(quantiles == quantiles.sorted(by: >))
    expectClose(quantiles[4], StudentT.normal.quantile(0.975), relative: 1e-5)
    expectClose(StudentT.normal.quantile(0.975), 1.959963984540054, relative: 1e-13)
  }

  @Test func `stops where it is not defined`() async {
    await #expect(processExitsWith: .failure) { _ = StudentT(degreesOfFreedom: 0) }
    await #expect(processExitsWith: .failure) { _ = StudentT.normal.quantile(1) }
    await #expect(processExitsWith: .failure) { _ = incompleteBeta(1.1, 1, 1) }
  }
}
