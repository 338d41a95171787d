// By hand and by property: folds, p values, components, change points.
import Foundation
import Randomness
import Statistics
import TestSupport
import Testing

@Suite struct `The corrected t over folds` {
  @Test func `is wider than the plain one by what folds share`() throws {
    let d = [0.01, 0.03, 0.02, -0.01, 0.04, 0.0]
    let corrected = CorrelatedT(differences: d, testShare: 1.0 / 5)
    let plain = meanOfUnits(d, unit: "fold")
    // √(1 + K/(K-1)) for K = 6, the 1.48 of six folds.
    let (wide, narrow) = (
      try #require(corrected.estimate().interval), try #require(plain.interval)
    )
    expectClose(wide.halfWidth / narrow.halfWidth, (1 + 6.0 / 5).squareRoot(), relative: 1e-9)
    expectClose(corrected.mean, plain.value)
  }

  @Test func `says how likely worse, equal and better are`() {
    let better = CorrelatedT(differences: [0.05, 0.06, 0.05, 0.04, 0.05], testShare: 0.25)
    let p = better.probabilities(rope: 0.01)
    expectClose(p.worse + p.equal + p.better, 1)
    #expect(p.better > 0.99 && p.worse < 0.01)
    let worse = CorrelatedT(differences: [-0.05, -0.06, -0.05, -0.04, -0.05], testShare: 0.25)
    expectClose(worse.probabilities(rope: 0.01).worse, p.better)
    let still = CorrelatedT(differences: [0, 0], testShare: 1).probabilities(rope: 0.01)
    #expect(still.equal == 1 && still.worse == 0)
  }

  @Test func `has p 1 where nothing differs and 0 where it always differs alike`() {
    #expect(CorrelatedT(differences: [0, 0, 0], testShare: 0.5).test.p == 1)
    #expect(CorrelatedT(differences: [1, 1, 1], testShare: 0.5).test.p == 0)
  }
}

@Suite struct `The interval of a share` {
  @Test func `ends at 0 and 1 where it is shown`() throws {
    let wide = try #require(meanOfUnits([0.9, 1, 0.98], unit: "fold").interval)
    #expect(wide.upper > 1 && wide.withinShares.upper == 1 && wide.withinShares.lower == wide.lower)
  }
}

@Suite struct `Tests on counts` {
  @Test func `give McNemar's mid-p of the worked example`() {
    // Fagerland, Lydersen & Laake 2013, airway measurements: 1 and 7 discordant pairs, mid-p 0.039.
    let test = mcNemar(onlyFirst: 1, onlySecond: 7)
    expectClose(test.p, 2 * (1.0 / 256) + 8.0 / 256, relative: 1e-12)
    #expect((test.p * 1000).rounded() == 39)
    #expect(mcNemar(onlyFirst: 7, onlySecond: 1).p == test.p)
    #expect(mcNemar(onlyFirst: 0, onlySecond: 0).p == 1)
    #expect(mcNemar(onlyFirst: 5, onlySecond: 5).p == 1)
  }

  @Test func `adjust several p values by Holm`() {
    expectClose(holm([0.01, 0.04, 0.03]), [0.03, 0.06, 0.06])
    #expect(holm([]) == [] && holm([0.2]) == [0.2] && holm([0.9, 0.8]) == [1, 1])
    // Never below the original p, and in the same order.
    var random = RandomStream(seed: 2)
    for _ in 0..<100 {
      let p = (0..<7).map { _ in random.uniform() }
      let adjusted = holm(p)
      #expect(zip(p, adjusted).allSatisfy { $0 <= $1 })
      let order = p.indices.sorted { p[$0] < p[$1] }.map { adjusted[$0] }
      #expect(order == order.sorted())
    }
  }

  @Test func `count wins, ties half`() {
    #expect(probabilityOfSuperiority([2, 3], over: [1, 2]) == 3.5 / 4)
    #expect(probabilityOfSuperiority([1], over: [2]) == 0)
  }
}

@Suite struct `Variance components` {
  @Test func `find what was put in`() throws {
    var random = RandomStream(seed: 7)
    let units = (0..<400).map { _ in 0.3 * random.normal() }
    let seeds = (0..<300).map { _ in 0.2 * random.normal() }
    let scores = units.map { u in seeds.map { u + $0 + 0.1 * random.normal() } }
    let components = try #require(VarianceComponents(scores))
    expectClose(components.unit, 0.09, relative: 0.2)
    expectClose(components.seed, 0.04, relative: 0.2)
    expectClose(components.rest, 0.01, relative: 0.02)
  }

  @Test func `need two of each, and are never negative`() {
    #expect(VarianceComponents([[1, 2]]) == nil && VarianceComponents([[1], [2]]) == nil)
    let crossed = VarianceComponents([[0, 1], [1, 0]])
    #expect(crossed?.seed == 0 && crossed?.unit == 0 && crossed?.rest == 1)
  }

  @Test func `give effects that are found as often as they say`() {
    // A t test of n = 24 differences at the detectable effect finds it in about 8 of 10 trials.
    var random = RandomStream(seed: 11)
    let n = 24.0
    let effect = minimumDetectableEffect(standardError: 1 / n.squareRoot(), degreesOfFreedom: n - 1)
    let found = (0..<2000).count { _ in
      let values = (0..<Int(n)).map { _ in effect + random.normal() }
      let interval = meanOfUnits(values, unit: "x").interval
      return (interval?.lower ?? 0) > 0
    }
    #expect((1500...1700).contains(found))
  }
}

@Suite struct `Change points` {
  @Test func `are where the mean steps, and nowhere in noise`() {
    var random = RandomStream(seed: 1)
    func noisy(_ means: [Double]) -> [Double] { means.map { $0 + 0.002 * random.normal() } }
    let step = noisy(Array(repeating: 0.70, count: 12) + Array(repeating: 0.68, count: 8))
    #expect(changePoints(step) == [12] && changePoints(step, deviation: 0.002) == [12])
    let alarms = (0..<500).count { _ in
      !changePoints(noisy(Array(repeating: 0.7, count: 20)), deviation: 0.002).isEmpty
    }
    #expect(alarms < 25)
  }

  @Test func `are none of too few values`() {
    #expect(changePoints([1, 2, 3]).isEmpty && changePoints([]).isEmpty)
  }

  @Test func `are those of the best of all ways to cut`() {
    var random = RandomStream(seed: 9)
    for _ in 0..<40 {
      let values = (0..<9).map { $0 < 4 ? random.normal() : 3 + random.normal() }
      let penalty = 4.0
      // Every subset of the eight places, with stretches of at least 2.
      var best = (cost: Double.infinity, cuts: [Int]())
      for pattern in 0..<(1 << 8) {
        let cuts = (1...8).filter { pattern >> ($0 - 1) & 1 == 1 }
        let bounds = [0] + cuts + [9]
        let parts = zip(bounds, bounds.dropFirst()).map { Array(values[$0..<$1]) }
        guard parts.allSatisfy({ $0.count >= 2 }) else { continue }
        let cost = parts.reduce(penalty * Double(cuts.count)) { sum, part in
          let mean = part.reduce(0, +) / Double(part.count)
          return sum + part.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        }
        if cost < best.cost { best = (cost, cuts) }
      }
      #expect(changePoints(values, deviation: 1, penalty: penalty) == best.cuts)
    }
  }
}

@Suite struct `Wilson's interval of an effective number` {
  @Test func `is that of a worked example, and has a length where no failure was seen`() {
    // 8 of 10 at z = 1.96: centre (0.8 + 0.19208)/1.38416, half width by hand.
    let interval = wilsonInterval(share: 0.8, count: 10, quantile: 1.96)
    expectClose(interval.lower, 0.490_16, relative: 0, absolute: 5e-5)
    expectClose(interval.upper, 0.943_32, relative: 0, absolute: 5e-5)
    let certain = wilsonInterval(share: 1, count: 10, quantile: 1.96)
    #expect(certain.upper == 1)
    expectClose(certain.lower, 10 / (10 + 1.96 * 1.96), relative: 1e-9)
    let few = wilsonInterval(share: 0.8, count: 2.5, quantile: 1.96)
    #expect(few.halfWidth > interval.halfWidth && few.lower >= 0)
  }
}
