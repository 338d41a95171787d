// By hand and by property: bins with intervals, temperature, risk and coverage, accuracy by epoch.
// golden/inference holds the same figures from SciPy, statsmodels and NumPy.
import Evaluation
import Foundation
import Randomness
import Statistics
import TestSupport
import Testing

private func prediction(
  _ number: Int, _ confidence: Float, right: Bool, speaker: Int = 0, fold: Int = 1
) -> Prediction {
  Prediction(
    id: String(format: "u%05d", number), speaker: "s\(speaker)", fold: fold, truth: right ? 0 : 1,
    predicted: 0, probabilities: [confidence, 1 - confidence])
}

private func system(_ seeds: [[Prediction]]) -> SystemPredictions {
  SystemPredictions(
    system: "system", classes: ["a", "b"],
    seeds: seeds.enumerated().map { ($0.offset + 1, $0.element) })
}

/// Predictions whose confidence is their chance to be right, sharpened by a temperature.
private func calibrated(temperature: Double, count: Int = 6000) -> SystemPredictions {
  var random = RandomStream(seed: 3)
  let rows = (0..<count).map { number in
    let chance = 0.55 + 0.43 * random.uniform()
    let isRight = random.uniform() < chance
    let (a, b) = (pow(chance, 1 / temperature), pow(1 - chance, 1 / temperature))
    return prediction(
      number, Float(a / (a + b)), right: isRight, speaker: number % 20, fold: number % 4 + 1)
  }
  return system([rows])
}

@Suite struct `Reliability bins` {
  @Test func `have Wilson's interval of as many predictions as the speakers are worth`() throws {
    // Four speakers with 5, 5, 5 and 5 predictions at 0.7, of which 4, 4, 4 and 4 are right: the
    // speakers agree, so that each utterance counts.
    let alike = system([
      (0..<20).map { prediction($0, 0.7, right: $0 / 4 < 4, speaker: $0 % 4) }
    ])
    let bin = try #require(ConfidenceAnalysis(alike)?.bins.first)
    #expect(bin.count == 20 && bin.index == 10)
    expectClose(bin.accuracy, 0.8)
    let t = StudentT(degreesOfFreedom: 3).quantile(0.975)
    let plain = wilsonInterval(share: 0.8, count: 20, quantile: t)
    expectClose(try #require(bin.interval).lower, plain.lower)
    expectClose(try #require(bin.interval).upper, plain.upper)
    // Two speakers always right and two always wrong are worth fewer: a wider interval.
    let apart = system([
      (0..<20).map { prediction($0, 0.7, right: $0 % 4 < 2, speaker: $0 % 4) }
    ])
    let half = try #require(ConfidenceAnalysis(apart)?.bins.first)
    let wide = try #require(half.interval)
    #expect(wide.halfWidth > wilsonInterval(share: 0.5, count: 20, quantile: t).halfWidth * 1.5)
  }

  @Test func `count an utterance once, however many seeds predict it`() throws {
    let rows = (0..<20).map { prediction($0, 0.7, right: $0 / 4 < 4, speaker: $0 % 4) }
    let one = try #require(ConfidenceAnalysis(system([rows]))?.bins.first)
    let three = try #require(ConfidenceAnalysis(system([rows, rows, rows]))?.bins.first)
    #expect(three.count == 60 && three.interval == one.interval)
  }

  @Test func `have no interval with few predictions or one speaker`() throws {
    func only(_ count: Int, speakers: Int) throws -> ReliabilityBin {
      let rows = (0..<count).map { prediction($0, 0.9, right: true, speaker: $0 % speakers) }
      return try #require(ConfidenceAnalysis(system([rows]))?.bins.first)
    }
    #expect(try only(9, speakers: 3).interval == nil && only(9, speakers: 3).isSparse)
    #expect(try only(10, speakers: 1).interval == nil && !only(10, speakers: 1).isSparse)
    // Negative control. All right: the interval ends at 1 and still has a length.
    let enough = try #require(try only(10, speakers: 2).interval)
    #expect(enough.upper == 1 && enough.lower < 0.9)
  }

  @Test func `give the same error as the calibration, with an interval over speakers`() throws {
    let sharp = calibrated(temperature: 0.5)
    let analysis = try #require(ConfidenceAnalysis(sharp))
    let plain = Calibration(sharp.seeds.flatMap(\.predictions))
    expectClose(analysis.expectedError.value, plain.expectedError, relative: 1e-12)
    #expect(analysis.bins.map(\.count) == plain.bins.map(\.count))
    #expect(analysis.expectedError.method == "delete-one-speaker jackknife, t(19)")
  }

  @Test func `are not made of missing or damaged probabilities`() {
    var rows = [prediction(0, 0.7, right: true), prediction(1, 0.7, right: false)]
    rows[1].probabilities = [.nan, 0.5]
    #expect(ConfidenceAnalysis(system([rows])) == nil)
    rows[1].probabilities = []
    #expect(ConfidenceAnalysis(system([rows])) == nil)
  }
}

@Suite struct `The temperature` {
  @Test(arguments: [0.5, 1, 2.5]) func `undoes what made a calibrated system too sharp or too flat`(
    temperature: Double
  ) throws {
    let analysis = try #require(ConfidenceAnalysis(calibrated(temperature: temperature)))
    let scaled = try #require(analysis.scaled)
    expectClose(scaled.temperature, 1 / temperature, relative: 0.08)
    #expect(scaled.expectedError.value < 0.02)
    #expect(scaled.negativeLogLikelihood < analysis.negativeLogLikelihood + 1e-3)
    #expect(scaled.least <= scaled.temperature && scaled.temperature <= scaled.greatest)
    // Negative control: without scaling, the sharp and the flat system are not calibrated.
    #expect((analysis.expectedError.value > 0.03) == (temperature != 1))
  }

  @Test func `of a fold does not depend on the fold itself`() throws {
    let sharp = calibrated(temperature: 0.5, count: 800)
    let before = try #require(TemperatureScaling(sharp)).temperatures
    var rows = sharp.seeds[0].predictions
    for index in rows.indices where rows[index].fold == 2 { rows[index].truth = 1 }
    let after = try #require(
      TemperatureScaling(system([rows]))
    ).temperatures
    #expect(before.count == 4 && before[1] == after[1])
    // Negative control: the others are fitted on it.
    #expect(before[0] != after[0])
  }

  @Test func `minimises the likelihood, and keeps to its bounds`() throws {
    let rows = calibrated(temperature: 0.5, count: 500).utterances
    let best = try #require(Temperature(fitting: rows))
    func loss(_ temperature: Double) -> Double {
      Calibration(rows.map { Temperature(temperature).applied(to: $0) }).negativeLogLikelihood
    }
    #expect(
      loss(best.value) < loss(best.value * 1.05) && loss(best.value) < loss(best.value / 1.05))
    let right = (0..<9).map { prediction($0, 0.6, right: true) }
    let wrong = (0..<9).map { prediction($0, 0.6, right: false) }
    #expect(Temperature(fitting: right)?.value == 0.05)
    #expect(Temperature(fitting: wrong)?.value == 20)
    #expect(Temperature(fitting: [Prediction]()) == nil)
    let certain = (0..<9).map { prediction($0, 1, right: $0 > 1) }
    #expect(try #require(Temperature(fitting: certain)).value > 1)
  }

  @Test func `changes no prediction and needs a second fold`() throws {
    let sharp = calibrated(temperature: 0.5, count: 400)
    let scaled = try #require(TemperatureScaling(sharp)).scaled
    for (a, b) in zip(sharp.utterances, scaled.utterances) {
      #expect(a.predicted == b.predicted && b.probabilities.max() == b.probabilities[b.predicted])
      expectClose(Double(b.probabilities.reduce(0, +)), 1, relative: 0, absolute: 1e-6)
    }
    let one = (0..<30).map { prediction($0, 0.7, right: $0 % 3 > 0, speaker: $0 % 3) }
    #expect(TemperatureScaling(system([one])) == nil)
  }
}

@Suite struct `Risk and coverage` {
  @Test func `count the errors among the most confident (worked by hand)`() throws {
    // By falling confidence: right, wrong, right, right, wrong.
    let rows = zip([0.95, 0.9, 0.8, 0.7, 0.6], [true, false, true, true, false]).enumerated().map {
      prediction($0.offset, Float($0.element.0), right: $0.element.1, speaker: $0.offset % 2)
    }
    let curve = try #require(ConfidenceAnalysis(system([rows]))).riskCoverage
    expectClose(curve.area.value, (0 + 1 / 2.0 + 1 / 3.0 + 1 / 4.0 + 2 / 5.0) / 5)
    expectClose(curve.risks[19], 0)
    expectClose(curve.risks[39], 0.5)
    // 41 % of five utterances are rounded up to three.
    expectClose(curve.risks[40], 1 / 3.0)
    expectClose(curve.risks[99], 0.4)
    expectClose(curve.accuracyAt80.value, 0.75)
  }

  @Test func `share errors among equal confidences, in any order`() throws {
    let flat = (0..<10).map { prediction($0, 0.7, right: $0 < 6, speaker: $0 % 2) }
    let mixed = (0..<10).map { prediction($0, 0.7, right: $0 % 5 < 3, speaker: $0 % 2) }
    for rows in [flat, mixed] {
      let curve = try #require(ConfidenceAnalysis(system([rows]))).riskCoverage
      expectClose(curve.area.value, 0.4)
      #expect(curve.risks.allSatisfy { abs($0 - 0.4) < 1e-12 })
    }
  }

  @Test func `tell a system that knows its errors from one that does not`() throws {
    func area(_ confidence: (Bool) -> Float) throws -> Double {
      let rows = (0..<100).map { number in
        prediction(
          number, confidence(number % 4 > 0), right: number % 4 > 0, speaker: number % 5)
      }
      return try #require(ConfidenceAnalysis(system([rows]))).riskCoverage.area.value
    }
    let (knows, errs) = (try area { $0 ? 0.9 : 0.6 }, try area { $0 ? 0.6 : 0.9 })
    #expect(knows < 0.05 && errs > 0.5)
    expectClose(try area { _ in 0.8 }, 0.25)
  }
}

@Suite struct `The accuracy by epoch` {
  @Test func `is the mean and range of the cells that reached an epoch (worked by hand)`() throws {
    let course = try #require(
      EpochCourse(
        .scored,
        [(1, 1, [0.2, 0.6, 0.8]), (1, 2, [0.4, 0.5]), (2, 1, []), (2, 2, [.nan, 0.1])]))
    #expect(course.cells == 2 && course.seeds == [1] && course.folds == [1, 2])
    expectClose(course.epochs.map(\.mean), [0.3, 0.55, 0.8])
    #expect(course.epochs.map(\.least) == [0.2, 0.5, 0.8])
    #expect(course.epochs.map(\.greatest) == [0.4, 0.6, 0.8])
    #expect(course.epochs.map(\.cells) == [2, 2, 1])
    #expect(EpochCourse(.scored, []) == nil && EpochCourse(.scored, [(1, 1, [])]) == nil)
  }

  @Test func `tells the test utterances from the held-out speakers`() {
    func training(_ right: [Int], validation: [Double]?) -> Trajectory {
      Trajectory(
        seed: 1, fold: 1,
        matrices: right.map {
          ConfusionMatrix(classes: ["a", "b"], counts: [[$0, 10 - $0], [0, 10]])
        }, validation: validation)
    }
    func record(_ epoch: Int, _ accuracy: Double?) -> EpochRecord {
      EpochRecord(
        epoch: epoch, losses: LossTerms(), trainingAccuracy: 0.9, learningRate: 0.1,
        centerLearningRate: 0.1, gradientNorm: 1, validationAccuracy: accuracy, seconds: 1)
    }
    let courses = EpochCourse.all(
      trainings: [training([2, 8], validation: nil)],
      beside: [training([1, 6], validation: [0.3, 0.7])],
      logs: [(1, 1, [record(1, nil), record(2, nil)])])
    #expect(courses.map(\.part) == [.scored, .heldOut, .scoredBeside])
    expectClose(courses[0].epochs.map(\.mean), [0.6, 0.9])
    expectClose(courses[1].epochs.map(\.mean), [0.3, 0.7])
    expectClose(courses[2].epochs.map(\.mean), [0.55, 0.8])
    // Without trainings beside, a result's own held-out speakers are shown; without any, nothing.
    let own = EpochCourse.all(
      trainings: [], beside: [], logs: [(1, 1, [record(1, 0.4), record(2, 0.5)])])
    #expect(own.map(\.part) == [.heldOut])
    #expect(EpochCourse.all(trainings: [], beside: [], logs: [(1, 1, [record(1, nil)])]).isEmpty)
  }
}
