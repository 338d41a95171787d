// One comparison of the gate as a value: what was compared, how, and the outcome.
package import Statistics

/// One system compared with one baseline. In shares, not points.
package struct GateResult: Codable, Hashable, Sendable {
  package let corpus: String
  package let system: String
  package let baseline: String
  package let metric: Metric
  package let margin: Double
  package let confidence: Double
  /// The origin of margin, metric and confidence, in words.
  package let marginRule: String
  package let evidence: Baseline.Evidence
  /// The protocols, one line each.
  package let signature: String
  package let baselineSignature: String
  package let seeds: [Int]
  package let baselineSeeds: [Int]
  /// Mean over folds of the mean over seeds; nil if nothing is complete.
  package let value: Double?
  package let recorded: Double?
  package internal(set) var verdict = Verdict.incomparable
  /// The reasons for the verdict.
  package internal(set) var because: [String] = []
  /// The name of the test, and why it was chosen.
  package internal(set) var test: String?
  package internal(set) var reason: String?
  package internal(set) var difference: Estimate?
  package internal(set) var permutation: TestOutcome?
  /// Standard deviation over seeds of one fold's figure.
  package internal(set) var seedDeviation: Double?
  /// The loss that would be detected 8 times in 10.
  package internal(set) var detectable: Double?
  /// How many seeds would give a decision: on the run's side, and on both sides. Nil beyond 200.
  package internal(set) var seedsNeeded: Int?
  package internal(set) var seedsNeededOnBothSides: Int?
  /// The seeds that both sides have, and how many of their utterances are classified differently.
  package internal(set) var commonSeeds: [Int] = []
  package internal(set) var changedDecisions: Int?
  package internal(set) var comparedDecisions: Int?
  /// Slow loss over the history of runs.
  package internal(set) var drift: Drift?

  init(_ candidate: Gate.Candidate, _ baseline: Baseline, _ gate: Gate) {
    corpus = candidate.signature.corpus
    system = candidate.system
    self.baseline = baseline.name
    metric = gate.metric
    margin = gate.margin
    confidence = gate.confidence
    marginRule = Self.rule(gate, baseline)
    evidence = baseline.evidence
    signature = candidate.signature.text
    baselineSignature = baseline.signature.text
    seeds = candidate.summary.completeSeeds
    baselineSeeds = baseline.measurement?.seeds ?? []
    value = candidate.summary.perFold(gate.metric)?.mean
    recorded =
      baseline.measurement?.summary.perFold(gate.metric)?.mean
      ?? baseline.figures.first { $0.metric == gate.metric }?.percent.map { $0 / 100 }
  }

  /// The result for a baseline of which the run has no counterpart.
  package init(
    missing system: String, for baseline: Baseline, _ gate: Gate, reasons: [String]
  ) {
    corpus = baseline.signature.corpus
    self.system = system
    self.baseline = baseline.name
    metric = gate.metric
    margin = gate.margin
    confidence = gate.confidence
    evidence = baseline.evidence
    signature = "–"
    baselineSignature = baseline.signature.text
    seeds = []
    baselineSeeds = baseline.measurement?.seeds ?? []
    value = nil
    recorded = baseline.measurement?.summary.perFold(gate.metric)?.mean
    because = reasons
    marginRule = Self.rule(gate, baseline)
  }

  /// Only a margin that the baseline records was fixed before the comparison.
  private static func rule(_ gate: Gate, _ baseline: Baseline) -> String {
    guard let recorded = baseline.measurement?.margin else {
      return "the baseline records none: chosen for this check"
    }
    let isRecorded =
      gate.metric == recorded.metric && abs(100 * gate.margin - recorded.points) < 1e-9
      && gate.confidence == recorded.confidence
    return isRecorded
      ? gate.isSealed
        ? "fixed before the comparison"
        : "recorded, in a file without a checksum: whether before the comparison cannot be seen"
      : """
      asked for in this check; recorded are \(fixed(recorded.points, digits: 2)) points of \
      \(recorded.metric.abbreviation), \(fixed(100 * recorded.confidence, digits: 2)) % interval
      """
  }

  mutating func conclude(_ verdict: Verdict, because reasons: [String]) {
    self.verdict = verdict
    because = reasons
  }

  /// Whether every utterance of every seed is classified as in the baseline.
  var isIdentical: Bool { changedDecisions == 0 && commonSeeds == seeds }

  mutating func compare(_ own: SystemPredictions, _ recorded: SystemPredictions) {
    guard own.hasSameUtterances(as: recorded) else { return }
    let pairs = own.seeds.compactMap { seed in
      recorded.seeds.first { $0.seed == seed.seed }.map { (seed, $0) }
    }
    guard !pairs.isEmpty else { return }
    commonSeeds = pairs.map(\.0.seed)
    comparedDecisions = pairs.reduce(0) { $0 + $1.0.predictions.count }
    changedDecisions = pairs.reduce(0) { sum, pair in
      sum + zip(pair.0.predictions, pair.1.predictions).count { $0.predicted != $1.predicted }
    }
  }

  /// Takes the history into account. A loss beyond the margin is a regression, even if each step
  /// was small.
  package mutating func take(_ drift: Drift?) {
    self.drift = drift
    guard let drift, drift.loss > margin, verdict == .pass || verdict == .inconclusive else {
      return
    }
    conclude(
      .regressed,
      because: [
        "over \(drift.runs) runs the mean fell by \(points(-drift.loss)) points since "
          + "\(drift.since), beyond the margin, though no single step may have"
      ] + because)
  }
}

/// The verdict on a whole run.
package struct GateReport: Codable, Hashable, Sendable {
  package let run: String
  package let verdict: Verdict
  package let results: [GateResult]

  package init(run: String, results: [GateResult]) {
    self.run = run
    self.results = results
    verdict = Verdict.worst(of: results.map(\.verdict))
  }
}
