// By hand and by property: few clusters, and the limits of inference from them.
import Foundation
import Randomness
import Statistics
import TestSupport
import Testing

/// The mean of `values`, each counted as often as its weight says.
private func weightedMean(_ values: [Double]) -> ClusterStatistic {
  { weights in
    let count = weights.reduce(0, +)
    return count == 0
      ? nil : zip(values, weights).reduce(0) { $0 + $1.0 * Double($1.1) } / Double(count)
  }
}

@Suite struct `The jackknife over clusters` {
  @Test func `is the t interval of a mean of equal clusters`() throws {
    // For a mean, leaving one out gives S²/G exactly.
    let values = [0.61, 0.7, 0.55, 0.82, 0.66]
    let own = try #require(jackknife(clusters: 5, unit: "speaker", weightedMean(values)))
    let plain = meanOfUnits(values, unit: "speaker")
    expectClose(own.value, plain.value)
    expectClose(try #require(own.interval).lower, try #require(plain.interval).lower)
    #expect(own.method == "delete-one-speaker jackknife, t(4)")
  }

  @Test func `has no interval for one cluster and no value for none`() throws {
    let one = try #require(jackknife(clusters: 1, unit: "s", weightedMean([0.5])))
    #expect(one.value == 0.5 && one.interval == nil)
    #expect(jackknife(clusters: 2, unit: "s") { _ in nil } == nil)
  }
}

@Suite struct `An interval without width` {
  /// The intervals of four procedures for five units with these values.
  private func intervals(_ values: [Double]) throws -> [Estimate.Interval] {
    let drawn = clusterBootstrap(
      clusters: 5, resamples: 50, random: RandomStream(seed: 1), weightedMean(values))
    return [
      percentileInterval(drawn.values),
      try #require(jackknife(clusters: 5, unit: "s", weightedMean(values))?.interval),
      try #require(meanOfUnits(values, unit: "s").interval),
      try #require(CorrelatedT(differences: values, testShare: 0.25).estimate().interval),
    ]
  }

  @Test func `is told from one with width, in words and in JSON`() throws {
    for value in [0, 0.125, 0.1, 1.0 / 3] {
      for interval in try intervals(Array(repeating: value, count: 5)) {
        #expect(interval.isDegenerate && interval.marked("x") == "x†")
        let json = String(decoding: try JSONEncoder().encode(interval), as: UTF8.self)
        #expect(json.contains("\"degenerate\":true"))
        #expect(
          try JSONDecoder().decode(Estimate.Interval.self, from: Data(json.utf8)) == interval)
        #expect(interval.marked("x").explainingDegenerateIntervals.contains("no certainty"))
      }
    }
    // Negative control: a difference of a millionth of a point is width.
    for interval in try intervals([0.125, 0.125, 0.125, 0.125, 0.125 + 1e-8]) {
      #expect(!interval.isDegenerate && interval.marked("x") == "x")
      let json = String(decoding: try JSONEncoder().encode(interval), as: UTF8.self)
      #expect(!json.contains("degenerate"))
    }
    #expect("x".explainingDegenerateIntervals == "x")
  }
}

@Suite struct `The bootstrap of clusters` {
  @Test func `draws whole clusters, as many as there are, and the same ones again`() {
    var totals: Set<Int> = []
    let statistic: ClusterStatistic = { weights in
      totals.insert(weights.reduce(0, +))
      return weightedMean([1, 2, 4, 8])(weights)
    }
    let random = RandomStream(seed: 3)
    let first = clusterBootstrap(clusters: 4, resamples: 500, random: random, statistic)
    let second = clusterBootstrap(clusters: 4, resamples: 500, random: random, statistic)
    #expect(totals == [4] && first.values == second.values && first.undefined == 0)
    #expect(first.values == first.values.sorted() && Set(first.values).count <= 35)
    let other = clusterBootstrap(
      clusters: 4, resamples: 500, random: RandomStream(seed: 4), statistic)
    #expect(first.values != other.values)
  }

  @Test func `has nearly the jackknife's width for many clusters`() throws {
    var random = RandomStream(seed: 1)
    let values = (0..<60).map { _ in random.normal() }
    let drawn = percentileInterval(
      clusterBootstrap(
        clusters: 60, resamples: 4000, random: RandomStream(seed: 2), weightedMean(values)
      ).values)
    let own = try #require(jackknife(clusters: 60, unit: "s", weightedMean(values)))
    expectClose(drawn.halfWidth, own.interval?.halfWidth ?? .nan, relative: 0.08)
  }

  @Test func `counts the resamples that have no figure`() {
    let drawn = clusterBootstrap(clusters: 3, resamples: 200, random: RandomStream(seed: 1)) {
      $0[0] == 0 ? nil : 1
    }
    #expect(drawn.undefined > 20 && drawn.undefined + drawn.values.count == 200)
  }
}

@Suite struct `Exchanging whole clusters` {
  /// The difference of means after exchanging the marked pairs.
  private func difference(_ pairs: [Double]) -> ([Bool]) -> Double? {
    { exchanged in
      zip(pairs, exchanged).reduce(0) { $0 + ($1.1 ? -$1.0 : $1.0) } / Double(pairs.count)
    }
  }

  @Test func `counts every arrangement of four speakers, of which none reaches 0.05`() throws {
    let test = try #require(
      signFlipTest(
        clusters: 4, unit: "speaker", random: RandomStream(seed: 1),
        difference: difference([0.3, 0.2, 0.1, 0.4])))
    #expect(test.p == 0.125 && test.smallestAttainable == 0.125)
    #expect(!test.canReach(0.05) && test.canReach(0.125))
  }

  @Test func `gives 1 where nothing differs`() throws {
    let test = try #require(
      signFlipTest(
        clusters: 6, unit: "s", random: RandomStream(seed: 1),
        difference: difference(Array(repeating: 0, count: 6))))
    #expect(test.p == 1)
  }

  @Test func `draws arrangements of many, near the exact p`() throws {
    // Twelve small differences and eight zero ones, counted in two ways.
    let pairs = [0.5, -0.2, 0.3, 0.4, -0.1, 0.6, 0.2, 0.1, -0.3, 0.35, 0.25, 0.15]
    let exact = try #require(
      signFlipTest(
        clusters: 12, unit: "s", random: RandomStream(seed: 1), difference: difference(pairs)))
    let padded = pairs + Array(repeating: 0, count: 8)
    let drawn = try #require(
      signFlipTest(
        clusters: 20, unit: "s", random: RandomStream(seed: 1), difference: difference(padded)))
    expectClose(drawn.p, exact.p, relative: 0.02)
    #expect(drawn.smallestAttainable == 1.0 / 1_000_001)
  }

  @Test func `draws few arrangements where the p is far from any level`() throws {
    let pairs = (0..<20).map { $0 % 2 == 0 ? 0.3 : -0.29 }
    let drawn = try #require(
      signFlipTest(
        clusters: 20, unit: "s", random: RandomStream(seed: 1), difference: difference(pairs)))
    #expect(drawn.p > 0.2 && drawn.smallestAttainable == 1.0 / 20_001)
  }
}

@Suite struct `Exchanging clusters of a sum` {
  private func test(_ differences: [Double]) throws -> TestOutcome {
    try #require(
      exchangeTest(differences: differences, unit: "speaker", random: RandomStream(seed: 1)))
  }

  /// The p by the definition.
  private func counted(_ differences: [Double]) -> Double {
    let own = abs(differences.reduce(0, +)) - 1e-12
    let extreme = (0..<1 << differences.count).count { pattern in
      let sum = differences.indices.reduce(0.0) {
        $0 + (pattern >> $1 & 1 == 1 ? -differences[$1] : differences[$1])
      }
      return abs(sum) >= own
    }
    return Double(extreme) / Double(1 << differences.count)
  }

  @Test func `counts equal sums as a binomial law does`() throws {
    // Seven against three: |θ| ≥ 4 is at least 7 of 10 equal signs, in 2 (120 + 45 + 10 + 1) ways.
    let own = try test([1, 1, 1, 1, 1, 1, 1, -1, -1, -1])
    #expect(own.p == 352.0 / 1024 && own.smallestAttainable == 2.0 / 1024)
    #expect(own.method == "exchange of whole speakers, all 1024 arrangements")
    // Tenths are not exact in binary, and the ties stay ties.
    let tenths = try test([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, -0.1, -0.1, -0.1])
    #expect(tenths.p == own.p)
    // Negative control: one speaker more on the first side.
    #expect(try test([1, 1, 1, 1, 1, 1, 1, 1, -1, -1]).p == 112.0 / 1024)
  }

  @Test(arguments: [1, 2, 3, 8, 15, 18]) func `counts all arrangements`(clusters: Int) throws {
    var random = RandomStream(seed: UInt64(clusters))
    for shift in [0.0, 0.3, 0.8] {
      let differences = (0..<clusters).map { _ in shift + random.normal() }
      #expect(try test(differences).p == counted(differences))
      let flipped = differences.map { -$0 }
      #expect(try test(flipped).p == test(differences).p)
      let shuffled = Array(differences.reversed())
      #expect(try test(shuffled).p == test(differences).p)
    }
  }

  @Test func `gives 1 where nothing differs, and nothing without clusters`() throws {
    #expect(try test([0, 0, 0, 0, 0, 0]).p == 1)
    #expect(try test([0.2, -0.2]).p == 1)
    #expect(exchangeTest(differences: [], unit: "s", random: RandomStream(seed: 1)) == nil)
  }

  @Test func `draws a million arrangements of many clusters, near the exact p`() throws {
    var random = RandomStream(seed: 3)
    let differences = (0..<24).map { _ in 0.4 + random.normal() }
    let exact = try test(differences)
    #expect(exact.method.contains("all 16777216") && exact.p < 0.2)
    // Clusters without a difference change nothing, and 70 cross a word of random bits.
    for zeros in [9, 46] {
      let drawn = try test(differences + [Double](repeating: 0, count: zeros))
      #expect(drawn.method.contains("1000000 drawn"))
      #expect(abs(drawn.p - exact.p) < 5 * (exact.p / 1e6).squareRoot())
    }
  }
}
