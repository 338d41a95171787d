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

@Suite struct `The chi-squared distribution` {
  @Test(arguments: [
    (0.025, 5.0, 0.831211613486663), (0.975, 5, 12.832501994030), (0.025, 23, 11.6885519185),
    (0.975, 23, 38.0756272503), (0.95, 1, 3.841458820694), (0.5, 2, 1.386294361120),
    (0.99, 100, 135.8067231795),
  ]) func `has the quantiles of the printed tables`(p: Double, degrees: Double, value: Double) {
    expectClose(chiSquareQuantile(p, degreesOfFreedom: degrees), value, relative: 1e-9)
  }

  @Test func `has the closed forms of one and two degrees`() {
    for x in [1e-6, 0.1, 1, 4, 30, 300, 900.0] {
      expectClose(incompleteGamma(1, x), 1 - exp(-x), absolute: 1e-14)
      expectClose(incompleteGamma(0.5, x), erf(x.squareRoot()), absolute: 1e-13)
    }
    #expect(incompleteGamma(2.5, 0) == 0 && incompleteGamma(2.5, 1e9) == 1)
  }

  @Test func `says how uncertain a detectable effect is`() {
    let few = detectableEffectFactors(degreesOfFreedom: 5)
    expectClose(few.lower, (5 / 12.832501994030).squareRoot(), relative: 1e-9)
    expectClose(few.upper, (5 / 0.831211613486663).squareRoot(), relative: 1e-9)
    // Negative control: more folds, less uncertainty.
    let many = detectableEffectFactors(degreesOfFreedom: 50)
    #expect(few.lower < many.lower && many.lower < 1 && 1 < many.upper && many.upper < few.upper)
  }

  @Test func `says what a test can find, alone and as one of several rows`() {
    // (t.ppf(1 - 0.05 / (2 * m), 5) + t.ppf(0.8, 5)) * 2 by SciPy 1.17.1, and times
    // sqrt(5 / chi2.ppf([0.975, 0.025], 5)).
    let effect = DetectableEffect(standardError: 2, degreesOfFreedom: 5, rows: 11)
    expectClose(effect.plain.value, 6.980251231754283, relative: 1e-9)
    expectClose(effect.afterHolm.value, 11.602895605636366, relative: 1e-9)
    expectClose(effect.afterHolm.lower, 7.242620286413803, relative: 1e-9)
    expectClose(effect.afterHolm.upper, 28.45742407004932, relative: 1e-9)
    // Negative controls: one row needs no adjustment, more folds need less.
    let one = DetectableEffect(standardError: 2, degreesOfFreedom: 5, rows: 0)
    #expect(one.rows == 1 && one.afterHolm == one.plain && one.plain == effect.plain)
    let many = DetectableEffect(standardError: 2, degreesOfFreedom: 23, rows: 11)
    #expect(many.afterHolm.value < effect.afterHolm.value)
  }
}
