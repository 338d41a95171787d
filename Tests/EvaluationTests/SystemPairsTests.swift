// By hand and by property: which systems can be told apart, all pairs at once.
import Evaluation
import Randomness
import Statistics
import TestSupport
import Testing

/// A system with `right[fold]` correct ones of 20 utterances in each fold; a fold is one speaker.
private func system(_ name: String, _ right: [Int], speakersPerFold: Int = 1) -> SystemPredictions {
  SystemPredictions(
    system: name, classes: ["a", "b"],
    seeds: [
      (
        1,
        right.enumerated().flatMap { fold, right in
          (0..<20).map { i in
            Prediction(
              id: "f\(fold)u\(i)", speaker: "s\(fold * speakersPerFold + i % speakersPerFold)",
              fold: 1 + fold, truth: i % 2,
              predicted: i / 2 < right / 2 ? i % 2 : 1 - i % 2, probabilities: [])
          }
        }
      )
    ])
}

@Suite struct `All pairs of systems` {
  private let good = system("good", [18, 18, 20, 18, 18, 18])
  private let fair = system("fair", [12, 14, 12, 14, 12, 14])
  private let like = system("like fair", [14, 12, 14, 12, 14, 10])
  private let poor = system("poor", [4, 4, 2, 4, 4, 4])

  @Test func `stand in the order of their figure, each pair tested as two methods are`() throws {
    let pairs = try #require(SystemPairs([poor, fair, good], metric: .accuracy))
    #expect(pairs.standings.map(\.name) == ["good", "fair", "poor"])
    #expect(
      pairs.pairs.map { "\($0.first) - \($0.second)" } == [
        "good - fair", "good - poor", "fair - poor",
      ])
    let alone = SystemComparison(
      good, fair, metric: .accuracy, random: RandomStream(seed: 1), resamples: 10)
    expectClose(pairs.pairs[0].difference.value, try #require(alone.method).value)
    expectClose(pairs.pairs[0].p, try #require(alone.methodTest).p)
    #expect(pairs.method == "Nadeau–Bengio corrected t over 6 folds, t(5)")
    // Holm by hand.
    let p = pairs.pairs.map(\.p)
    let least = try #require(p.min())
    let place = try #require(p.firstIndex(of: least))
    expectClose(pairs.pairs[place].adjustedP, min(1, 3 * least))
  }

  @Test func `join only systems that cannot be told apart, and not all that are near`() throws {
    let pairs = try #require(SystemPairs([good, fair, like, poor], metric: .accuracy))
    #expect(pairs.standings.map(\.name) == ["good", "fair", "like fair", "poor"])
    #expect(pairs.groups == [[1, 2]])
    #expect(pairs.pairs.count { !$0.isToldApart } == 1)
    // Negative control: two systems that differ in every fold are in no group.
    let apart = try #require(SystemPairs([good, poor], metric: .accuracy))
    #expect(apart.groups.isEmpty && apart.pairs[0].isToldApart)
  }

  @Test func `of one fold are tested over speakers`() throws {
    let (a, b) = (
      system("a", [16], speakersPerFold: 5), system("b", [8], speakersPerFold: 5)
    )
    let pairs = try #require(SystemPairs([a, b], metric: .accuracy))
    #expect(pairs.method == "delete-one-speaker jackknife, t(4)")
    expectClose(pairs.pairs[0].difference.value, 0.4)
    let alone = SystemComparison(
      a, b, metric: .accuracy, random: RandomStream(seed: 1), resamples: 10)
    #expect(pairs.pairs[0].difference == alone.difference)
  }

  @Test func `need two systems with the same utterances`() {
    #expect(SystemPairs([good], metric: .accuracy) == nil)
    #expect(SystemPairs([], metric: .accuracy) == nil)
    #expect(SystemPairs([good, system("other", [1, 2])], metric: .accuracy) == nil)
  }

  @Test func `are grouped without being transitive (worked by hand)`() {
    // 0 and 2 differ, but 1 differs from neither.
    let groups = SystemPairs.groups(of: 3) { ($0, $1) == (0, 2) || ($0, $1) == (2, 0) }
    #expect(groups == [[0, 1], [1, 2]])
    #expect(SystemPairs.groups(of: 4) { _, _ in false } == [[0, 1, 2, 3]])
    #expect(SystemPairs.groups(of: 4) { _, _ in true } == [])
    // 1 differs from both neighbours, which are alike.
    let passing = SystemPairs.groups(of: 3) { $0 == 1 || $1 == 1 }
    #expect(passing == [[0, 2]])
  }

  @Test func `are in the same group if and only if they are not told apart (property)`() {
    var random = RandomStream(seed: 9)
    for _ in 0..<200 {
      let n = random.integer(in: 2...12)
      var apart = Array(repeating: [Bool](repeating: false, count: n), count: n)
      for a in 0..<n {
        for b in a + 1..<max(a + 1, n) {
          let isApart = random.uniform() < 0.4
          (apart[a][b], apart[b][a]) = (isApart, isApart)
        }
      }
      let groups = SystemPairs.groups(of: n) { apart[$0][$1] }
      for a in 0..<n {
        for b in a + 1..<max(a + 1, n) {
          let together = groups.contains { $0.contains(a) && $0.contains(b) }
          #expect(together == !apart[a][b])
        }
      }
      for group in groups {
        let others = (0..<n).filter { !group.contains($0) }
        #expect(others.allSatisfy { other in group.contains { apart[$0][other] } }, "could grow")
      }
    }
  }
}
