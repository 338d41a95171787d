// By hand and by property: differences of two groups of clusters, and Wilson's interval.
import Statistics
import TestSupport
import Testing

/// The mean of `values`, each counted as often as its weight says; `nil` values have no part in it.
private func mean(_ values: [Double?]) -> ClusterStatistic {
  { weights in
    let parts = zip(values, weights).compactMap { value, weight in
      value.map { ($0 * Double(weight), Double(weight)) }
    }
    let count = parts.reduce(0) { $0 + $1.1 }
    return count == 0 ? nil : parts.reduce(0) { $0 + $1.0 } / count
  }
}

private func variance(_ values: [Double]) -> Double {
  let mean = values.reduce(0, +) / Double(values.count)
  return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
}

@Suite struct `A gap between groups of clusters` {
  private let first = [0.7, 0.62, 0.81, 0.5, 0.66]
  private let second = [0.6, 0.61, 0.7, 0.45, 0.5]

  @Test func `of different clusters is Welch's t`() throws {
    let other = Array(second.prefix(4))
    let own = try #require(
      unpairedDifference((5, mean(first)), (4, mean(other)), unit: "speaker"))
    let (u, v) = (variance(first) / 5, variance(other) / 4)
    let freedom = (u + v) * (u + v) / (u * u / 4 + v * v / 3)
    let difference = first.reduce(0, +) / 5 - other.reduce(0, +) / 4
    let t = StudentT(degreesOfFreedom: freedom)
    expectClose(own.difference.value, difference)
    expectClose(
      try #require(own.difference.interval).lower,
      difference - t.quantile(0.975) * (u + v).squareRoot())
    expectClose(try #require(own.p), t.twoSided(difference / (u + v).squareRoot()))
  }

  @Test func `of the same clusters is the paired t`() throws {
    let (x, y) = (mean(first), mean(second))
    let own = try #require(
      pairedDifference(clusters: 5, unit: "speaker") { weights in
        guard let a = x(weights), let b = y(weights) else { return nil }
        return a - b
      })
    let differences = zip(first, second).map { $0 - $1 }
    let plain = meanOfUnits(differences, unit: "speaker")
    expectClose(own.difference.value, plain.value)
    expectClose(
      try #require(own.difference.interval).upper, try #require(plain.interval).upper)
    let t = plain.value / (variance(differences) / 5).squareRoot()
    expectClose(try #require(own.p), StudentT(degreesOfFreedom: 4).twoSided(t))
    // Negative control: the clusters share much, so without pairs the interval is wider.
    let loose = try #require(unpairedDifference((5, x), (5, y), unit: "speaker"))
    #expect(
      try #require(loose.difference.interval).halfWidth
        > 1.5 * #require(own.difference.interval).halfWidth)
  }

  @Test func `has no interval and no p if a cluster cannot be left out`() throws {
    let single = try #require(unpairedDifference((1, mean([0.5])), (5, mean(first)), unit: "s"))
    #expect(single.difference.interval == nil && single.p == nil)
    let lonely = try #require(
      pairedDifference(clusters: 2, unit: "s", mean([0.5, nil])))
    #expect(lonely.difference.interval == nil && lonely.p == nil)
    #expect(unpairedDifference((0, mean([])), (5, mean(first)), unit: "s") == nil)
    #expect(pairedDifference(clusters: 0, unit: "s", mean([])) == nil)
    // Clusters without any spread are no division by zero.
    let flat = try #require(
      unpairedDifference((3, mean([0.5, 0.5, 0.5])), (2, mean([0.5, 0.5])), unit: "s"))
    #expect(flat.p == 1 && flat.difference.interval?.halfWidth == 0)
  }
}

@Suite struct `Wilson's interval` {
  @Test func `has the printed values`() throws {
    // Agresti & Coull 1998, from p = 0.5 and 1 with n = 10.
    let half = try #require(wilsonInterval(share: 0.5, units: 10))
    expectClose(half.lower, 0.2366, absolute: 5e-5)
    expectClose(half.upper, 0.7634, absolute: 5e-5)
    let all = try #require(wilsonInterval(share: 1, units: 10))
    expectClose(all.lower, 0.7225, absolute: 5e-5)
    expectClose(all.upper, 1)
    #expect(all.upper <= 1)
  }

  @Test func `is where the score test rejects`() throws {
    let z = 1.959963984540054
    for (share, n) in [(0.1, 8), (2.0 / 3, 60), (0.973, 37)] {
      let own = try #require(wilsonInterval(share: share, units: n))
      for end in [own.lower, own.upper] {
        expectClose(abs(share - end) / (end * (1 - end) / Double(n)).squareRoot(), z)
      }
    }
  }

  @Test func `needs units and a share`() {
    #expect(wilsonInterval(share: 0.5, units: 0) == nil)
    #expect(wilsonInterval(share: .nan, units: 3) == nil)
    #expect(wilsonInterval(share: 1.5, units: 3) == nil)
  }
}
