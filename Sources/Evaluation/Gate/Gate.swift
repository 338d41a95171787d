// Did a change of the code change the result? The gate compares one system with one baseline. It
// first checks that the test utterances are the same. Then speakers do not matter, and seeds are
// the only noise. A published figure has no seeds; then folds are the noise.
package import Randomness
import Statistics

/// The rule of a comparison.
package struct Gate: Hashable, Sendable {
  package var metric: Metric
  /// δ as a share: 0.01 is one point.
  package var margin: Double
  /// Confidence of the two-sided interval. At 0.95, at most 1 check in 40 calls an unchanged
  /// program worse.
  package var confidence: Double
  /// A gain that is surely above this share raises an alarm.
  package var suspiciousGain: Double
  /// Whether the baseline's file protects the margin with a checksum.
  package var isSealed: Bool

  package init(
    metric: Metric, margin: Double, confidence: Double = 0.95, suspiciousGain: Double? = nil,
    isSealed: Bool = true
  ) {
    self.isSealed = isSealed
    self.metric = metric
    self.margin = margin
    self.confidence = confidence
    self.suspiciousGain = suspiciousGain ?? 3 * margin
  }

  /// The data that the gate needs about one system of a run.
  package struct Candidate: Sendable {
    package var system: String
    package var signature: ProtocolSignature
    package var summary: ScoreSummary
    /// Predictions of the complete seeds.
    package var predictions: SystemPredictions?

    package init(
      system: String, signature: ProtocolSignature, summary: ScoreSummary,
      predictions: SystemPredictions?
    ) {
      self.system = system
      self.signature = signature
      self.summary = summary
      self.predictions = predictions
    }
  }

  /// Compares `candidate` with `baseline`.
  ///
  /// - Parameter recorded: the baseline's predictions, if they are kept.
  package func judge(
    _ candidate: Candidate, against baseline: Baseline, recorded: SystemPredictions?,
    random: RandomStream
  ) -> GateResult {
    var result = GateResult(candidate, baseline, self)
    let reasons =
      reasonsAgainst(candidate, baseline) + differences(candidate, baseline, recorded)
    guard reasons.isEmpty else {
      result.conclude(.incomparable, because: reasons)
      return result
    }
    if let measurement = baseline.measurement {
      judgeBySeeds(candidate, measurement, recorded, random, &result)
    } else {
      judgeByFolds(candidate, baseline, &result)
    }
    return result
  }

  /// Why the two cannot be compared; empty if they can.
  private func reasonsAgainst(_ candidate: Candidate, _ baseline: Baseline) -> [String] {
    var reasons: [String] =
      switch candidate.signature.comparability(with: baseline.signature) {
      case .comparable: []
      case .shownOnly(let reasons): reasons
      case .refused(let reason): [reason]
      }
    if baseline.kind == .measured,
      candidate.signature.fingerprint == nil || baseline.signature.fingerprint == nil
    {
      reasons.append(
        """
        the baseline has no protocol fingerprint: it was recorded by an older program; record it \
        again
        """
      )
    }
    let summary = candidate.summary
    if let folds = baseline.signature.folds, summary.expectedFolds.count != folds {
      reasons.append("only \(summary.expectedFolds.count) of \(folds) folds were run")
    }
    if !summary.isComplete {
      reasons.append("only \(summary.completeness) cells are finished; finish the run")
    }
    return reasons
  }

  /// How the utterances of the two differ: one by one if both keep them, otherwise by fold and
  /// class.
  private func differences(
    _ candidate: Candidate, _ baseline: Baseline, _ recorded: SystemPredictions?
  ) -> [String] {
    guard let measurement = baseline.measurement else { return [] }
    if let own = candidate.predictions, let recorded {
      return own.differences(from: recorded)
    }
    let folds = measurement.folds.sorted()
    guard candidate.summary.expectedFolds == folds else {
      return [
        "other folds: "
          + candidate.summary.expectedFolds.map(String.init).joined(separator: " ") + " vs "
          + folds.map(String.init).joined(separator: " ")
      ]
    }
    let theirs = measurement.summary
    return folds.compactMap { fold in
      let (own, others) = (candidate.summary.supports(fold: fold), theirs.supports(fold: fold))
      return own == others || own.isEmpty
        ? nil : "fold \(fold) has other numbers of utterances of the classes: \(own) vs \(others)"
    }
  }

  // MARK: Every fold and seed is known

  private func judgeBySeeds(
    _ candidate: Candidate, _ baseline: Baseline.Measurement, _ recorded: SystemPredictions?,
    _ random: RandomStream, _ result: inout GateResult
  ) {
    let blocks = SeedBlocks(
      candidate: candidate.summary.scoresByFold(metric),
      baseline: baseline.summary.scoresByFold(metric))
    let estimate = blocks.welch(level: confidence)
    result.test = estimate.method
    let looked =
      candidate.predictions != nil && recorded != nil
      ? "the test utterances are the same on both sides "
        + "(\(recorded?.utterances.count ?? 0) were held to each other)"
      : "fingerprints and class counts of each fold are equal (the baseline keeps no utterances)"
    result.reason =
      looked + ", so seeds are the only noise; the same seed in two programs is no pair"
    result.difference = estimate
    result.permutation = blocks.permutationTest(random: random.split("permutation"))
    result.seedDeviation = blocks.seedDeviation?.value
    let (n, m) = (candidate.summary.completeSeeds.count, baseline.seeds.count)
    result.detectable = detectable(blocks, n, m)
    if let own = candidate.predictions, let recorded {
      result.compare(own, recorded)
      if result.isIdentical {
        return result.conclude(
          .pass,
          because: [
            "every utterance of every seed has the same class as in the baseline: "
              + "nothing changed"
          ])
      }
    }
    guard let interval = estimate.interval else {
      return result.conclude(
        .inconclusive, because: ["neither side has two seeds, so the noise is not known"])
    }
    conclude(interval, &result)
    if result.verdict == .inconclusive {
      result.seedsNeeded = (1...200).first { (detectable(blocks, $0, m) ?? .infinity) <= margin }
      result.seedsNeededOnBothSides =
        (2...200).first { (detectable(blocks, $0, $0) ?? .infinity) <= margin }
    }
  }

  /// The loss that this many seeds would detect 8 times in 10.
  private func detectable(_ blocks: SeedBlocks, _ n: Int, _ m: Int) -> Double? {
    let freedom = blocks.candidate.count * max(0, n + m - 2)
    guard freedom > 0, let error = blocks.standardError(candidateSeeds: n, baselineSeeds: m) else {
      return nil
    }
    return minimumDetectableEffect(
      standardError: error, degreesOfFreedom: Double(freedom), alpha: 1 - confidence)
  }

  // MARK: Only a figure is known

  private func judgeByFolds(
    _ candidate: Candidate, _ baseline: Baseline, _ result: inout GateResult
  ) {
    guard let figure = baseline.figures.first(where: { $0.metric == metric }),
      let published = figure.percent
    else {
      return result.conclude(
        .incomparable, because: ["the baseline records no \(metric.abbreviation)"])
    }
    guard figure.averaging != .meanOverSpeakers || candidate.signature.foldList == "speaker",
      let folds = candidate.summary.perFold(metric), folds.values.count > 1
    else {
      return result.conclude(
        .incomparable, because: ["ours is not averaged as the published figure is"])
    }
    let t = CorrelatedT(
      differences: folds.values.map { $0 - published / 100 },
      testShare: 1 / Double(folds.values.count - 1))
    let estimate = t.estimate(level: confidence)
    result.test = estimate.method
    result.reason =
      "only the figure is published; it is treated as exact, and our folds are the noise"
    result.difference = estimate
    result.detectable = minimumDetectableEffect(
      standardError: t.standardError, degreesOfFreedom: Double(t.folds - 1), alpha: 1 - confidence)
    guard let interval = estimate.interval else { return }
    conclude(interval, &result)
  }

  // MARK: The verdict

  /// The verdict for an interval of the difference: `too-good` if it lies above the suspicious
  /// gain, `pass` if it lies above -δ, `regressed` if it lies below 0, otherwise `inconclusive`.
  func verdict(of interval: Estimate.Interval) -> Verdict {
    if interval.lower > suspiciousGain { return .tooGood }
    if interval.lower > -margin { return .pass }
    return interval.upper < 0 ? .regressed : .inconclusive
  }

  private func conclude(_ interval: Estimate.Interval, _ result: inout GateResult) {
    let range = "\(points(interval.lower)) to \(points(interval.upper)) points"
    let verdict = verdict(of: interval)
    let reason =
      switch verdict {
      case .tooGood:
        "the gain, \(range), is surely above \(points(suspiciousGain)): look for a leak "
          + "(reprise corpora audit) before recording it as a new baseline"
      case .pass:
        "\(range) lies above the margin, \(points(-margin))"
          + (interval.upper < 0 ? "; there is a loss, within the margin" : "")
      case .regressed: "\(range) lies below 0"
      case .inconclusive, .incomparable:
        "\(range) holds both no loss and one beyond the margin, \(points(-margin))"
      }
    result.conclude(verdict, because: [reason])
  }
}

/// A share as signed points.
func points(_ share: Double) -> String {
  (share < 0 ? "-" : "+") + fixed(abs(100 * share), digits: 2)
}

extension ScoreSummary {
  /// The number of utterances of each class in a fold, from the fold's first cell.
  func supports(fold: Int) -> [Int] {
    cells.first { $0.fold == fold }.map { cell in
      cell.matrix.classes.indices.map { cell.matrix.support($0) }
    } ?? []
  }

  /// The figure of each complete seed on each fold, `[folds][seeds]`.
  package func scoresByFold(_ metric: Metric) -> [[Double]] {
    expectedFolds.map { fold in
      cells.filter { $0.fold == fold && completeSeeds.contains($0.seed) }
        .map { ClassificationScores($0.matrix)[metric] }
    }
  }
}
