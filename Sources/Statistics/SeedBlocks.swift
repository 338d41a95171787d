// Did the code change? Both sides have the same test utterances, so seeds are the only noise. Seeds
// are not paired: the same seed starts other random streams in another program. K folds; nₖ seeds
// of the candidate and mₖ of the baseline on fold k.
package import Randomness

/// The scores of two programs by fold and seed.
package struct SeedBlocks: Hashable, Sendable {
  /// `[K][nₖ]`.
  package let candidate: [[Double]]
  /// `[K][mₖ]`.
  package let baseline: [[Double]]

  /// - Precondition: both have the same folds, at least one, with at least one score per fold.
  package init(candidate: [[Double]], baseline: [[Double]]) {
    precondition(
      candidate.count == baseline.count && !candidate.isEmpty,
      "\(candidate.count) folds of the candidate, \(baseline.count) of the baseline")
    precondition((candidate + baseline).allSatisfy { !$0.isEmpty }, "a fold without scores")
    (self.candidate, self.baseline) = (candidate, baseline)
  }

  private var folds: Double { Double(candidate.count) }

  /// The mean over folds of the difference between the means over seeds.
  package var difference: Double {
    zip(candidate, baseline).reduce(0) { $0 + moments($1.0).mean - moments($1.1).mean } / folds
  }

  /// The difference with the interval of Welch's t, blocked by fold:
  ///
  ///     D = 1/K Σₖ (c̄ₖ - b̄ₖ),   se² = 1/K² Σₖ (s²(cₖ)/nₖ + s²(bₖ)/mₖ)
  ///     ν = se⁴ / Σ (each term of se²)² / (its seeds - 1)
  ///
  /// If the candidate has one seed per fold, the baseline's variance is used for both sides:
  ///
  ///     se² = 1/K² Σₖ s²(bₖ) (1/nₖ + 1/mₖ)
  ///
  /// If nothing varies over seeds, the interval is a point.
  ///
  /// - Parameter level: of the two-sided interval. A one-sided test at α uses one end at level 1 -
  ///   2α.
  /// - Returns: an estimate, without interval if neither side has two seeds.
  ///
  /// Source: Welch 1947 with Satterthwaite's degrees of freedom.
  package func welch(level: Double) -> Estimate {
    let terms = zip(candidate, baseline).map { c, b in
      Self.terms(moments(c).variance, c.count, moments(b).variance, b.count)
    }
    let known = terms.flatMap { $0 }
    let variance = known.reduce(0) { $0 + $1.variance } / (folds * folds)
    let name =
      candidate.allSatisfy { $0.count > 1 }
      ? "Welch's t over seeds, blocked by fold"
      : """
      t over the baseline's seeds, blocked by fold; the candidate's noise is taken to be the same
      """
    guard terms.allSatisfy({ !$0.isEmpty }) else {
      return Estimate(value: difference, interval: nil, method: name)
    }
    guard variance > 0 else {
      return Estimate(
        value: difference,
        interval: .init(lower: difference, upper: difference, level: level),
        method: name + "; nothing varies")
    }
    let square = known.reduce(0) { $0 + $1.variance * $1.variance / $1.freedom }
    // The squares of tiny variances round to 0, which would leave no degrees of freedom.
    let ratio = variance * variance * folds * folds * folds * folds / square
    let freedom = ratio.isFinite && ratio > 0 ? ratio : known.reduce(0) { $0 + $1.freedom }
    return TEstimate(
      value: difference, standardError: variance.squareRoot(), degreesOfFreedom: freedom
    ).estimate(level: level, method: name)
  }

  /// The standard error that `difference` would have with these numbers of seeds per fold, from the
  /// observed variances; nil if no fold has two seeds on one side.
  package func standardError(candidateSeeds: Int, baselineSeeds: Int) -> Double? {
    let variances = zip(candidate, baseline).compactMap { Self.pooledVariance($0, $1) }
    guard !variances.isEmpty else { return nil }
    let mean = variances.reduce(0, +) / Double(variances.count)
    return (mean / folds * (1 / Double(candidateSeeds) + 1 / Double(baselineSeeds))).squareRoot()
  }

  /// The standard deviation over seeds of one fold's score, pooled over folds and sides, with its
  /// degrees of freedom; nil if no fold has two seeds on one side.
  package var seedDeviation: (value: Double, degreesOfFreedom: Int)? {
    let sides = candidate + baseline
    let freedom = sides.reduce(0) { $0 + $1.count - 1 }
    guard freedom > 0 else { return nil }
    let squares = sides.reduce(0) { $0 + (moments($1).variance ?? 0) * Double($1.count - 1) }
    return ((squares / Double(freedom)).squareRoot(), freedom)
  }

  private static func terms(
    _ candidate: Double?, _ n: Int, _ baseline: Double?, _ m: Int
  ) -> [(variance: Double, freedom: Double)] {
    switch (candidate, baseline) {
    case (let c?, let b?):
      [(c / Double(n), Double(n - 1)), (b / Double(m), Double(m - 1))]
    case (nil, let b?): [(b * (1 / Double(n) + 1 / Double(m)), Double(m - 1))]
    case (let c?, nil): [(c * (1 / Double(n) + 1 / Double(m)), Double(n - 1))]
    case (nil, nil): []
    }
  }

  private static func pooledVariance(_ c: [Double], _ b: [Double]) -> Double? {
    let freedom = c.count + b.count - 2
    guard freedom > 0 else { return nil }
    let squares =
      (moments(c).variance ?? 0) * Double(c.count - 1)
      + (moments(b).variance ?? 0) * Double(b.count - 1)
    return squares / Double(freedom)
  }
}

extension SeedBlocks {
  /// Tests "the same program" by exchanging the labels candidate and baseline among the seeds of
  /// each fold. All arrangements are counted if those of each half of the folds are at most
  /// 1 000 000. Otherwise arrangements are drawn, see `drawnShare`.
  package func permutationTest(random: RandomStream) -> TestOutcome {
    let blocks = zip(candidate, baseline).map { (scores: $0 + $1, size: $0.count) }
    func arrangements(_ blocks: ArraySlice<(scores: [Double], size: Int)>) -> Double {
      blocks.reduce(1.0) { $0 * choose($1.scores.count, $1.size) }
    }
    let (first, second) = (blocks[..<(blocks.count / 2)], blocks[(blocks.count / 2)...])
    let all = arrangements(blocks[...])
    // With equal group sizes, each arrangement has a mirror image with the opposite difference.
    let mirrored = zip(candidate, baseline).allSatisfy { $0.count == $1.count }
    let smallest = (mirrored ? 2 : 1) / all
    let method = "exchange of seeds within folds"
    let own = abs(difference) * (1 - 1e-12)
    if max(arrangements(first), arrangements(second)) <= 1_000_000,
      blocks.allSatisfy({ $0.scores.count <= 62 })
    {
      let extreme =
        own > 0 ? pairs(sums(first), sums(second), reaching: own * folds) : Int(all)
      return TestOutcome(
        p: Double(extreme) / all, smallestAttainable: min(1, smallest),
        method: "\(method), all \(Int(all)) arrangements")
    }
    var random = random
    let drawn = drawnShare {
      let sum = blocks.reduce(0.0) { sum, block in
        var scores = block.scores
        random.shuffle(&scores)
        return sum + meanDifference(scores, block.size)
      }
      return abs(sum / folds) >= own
    }
    return drawn.outcome(method, smallest: smallest)
  }

  /// The sum over blocks of the mean difference, for every arrangement.
  private func sums(_ blocks: ArraySlice<(scores: [Double], size: Int)>) -> [Double] {
    blocks.reduce(into: [0]) { sums, block in
      let (scores, size) = block
      let differences = patterns(of: size, among: scores.count).map { pattern in
        let (first, second) = scores.indices.reduce(into: (0.0, 0.0)) { sums, place in
          if pattern >> place & 1 == 1 { sums.0 += scores[place] } else { sums.1 += scores[place] }
        }
        return first / Double(size) - second / Double(scores.count - size)
      }
      sums = sums.flatMap { sum in differences.map { sum + $0 } }
    }
  }

  /// The numbers with `size` bits set among the lowest `count`, ascending.
  ///
  /// Source: the next number with as many bits, Warren, Hacker's Delight, §2-1.
  private func patterns(of size: Int, among count: Int) -> some Sequence<Int> {
    sequence(first: (1 << size) - 1) { pattern in
      let lowest = pattern & -pattern
      let next = pattern + lowest
      let following = next | (((next ^ pattern) >> 2) / lowest)
      return following < 1 << count ? following : nil
    }
  }

  /// The mean of the first `size` scores minus the mean of the others.
  private func meanDifference(_ scores: [Double], _ size: Int) -> Double {
    scores.prefix(size).reduce(0, +) / Double(size)
      - scores.dropFirst(size).reduce(0, +) / Double(scores.count - size)
  }

  private func choose(_ n: Int, _ k: Int) -> Double {
    (0..<k).reduce(1.0) { $0 * Double(n - $1) / Double($1 + 1) }.rounded()
  }
}
