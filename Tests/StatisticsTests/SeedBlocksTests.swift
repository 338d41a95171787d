// By hand and by property: candidate against baseline over seeds.
import Randomness
import Statistics
import TestSupport
import Testing

@Suite struct `Seeds of two programs` {
  private let three = SeedBlocks(
    candidate: [[0.70, 0.72, 0.71], [0.60, 0.61, 0.62]],
    baseline: [[0.71, 0.73, 0.72], [0.60, 0.62, 0.61]])

  @Test func `differ by the mean over folds of the means over seeds`() {
    expectClose(three.difference, (-0.01 + 0) / 2)
    // Unequal numbers of seeds do not change the folds' weights.
    let unequal = SeedBlocks(candidate: [[1, 1, 1, 1], [0]], baseline: [[0], [0, 0]])
    expectClose(unequal.difference, 0.5)
  }

  @Test func `have Welch's interval, by hand`() throws {
    // Each s² is 1e-4: se² = 1/4 · 4 · 1e-4/3, ν = (4/3)² / (4 (1/3)² / 2) = 8.
    let interval = try #require(three.welch(level: 0.95).interval)
    let half = StudentT(degreesOfFreedom: 8).quantile(0.975) * (1e-4 / 3).squareRoot()
    expectClose(interval.halfWidth, half, relative: 1e-9)
    expectClose(try #require(three.seedDeviation).value, 0.01, relative: 1e-9)
    #expect(three.seedDeviation?.degreesOfFreedom == 8)
  }

  @Test func `take a single seed to be as noisy as the baseline's, and say so`() throws {
    let single = SeedBlocks(
      candidate: [[0.70], [0.60]], baseline: [[0.71, 0.73, 0.72], [0.60, 0.62, 0.61]])
    let welch = single.welch(level: 0.95)
    #expect(welch.method.contains("taken to be the same"))
    // se² = 1/4 · 2 · 1e-4 (1 + 1/3), ν = 4.
    let half = StudentT(degreesOfFreedom: 4).quantile(0.975) * (0.5e-4 * 4 / 3).squareRoot()
    expectClose(try #require(welch.interval).halfWidth, half, relative: 1e-9)
  }

  @Test func `have no interval where nothing was repeated, and a point where nothing varies`() {
    #expect(SeedBlocks(candidate: [[1]], baseline: [[2]]).welch(level: 0.95).interval == nil)
    let still = SeedBlocks(candidate: [[1, 1]], baseline: [[2, 2]]).welch(level: 0.95)
    #expect(still.interval?.lower == -1 && still.interval?.upper == -1)
  }

  @Test func `are exchanged within folds, in every way`() {
    let one = SeedBlocks(candidate: [[1, 2, 3]], baseline: [[4, 5, 6]])
    let test = one.permutationTest(random: RandomStream(seed: 1))
    #expect(test.p == 0.1 && test.smallestAttainable == 0.1)  // 2 of C(6,3) = 20
    #expect(!test.canReach(0.05))
    #expect(three.permutationTest(random: RandomStream(seed: 1)).method.contains("all 400"))
    let two = SeedBlocks(
      candidate: [[1, 2, 3], [1, 2, 3]], baseline: [[4, 5, 6], [4, 5, 6]])
    #expect(two.permutationTest(random: RandomStream(seed: 1)).p == 2.0 / 400)
  }

  @Test func `are exchanged by drawing where the ways are too many, near the exact p`() {
    var random = RandomStream(seed: 5)
    func draw(_ n: Int, _ shift: Double) -> [[Double]] {
      (0..<4).map { _ in (0..<n).map { _ in shift + random.normal() } }
    }
    let exact = SeedBlocks(candidate: draw(3, 0.6).dropLast(1), baseline: draw(3, 0).dropLast(1))
    let many = SeedBlocks(
      candidate: exact.candidate + [[0, 0, 0]], baseline: exact.baseline + [[0, 0, 0]])
    // The fourth fold changes the difference only through the divisor.
    let (p, drawn) = (
      exact.permutationTest(random: RandomStream(seed: 1)).p,
      many.permutationTest(random: RandomStream(seed: 1)).p
    )
    expectClose(drawn, p, relative: 0.2, absolute: 0.003)
  }

  @Test func `show less the fewer there are`() throws {
    func error(_ n: Int) throws -> Double {
      try #require(three.standardError(candidateSeeds: n, baselineSeeds: 3))
    }
    #expect(try error(1) > error(3) && error(3) > error(30))
    // At the actual numbers it is Welch's error if all variances are equal.
    expectClose(try error(3), (1e-4 / 3).squareRoot(), relative: 1e-9)
  }
}
