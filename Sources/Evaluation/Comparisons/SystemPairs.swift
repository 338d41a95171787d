// Which systems can be told apart? Every pair of systems on one corpus, tested by one procedure and
// adjusted for the number of pairs.
package import Statistics

/// All pairs of systems by one metric.
///
/// The test is that of the claims about parts: the corrected t over folds, with seeds averaged
/// inside each fold. It asks about the methods, trained again. A corpus with a single fold has no
/// such test. The speakers' jackknife with its t then takes its place.
package struct SystemPairs: Codable, Hashable, Sendable {
  /// Pairs are told apart if their adjusted p is at most this.
  package static let level = 0.05

  package let metric: Metric
  /// The systems, best first.
  package let standings: [SystemAnalysis.Named]
  /// Every pair, the better system first. The order is that of the standings.
  package let pairs: [Pair]
  /// Groups of systems that cannot be told apart, as ascending places in the standings.
  ///
  /// In each group no pair is told apart, and no other system could join. Each pair that is not
  /// told apart is in at least one group. A system may be in several groups or in none: "cannot
  /// be told apart" is not transitive.
  package let groups: [[Int]]
  /// The test in words.
  package let method: String

  /// One pair.
  package struct Pair: Codable, Hashable, Sendable {
    package let first: String
    package let second: String
    /// The first's figure minus the second's, with an interval that is not adjusted.
    package let difference: Estimate
    package let p: Double
    /// The p value, adjusted for all pairs (Holm).
    package let adjustedP: Double

    package var isToldApart: Bool { adjustedP <= SystemPairs.level }
  }

  /// Nil unless at least two systems have the utterances of the first one.
  package init?(_ systems: [SystemPredictions], metric: Metric) {
    guard let reference = systems.first, !reference.utterances.isEmpty else { return nil }
    let systems = systems.filter { $0.hasSameUtterances(as: reference) }
    let byFold = systems.map { ClusterTable($0, by: .fold) }
    let folds = byFold[0].clusters.count
    let bySpeaker = folds > 1 ? [] : systems.map { ClusterTable($0, by: .speaker) }
    let scores = byFold.map { $0.ownScores(metric) }
    let means = scores.map { $0.reduce(0, +) / Double($0.count) }
    guard systems.count > 1, means.allSatisfy(\.isFinite) else { return nil }
    let order = systems.indices.sorted { (-means[$0], $0) < (-means[$1], $1) }
    let tests = order.indices.flatMap { a in
      (a + 1..<order.count).map { b -> PairTest in
        let (x, y) = (order[a], order[b])
        return folds > 1
          ? PairTest(
            a, b, overFolds: zip(scores[x], scores[y]).map { $0 - $1 })
          : PairTest(a, b, bySpeaker[x], bySpeaker[y], metric)
      }
    }
    let adjusted = holm(tests.map(\.p))
    self.metric = metric
    standings = order.map { .init(name: systems[$0].system, value: means[$0]) }
    pairs = zip(tests, adjusted).map { test, adjusted in
      Pair(
        first: systems[order[test.first]].system, second: systems[order[test.second]].system,
        difference: test.difference, p: test.p, adjustedP: adjusted)
    }
    method = tests[0].difference.method
    var isApart = Array(
      repeating: [Bool](repeating: false, count: order.count), count: order.count)
    for (test, adjusted) in zip(tests, adjusted) where adjusted <= Self.level {
      isApart[test.first][test.second] = true
      isApart[test.second][test.first] = true
    }
    groups = Self.groups(of: order.count) { isApart[$0][$1] }
  }

  /// Returns groups that contain no pair told apart, and together every other pair.
  ///
  /// Each pair that no group contains yet becomes a group, to which all systems are added, best
  /// first, that can be told apart from no member. The letters of a compact letter display are
  /// such groups.
  ///
  /// - Complexity: O(n⁴) for n systems.
  ///
  /// Source: the requirement is that of Piepho 2004; taking only the groups that are needed avoids
  /// their exponential number.
  package static func groups(of count: Int, isApart: (Int, Int) -> Bool) -> [[Int]] {
    var groups: [[Int]] = []
    for a in 0..<max(0, count) {
      for b in a + 1..<max(a + 1, count) where !isApart(a, b) {
        if groups.contains(where: { $0.contains(a) && $0.contains(b) }) { continue }
        var group = [a, b]
        for other in 0..<count where !group.contains(other) {
          if group.allSatisfy({ !isApart($0, other) }) { group.append(other) }
        }
        groups.append(group.sorted())
      }
    }
    return groups
  }
}

/// One test, by places in the standings.
private struct PairTest {
  let first: Int
  let second: Int
  let difference: Estimate
  let p: Double

  init(_ first: Int, _ second: Int, overFolds differences: [Double]) {
    (self.first, self.second) = (first, second)
    let t = CorrelatedT(differences: differences, testShare: 1 / Double(differences.count - 1))
    (difference, p) = (t.estimate(), t.test.p)
  }

  init(_ first: Int, _ second: Int, _ a: ClusterTable, _ b: ClusterTable, _ metric: Metric) {
    (self.first, self.second) = (first, second)
    let speakers = a.clusters.count
    difference =
      jackknife(clusters: speakers, unit: "speaker") { weights in
        guard let x = a.score(metric, weights: weights), let y = b.score(metric, weights: weights)
        else { return nil }
        return x - y
      } ?? Estimate(value: 0, interval: nil, method: "not defined")
    p = twoSidedP(difference, degreesOfFreedom: Double(speakers - 1)) ?? 1
  }
}
