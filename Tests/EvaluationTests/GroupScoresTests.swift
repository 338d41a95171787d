// By hand, by property and against a plain recount: scores by group of utterances, and their gaps.
import Evaluation
import Randomness
import Statistics
import TestSupport
import Testing

private let classes = ["a", "b", "c"]

/// Predictions of `speakers` speakers with `passes` utterances of each class.
///
/// - Parameter skill: the chance of a right answer, by speaker, class and pass.
private func predictions(
  speakers: Int = 8, passes: Int = 6, seeds: [Int] = [1, 2], random: RandomStream,
  classes: [String] = classes, skill: (_ speaker: Int, _ label: Int, _ pass: Int) -> Double
) -> SystemPredictions {
  SystemPredictions(
    system: "own", classes: classes,
    seeds: seeds.map { seed in
      var random = random.split("\(seed)")
      var rows: [Prediction] = []
      for speaker in 0..<speakers {
        for pass in 0..<passes {
          for label in classes.indices {
            let isRight = random.uniform() < skill(speaker, label, pass)
            let wrong = (label + 1 + random.integer(below: classes.count - 1)) % classes.count
            rows.append(
              Prediction(
                id: "s\(speaker)-p\(pass)-\(classes[label])", speaker: "s\(speaker)",
                fold: speaker % 2 + 1, truth: label, predicted: isRight ? label : wrong,
                probabilities: []))
          }
        }
      }
      return (seed, rows)
    })
}

/// Divides by a value that the parts of an id determine.
private func grouping(
  _ system: SystemPredictions, _ name: String = "part", _ value: (_ parts: [Int]) -> String?
) throws -> Grouping {
  try #require(
    Grouping(
      name,
      of: system.utterances.map { row in
        let parts = row.id.split(separator: "-").prefix(2).compactMap { Int($0.dropFirst()) }
        return (row.id, value(parts))
      }))
}

private func scores(_ system: SystemPredictions, _ grouping: Grouping) throws -> GroupScores {
  try #require(GroupScores.all(of: system, by: [grouping]).first)
}

@Suite struct `Scores by group` {
  private let system = predictions(random: RandomStream(seed: 5)) { speaker, label, _ in
    0.4 + 0.04 * Double(speaker) + 0.1 * Double(label)
  }

  @Test func `are those of the group alone, as if nothing else had been tested`() throws {
    let own = try scores(system, try grouping(system) { $0[1] < 2 ? "first" : "rest" })
    #expect(own.groups.map(\.name) == ["first", "rest"])
    for group in own.groups {
      let part = SystemPredictions(
        system: "own", classes: classes,
        seeds: system.seeds.map { seed in
          (
            seed.seed,
            seed.predictions.filter {
              ($0.id.contains("p0") || $0.id.contains("p1")) == (group.name == "first")
            }
          )
        })
      let whole = SystemAnalysis(part, random: RandomStream(seed: 0), resamples: 10)
      #expect(group.utterances == part.utterances.count && group.speakers == 8)
      for (metric, figure) in zip(GroupScores.metrics, group.figures) {
        #expect(figure == whole[metric]?.pooled)
      }
    }
  }

  @Test func `do not depend on the names of the groups`() throws {
    let own = try scores(system, try grouping(system) { $0[0] % 2 == 0 ? "x" : "y" })
    let turned = try scores(system, try grouping(system) { $0[0] % 2 == 0 ? "b" : "a" })
    #expect(own.groups.map(\.figures) == turned.groups.reversed().map(\.figures))
    let (gap, other) = (own.gaps[0], turned.gaps[0])
    expectClose(gap.differences.map(\.value), other.differences.map { -$0.value })
    expectClose(
      gap.differences.compactMap { $0.interval?.lower },
      other.differences.compactMap { $0.interval.map { -$0.upper } })
    expectClose(gap.p.compactMap(\.self), other.p.compactMap(\.self))
    #expect(gap.p.compactMap(\.self).count == 2)
  }

  @Test func `have gaps like a plain recount without each speaker in turn`() throws {
    // The second class is missing among the early utterances of the first group.
    let parts = try grouping(system) { $0[1] < 3 ? "early" : "late" }
    let kept = SystemPredictions(
      system: "own", classes: classes,
      seeds: system.seeds.map { seed in
        (
          seed.seed,
          seed.predictions.filter { row in
            !(row.truth == 1 && ["p0", "p1", "p2"].contains { row.id.contains($0) })
          }
        )
      })
    let gap = try scores(kept, parts).gaps[0]
    #expect(gap.sharedSpeakers == 8 && gap.classes == 2)
    func recall(_ early: Bool, without speaker: String?) -> Double {
      let perSeed = kept.seeds.map { seed in
        let rows = seed.predictions.filter { row in
          row.speaker != speaker && row.truth != 1
            && early == ["p0", "p1", "p2"].contains { row.id.contains($0) }
        }
        return [0, 2].map { label in
          let own = rows.filter { $0.truth == label }
          return Double(own.count { $0.predicted == label }) / Double(own.count)
        }.reduce(0, +) / 2
      }
      return perSeed.reduce(0, +) / Double(perSeed.count)
    }
    func difference(without speaker: String?) -> Double {
      recall(true, without: speaker) - recall(false, without: speaker)
    }
    let own = gap.differences[1]
    expectClose(own.value, difference(without: nil))
    let parted = (0..<8).map { difference(without: "s\($0)") }
    let mean = parted.reduce(0, +) / 8
    let error = (7.0 / 8 * parted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }).squareRoot()
    expectClose(
      try #require(own.interval).halfWidth,
      error * StudentT(degreesOfFreedom: 7).quantile(0.975))
    expectClose(
      try #require(gap.p[1]), StudentT(degreesOfFreedom: 7).twoSided(own.value / error))
  }

  @Test func `find a planted gap, and none once the groups are shuffled`() throws {
    let planted = predictions(random: RandomStream(seed: 8)) { _, _, pass in
      pass < 3 ? 0.9 : 0.5
    }
    let gap = try scores(planted, try grouping(planted) { $0[1] < 3 ? "easy" : "hard" }).gaps[0]
    #expect(gap.differences[1].value > 0.2)
    #expect(try #require(gap.adjusted[1]) < 0.01)
    let mixed = try scores(
      planted, try grouping(planted) { ($0[0] + $0[1]) % 2 == 0 ? "x" : "y" }
    ).gaps[0]
    #expect(try #require(mixed.adjusted[1]) > 0.05)
  }

  @Test func `of different speakers are compared without pairs`() throws {
    let gap = try scores(system, try grouping(system) { $0[0] < 4 ? "x" : "y" }).gaps[0]
    #expect(gap.sharedSpeakers == 0 && gap.firstSpeakers == 4 && gap.secondSpeakers == 4)
    #expect(gap.hasEnoughSpeakers && gap.adjusted[1] != nil)
    #expect(gap.differences[1].method.contains("Welch"))
    // The speakers differ by design, so the gap has its sign.
    #expect(gap.differences[1].value < 0)
  }

  @Test(arguments: [(3, 8, false), (4, 8, true), (5, 8, true), (6, 8, false)])
  func `give a verdict only with enough speakers on either side`(
    first: Int, all: Int, isEnough: Bool
  ) throws {
    let gap = try scores(system, try grouping(system) { $0[0] < first ? "x" : "y" }).gaps[0]
    let isReallyEnough = min(first, all - first) >= 4
    #expect(gap.hasEnoughSpeakers == isReallyEnough)
    #expect((gap.adjusted[1] != nil) == isReallyEnough)
    #expect(gap.differences[1].interval != nil)
  }

  @Test(arguments: [5, 6]) func `need six shared speakers for a verdict`(speakers: Int) throws {
    let few = predictions(speakers: speakers, random: RandomStream(seed: 2)) { _, _, pass in
      pass < 3 ? 0.9 : 0.4
    }
    let gap = try scores(few, try grouping(few) { $0[1] < 3 ? "x" : "y" }).gaps[0]
    #expect(gap.sharedSpeakers == speakers)
    #expect((gap.adjusted[1] != nil) == (speakers == 6))
  }

  @Test func `adjust the p of all gaps together`() throws {
    let groupings = [
      try grouping(system, "half") { $0[0] < 4 ? "x" : "y" },
      try grouping(system, "pass") { "\($0[1])" },
      try grouping(system, "few") { $0[0] < 2 ? "x" : "y" },
    ]
    let all = GroupScores.all(of: system, by: groupings)
    #expect(all.map(\.gaps.count) == [1, 6, 1])
    #expect(all[1].gaps.allSatisfy { $0.second == nil && $0.sharedSpeakers == 8 })
    let counted = all.flatMap(\.gaps).filter(\.hasEnoughSpeakers)
    #expect(counted.count == 7)
    for metric in GroupScores.metrics.indices {
      let own = counted.compactMap { $0.p[metric] }
      #expect(counted.compactMap { $0.adjusted[metric] } == holm(own))
    }
    // Negative control: alone, the first gap has a smaller p.
    let alone = try #require(scores(system, groupings[0]).gaps[0].adjusted[1])
    #expect(alone < (try #require(all[0].gaps[0].adjusted[1])))
  }

  @Test func `have no interval where one speaker has a class, or nobody knows the speakers`()
    throws
  {
    let parts = try grouping(system) { $0[1] < 3 ? "x" : "y" }
    let lonely = SystemPredictions(
      system: "own", classes: classes,
      seeds: system.seeds.map { seed in
        (seed.seed, seed.predictions.filter { $0.truth != 2 || $0.speaker == "s0" })
      })
    let own = try scores(lonely, parts)
    #expect(own.groups.allSatisfy { $0.figures.allSatisfy { $0.interval == nil } })
    #expect(own.gaps[0].p == [nil, nil] && own.gaps[0].differences[1].value.isFinite)
    let unknown = try #require(
      GroupScores.all(of: system, by: [parts], hasSpeakers: false).first)
    let known = try scores(system, parts)
    #expect(unknown.groups[0].figures.map(\.value) == known.groups[0].figures.map(\.value))
    #expect(unknown.groups.allSatisfy { $0.figures.allSatisfy { $0.interval == nil } })
    #expect(unknown.gaps[0].differences.allSatisfy { $0.interval == nil })
    #expect(unknown.gaps[0].adjusted == [nil, nil])
  }

  @Test func `leave out a property that only says the class`() throws {
    let labels = try #require(
      Grouping(
        "emotion", of: system.utterances.map { ($0.id, classes[$0.truth]) }))
    #expect(GroupScores.all(of: system, by: [labels]).isEmpty)
  }
}

@Suite struct `A division into groups` {
  private func groups(_ values: [String?]) -> [String]? {
    Grouping("x", of: values.enumerated().map { ("\($0)", $1) })?.groups
  }

  @Test func `has 2 to 24 groups, numbers by size`() {
    #expect(groups(["b", nil, "a", "b"]) == ["a", "b"])
    #expect(groups(["10", "9", "x", "2"]) == ["2", "9", "10", "x"])
    #expect(groups(["a", "a", nil]) == nil && groups([]) == nil)
    #expect(groups((0..<24).map(String.init))?.count == 24)
    #expect(groups((0..<25).map(String.init)) == nil)
  }

  @Test func `by length has four parts of equal size`() throws {
    let lengths = (1...20).map { (id: "u\($0)", value: Double?.some(Double($0) / 4)) }
    let own = try #require(Grouping(lengths: lengths.shuffled(seed: 3)))
    #expect(own.groups == ["0.25 to 1.25 s", "1.25 to 2.50 s", "2.50 to 3.75 s", "3.75 to 5.00 s"])
    let system = SystemPredictions(
      system: "own", classes: classes,
      seeds: [
        (
          1,
          lengths.enumerated().map { place, row in
            Prediction(
              id: row.id, speaker: "s\(place % 5)", fold: 1, truth: 0, predicted: 0,
              probabilities: [])
          }
        )
      ])
    let scores = try #require(GroupScores.all(of: system, by: [own]).first)
    #expect(scores.groups.map(\.utterances) == [5, 5, 5, 5])
    // Equal or missing lengths have no quarters.
    #expect(Grouping(lengths: (1...20).map { ("\($0)", 1.5) }) == nil)
    #expect(Grouping(lengths: (1...20).map { ("\($0)", nil) }) == nil)
    #expect(Grouping(lengths: Array(lengths.prefix(7))) == nil)
  }
}

extension Array {
  fileprivate func shuffled(seed: UInt64) -> [Element] {
    var random = RandomStream(seed: seed)
    var copy = self
    for index in copy.indices.dropFirst().reversed() {
      copy.swapAt(index, random.integer(below: index + 1))
    }
    return copy
  }
}
