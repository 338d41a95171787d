// By hand and by property: few clusters, and the limits of inference from them.
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
    expectClose(drawn.p, exact.p, relative: 0.15)
    #expect(drawn.smallestAttainable == 1.0 / 20_001)
  }
}
