// By hand: selection rules, granularity, claims, calibration, analysis of one system and of two.
import Evaluation
import Randomness
import Statistics
import TestSupport
import Testing

private let classes = ["a", "b"]

private func matrix(_ right: Int, of n: Int = 10) -> ConfusionMatrix {
  ConfusionMatrix(classes: classes, counts: [[right, n - right], [0, n]])
}

@Suite struct `The choice of the epoch` {
  private func training(_ fold: Int, _ right: [Int], validation: [Double]?) -> Trajectory {
    Trajectory(seed: 1, fold: fold, matrices: right.map { matrix($0) }, validation: validation)
  }

  @Test func `is shown under three rules, the gain of the forbidden one as optimism`() throws {
    let panel = SelectionPanel(
      trainings: [],
      beside: [
        training(1, [4, 8, 6], validation: [0.5, 0.4, 0.6]),
        training(2, [9, 5, 7], validation: [0.7, 0.7, 0.1]),
      ], folds: [1, 2])
    let row = try #require(panel.rows.first { $0.metric == .accuracy })
    #expect(row.holdsOut && row.seeds == [1])
    expectClose(row.last, (6 + 10 + 7 + 10) / 40.0)
    // Best validation: epoch 3 of fold 1; for fold 2, epoch 1 as the earlier of a tie.
    expectClose(try #require(row.bestValidation), (6 + 10 + 9 + 10) / 40.0)
    expectClose(row.bestTest, (8 + 10 + 9 + 10) / 40.0)
    expectClose(row.optimism, 4 / 40.0)
  }

  @Test func `is not made up where nobody was held out or a fold is missing`() {
    let alone = SelectionPanel(
      trainings: [training(1, [4, 8], validation: nil)], beside: [], folds: [1])
    #expect(alone.rows.count == 2 && alone.rows.allSatisfy { $0.bestValidation == nil })
    let part = SelectionPanel(
      trainings: [training(1, [4, 8], validation: nil)], beside: [], folds: [1, 2])
    #expect(part.rows.isEmpty)
  }
}

@Suite struct `A printed figure` {
  @Test func `lies on the grid of its utterances, or was made otherwise`() {
    #expect(Granularity(percent: 93.40, digits: 2, denominator: 1440).counts == [1345])
    #expect(Granularity(percent: 92.28, digits: 2, denominator: 1536).counts.isEmpty)
    #expect(Granularity(percent: 75.37, digits: 2, denominator: 5531).counts.isEmpty)
    // MSP-IMPROV: the clips of four classes, and all clips.
    #expect(Granularity(percent: 58.55, digits: 2, denominator: 7798).counts == [4566])
    #expect(Granularity(percent: 58.55, digits: 2, denominator: 8438).counts.isEmpty)
    // Rounding of half a printed unit counts in both directions.
    #expect(Granularity(percent: 12.5, digits: 0, denominator: 8).counts == [1])
    #expect(Granularity(percent: 13, digits: 0, denominator: 8).counts == [1])
    #expect(Granularity(percent: 12, digits: 0, denominator: 8).counts == [1])
    #expect(Granularity(percent: 11, digits: 0, denominator: 8).counts.isEmpty)
  }

  @Test func `is found by every k that gives it, and by no other`() {
    var random = RandomStream(seed: 4)
    for _ in 0..<300 {
      let n = random.integer(in: 1...3000)
      let k = random.integer(in: 0...n)
      let share = 100 * Double(k) / Double(n)
      let grid = Granularity(
        percent: (share * 100).rounded() / 100, digits: 2, denominator: n)
      #expect(grid.counts.contains(k))
      #expect(grid.counts.allSatisfy { abs(100 * Double($0) / Double(n) - grid.percent) < 0.00501 })
    }
  }

  @Test func `has the denominator of its classes`() {
    let ravdess = [96, 192, 192, 192, 192, 192, 192, 192]
    #expect(Granularity.denominator(of: .accuracy, classCounts: ravdess) == 1440)
    #expect(Granularity.denominator(of: .unweightedAverageRecall, classCounts: ravdess) == 1536)
    #expect(
      Granularity.denominator(of: .unweightedAverageRecall, classCounts: [120, 60, 60]) == 360)
    #expect(
      Granularity.denominator(of: .unweightedAverageRecall, classCounts: [1708, 1636, 1103, 1084])
        == nil)
    #expect(Granularity(percent: 50, digits: 0, denominator: 1000).isInformative == false)
  }

  @Test func `is reproduced, inside the interval, missed, not tried or not comparable`() throws {
    func signature(_ n: Int, folds: String = "session") -> ProtocolSignature {
      ProtocolSignature(
        corpus: "iemocap", foldList: folds, folds: 2, classes: classes, utterances: n)
    }
    func status(_ printed: Double, _ own: ProtocolSignature? = nil, cells: Bool = true)
      throws -> ClaimStatus?
    {
      let claim = try publishedBaseline(signature(40), metric: "accuracy", percent: printed)
      let summary = ScoreSummary(
        cells: cells
          ? [
            ScoredCell(seed: 1, fold: 1, matrix: matrix(6)),
            ScoredCell(seed: 1, fold: 2, matrix: matrix(7)),
          ] : [], seeds: [1], folds: [1, 2])
      let systems = own.map { [RunScores(system: "full", signature: $0, summary: summary)] } ?? []
      return ClaimRow.rows([claim], systems: systems) { _ in [20, 20] }.first?.status
    }
    #expect(try status(82.5, signature(40)) == .reproduced)  // (0.8 + 0.85) / 2
    #expect(try status(80.0, signature(40)) == .insideInterval)
    #expect(try status(12.0, signature(40)) == .notReproduced)
    #expect(try status(82.5, signature(38)) == .incomparable)
    #expect(try status(82.5, signature(40, folds: "random")) == .incomparable)
    #expect(try status(82.5, signature(40), cells: false) == .notAttempted)
    #expect(try status(82.5) == .notAttempted)
  }
}

@Suite struct `WA and UA` {
  private let signature = ProtocolSignature(
    corpus: "savee", foldList: "speaker", folds: 2, classes: classes, utterances: 40)

  /// WA 0.6, UA 0.75 in both folds.
  private var systems: [RunScores] {
    let matrix = ConfusionMatrix(classes: classes, counts: [[8, 8], [0, 4]])
    return [
      RunScores(
        system: "full", signature: signature,
        summary: ScoreSummary(
          cells: [1, 2].map { ScoredCell(seed: 1, fold: $0, matrix: matrix) }, seeds: [1],
          folds: [1, 2]))
    ]
  }

  @Test(arguments: [(60.0, 75.0, false), (75.0, 60.0, true), (75.0, 75.0, false)])
  func `are noticed where a claim has them exchanged`(wa: Double, ua: Double, isSwapped: Bool)
    throws
  {
    var claim = try publishedBaseline(signature, metric: "accuracy", percent: wa)
    claim.scores?.append(
      try #require(
        publishedBaseline(signature, metric: "unweighted_average_recall", percent: ua).scores?.first
      ))
    let rows = ClaimRow.rows([claim], systems: systems) { _ in nil }
    #expect(rows.count == 2)
    #expect(rows.allSatisfy { $0.reasons.contains { $0.contains("swapped") } == isSwapped })
  }
}

@Suite struct `The calibration of probabilities` {
  @Test func `is the gap between confidence and accuracy, bin by bin`() {
    func prediction(_ p: Float, right: Bool) -> Prediction {
      Prediction(
        id: "u", speaker: "s", fold: 1, truth: right ? 0 : 1, predicted: 0,
        probabilities: [p, 1 - p])
    }
    let result = Calibration(
      [
        prediction(0.75, right: true), prediction(0.75, right: false), prediction(1, right: true),
        prediction(1, right: true),
      ], bins: 4)
    // Bin 3 of 4, (0.5, 0.75]: half right at 0.75; bin 4: all right at 1.
    #expect(result.bins.map(\.index) == [2, 3] && result.bins.map(\.count) == [2, 2])
    expectClose(result.expectedError, 0.5 * 0.25)
    expectClose(result.brier, (2 * 0.0625 + 2 * 0.5625) / 4)
  }
}

@Suite struct `The analysis of systems` {
  /// Four speakers of two folds; speaker g has `right[g]` correct ones of 10 per class.
  private func system(_ name: String, _ right: [[Int]]) -> SystemPredictions {
    SystemPredictions(
      system: name, classes: classes,
      seeds: right.enumerated().map { seed, row in
        (
          seed + 1,
          row.enumerated().flatMap { speaker, right in
            (0..<20).map { i in
              Prediction(
                id: "s\(speaker)u\(i)", speaker: "s\(speaker)", fold: 1 + speaker / 2, truth: i % 2,
                predicted: i / 2 < right ? i % 2 : 1 - i % 2, probabilities: [])
            }
          }
        )
      })
  }

  @Test func `gives each figure pooled, by fold, by speaker and by seed`() throws {
    let analysis = SystemAnalysis(
      system("full", [[6, 7, 8, 9], [6, 7, 8, 7]]), random: RandomStream(seed: 1), resamples: 50)
    let figure = try #require(analysis[.unweightedAverageRecall])
    #expect((analysis.speakers, analysis.folds, analysis.seeds) == (4, 2, [1, 2]))
    expectClose(figure.pooled.value, (0.75 + 0.70) / 2)
    expectClose(figure.bySpeaker.map(\.value), [0.6, 0.7, 0.8, 0.8])
    expectClose(figure.byFold.map(\.value), [0.65, 0.8])
    expectClose(figure.bySeed.map(\.value), [0.75, 0.70])
    #expect(figure.bySpeaker.map(\.name) == ["s0", "s1", "s2", "s3"])
    #expect(analysis.calibration == nil && analysis.foldComponents != nil)
    // With equal speakers, the jackknife is the t interval of their mean.
    expectClose(
      try #require(figure.pooled.interval).halfWidth,
      try #require(figure.overSpeakers.interval).halfWidth)
  }

  @Test func `does not call four speakers' agreement significant`() {
    let comparison = SystemComparison(
      system("full", [[8, 8, 9, 9]]), system("plain", [[6, 6, 6, 7]]), metric: .accuracy,
      random: RandomStream(seed: 1), resamples: 200)
    #expect(comparison.exchange.p == 0.125 && !comparison.exchange.canReach(0.05))
    expectClose(comparison.difference.value, 0.225)
    #expect(comparison.superiority == 1 && comparison.foldExchange.smallestAttainable == 0.5)
    let back = SystemComparison(
      system("plain", [[6, 6, 6, 7]]), system("full", [[8, 8, 9, 9]]), metric: .accuracy,
      random: RandomStream(seed: 1), resamples: 200)
    expectClose(back.difference.value, -comparison.difference.value)
    #expect(back.exchange.p == comparison.exchange.p && back.mcNemar.p == comparison.mcNemar.p)
  }

  @Test func `counts all exchanges of 20 speakers of unequal sizes`() throws {
    // Speaker g has 4 + g % 3 utterances of a and 3 of b.
    func system(_ name: String, _ share: Double) -> SystemPredictions {
      var random = RandomStream(seed: 7).split(name)
      return SystemPredictions(
        system: name, classes: classes,
        seeds: (1...2).map { seed in
          (
            seed,
            (0..<20).flatMap { speaker in
              (0..<7 + speaker % 3).map { i in
                let truth = i < 3 ? 1 : 0
                return Prediction(
                  id: "s\(speaker)u\(i)", speaker: "s\(speaker)", fold: 1 + speaker % 5,
                  truth: truth, predicted: random.uniform() < share ? truth : 1 - truth,
                  probabilities: [])
              }
            }
          )
        })
    }
    let (a, b) = (system("a", 0.8), system("b", 0.72))
    for metric in [Metric.accuracy, .unweightedAverageRecall] {
      let found = SystemComparison(
        a, b, metric: metric, random: RandomStream(seed: 1), resamples: 2)
      #expect(found.exchange.method.contains("all 1048576 arrangements"))
      // By the definition: the figures of the exchanged counts, a million times.
      var parts = [Double](repeating: 0, count: 20)
      let supports = classes.indices.map { label in a.utterances.count { $0.truth == label } }
      for (x, y) in zip(a.seeds, b.seeds) {
        for (left, right) in zip(x.predictions, y.predictions) {
          let gain =
            (left.predicted == left.truth ? 1.0 : 0) - (right.predicted == right.truth ? 1 : 0)
          let speaker = try #require(Int(left.speaker.dropFirst()))
          parts[speaker] +=
            metric == .accuracy
            ? gain / Double(2 * a.utterances.count) : gain / Double(4 * supports[left.truth])
        }
      }
      expectClose(parts.reduce(0, +), found.difference.value)
      let own = abs(parts.reduce(0, +)) - 1e-12
      let extreme = (0..<1 << 20).count { pattern in
        var sum = 0.0
        for (speaker, part) in parts.enumerated() {
          sum += pattern >> speaker & 1 == 1 ? -part : part
        }
        return abs(sum) >= own
      }
      #expect(found.exchange.p == Double(extreme) / Double(1 << 20))
    }
  }

  @Test func `asks for a greater difference where many are tested`() throws {
    let row = SystemComparison(
      system("full", [[8, 8, 9, 9]]), system("plain", [[6, 6, 6, 7]]), metric: .accuracy,
      random: RandomStream(seed: 1), resamples: 20)
    let alone = try #require([row].detectable(row))
    #expect(alone.rows == 1 && alone.afterHolm == alone.plain)
    let eleven = Array(repeating: row, count: 11)
    for (effect, units) in [
      (eleven.detectable(row), row.folds), (eleven.detectableOverSpeakers(row), row.speakers),
    ] {
      let effect = try #require(effect)
      #expect(effect.rows == 11 && effect.degreesOfFreedom == Double(units - 1))
      #expect(effect.afterHolm.value > effect.plain.value)
    }
    expectClose(try #require(eleven.detectable(row)).plain.value, try #require(row.detectable))
    let line = ComponentClaim.judged(
      Array(repeating: .init(series: "s", claim: "c", comparison: row), count: 11))
    #expect(line.allSatisfy { $0.detectable?.rows == 11 })
  }

  @Test func `tells of an undecided claim how much it needs, from the run's own numbers`() throws {
    // The recorded ablations: eleven claims at six folds. By SciPy 1.17.1:
    //     t.ppf(1 - 0.05/22, 5) = 4.8819, t.ppf(0.8, 5) = 0.91954, t.ppf(0.975, 5) = 2.57058
    //     sqrt(5 / chi2.ppf([0.975, 0.025], 5)) = 0.62421, 2.45260
    let effect = DetectableEffect(plain: 0.0401, degreesOfFreedom: 5, rows: 11)
    let need = 0.0401 * (4.8819 + 0.91954) / (2.57058 + 0.91954)
    expectClose(effect.afterHolm.value, need, relative: 1e-4)
    expectClose(effect.afterHolm.lower, 0.62421 * need, relative: 1e-4)
    expectClose(effect.afterHolm.upper, 2.45260 * need, relative: 1e-4)
    #expect(effect.afterHolm.points == "6.67 (4.16 to 16.35)")
    #expect(effect.plain.text(digits: 1) == "4.0 (2.5 to 9.8)")
  }

  @Test func `gives the same numbers again, and others for another seed's bootstrap`() {
    let (a, b) = (system("a", [[8, 8, 9, 4]]), system("b", [[6, 9, 6, 7]]))
    func bootstrap(_ seed: UInt64) -> Estimate.Interval {
      SystemComparison(
        a, b, metric: .macroF1, random: RandomStream(seed: seed), resamples: 100
      ).bootstrap
    }
    #expect(bootstrap(1) == bootstrap(1))
  }

  @Test func `holds a part's claim to tests over folds that are adjusted for their number`() throws
  {
    // Six folds of one speaker each, with the same number of correct ones of 10 in both classes.
    func six(_ name: String, _ right: [Int]) -> SystemPredictions {
      SystemPredictions(
        system: name, classes: classes,
        seeds: [
          (
            1,
            right.enumerated().flatMap { speaker, right in
              (0..<20).map { i in
                Prediction(
                  id: "s\(speaker)u\(i)", speaker: "s\(speaker)", fold: 1 + speaker,
                  truth: i % 2, predicted: i / 2 < right ? i % 2 : 1 - i % 2, probabilities: [])
              }
            }
          )
        ])
    }
    let base = [5, 6, 5, 6, 5, 6]
    func pair(_ name: String, _ right: [Int]?) -> ComponentClaim.Pair {
      ComponentClaim.Pair(
        series: "s", claim: name,
        comparison: right.map {
          SystemComparison(
            six("with", $0), six("without", base), metric: .accuracy,
            random: RandomStream(seed: 1), resamples: 20)
        })
    }
    let helps = pair("helps", [8, 9, 8, 9, 8, 8]), harms = pair("harms", [2, 3, 2, 3, 2, 2])
    let maybe = pair("maybe", [7, 5, 6, 7, 5, 6]), missing = pair("missing", nil)
    let judged = ComponentClaim.judged([helps, missing, maybe, harms])
    #expect(judged.map(\.verdict) == [.holds, .notRun, .undecided, .contradicted])
    #expect(judged.map(\.claim) == ["helps", "missing", "maybe", "harms"])
    let p = try [helps, maybe, harms].map { try #require($0.comparison?.methodTest?.p) }
    // Holm by hand: the least times 3, the next times 2, the greatest unchanged.
    let order = p.indices.sorted { p[$0] < p[$1] }
    var expected = p
    expected[order[0]] = 3 * p[order[0]]
    expected[order[1]] = max(expected[order[0]], 2 * p[order[1]])
    expected[order[2]] = max(expected[order[1]], p[order[2]])
    expectClose(judged.compactMap(\.adjusted), expected)
    // A claim that is significant alone is not significant among many.
    let weak = pair("weak", [6, 7, 6, 7, 7, 6])
    let alone = try #require(weak.comparison?.methodTest?.p)
    #expect(ComponentClaim.judged([weak])[0].verdict == (alone <= 0.05 ? .holds : .undecided))
    let many = [ComponentClaim.Pair](repeating: weak, count: 1 + Int(0.05 / alone))
    #expect(ComponentClaim.judged(many).allSatisfy { $0.verdict == .undecided })
    // An undecided claim tells what it needs; a decided one does not.
    let rows = ComponentClaim.judged(many)
    let need = try #require(rows[0].need)
    #expect(need.hasPrefix("\(many.count) rows at 6 folds need "), "\(need)")
    #expect(need.contains(try #require(rows[0].detectable).afterHolm.points.prefix(4)))
    #expect(rows.nearestToDecision?.claim == "weak")
    #expect(judged[0].need == nil && judged[1].need == nil && judged[2].need != nil)
    #expect([judged[0], judged[1]].nearestToDecision == nil)
  }

  @Test func `computes from counts what the scores of a matrix are`() {
    var random = RandomStream(seed: 8)
    for _ in 0..<200 {
      let predictions = (0..<random.integer(in: 1...30)).map { i in
        Prediction(
          id: "u\(i)", speaker: "s", fold: 1, truth: random.integer(below: 4),
          predicted: random.integer(below: 4), probabilities: [])
      }
      let system = SystemPredictions(
        system: "x", classes: ["a", "b", "c", "d"], seeds: [(1, predictions)])
      let analysis = SystemAnalysis(system, random: random, resamples: 1)
      let scores = ClassificationScores(system.matrices[0])
      for metric in Metric.allCases {
        expectClose(analysis[metric]?.pooled.value ?? .nan, scores[metric])
      }
    }
  }
}
