// A run's scores beside recorded baselines. A difference is given only if the protocols agree. This
// is a table as a value; other code draws or prints it. It makes no significance test.

/// The scores of one variant on one corpus.
package struct RunScores: Hashable, Sendable {
  /// The variant's name.
  package var system: String
  package var signature: ProtocolSignature
  package var summary: ScoreSummary

  package init(system: String, signature: ProtocolSignature, summary: ScoreSummary) {
    self.system = system
    self.signature = signature
    self.summary = summary
  }
}

/// A run compared with baselines.
package struct Comparison: Codable, Hashable, Sendable {
  /// One row per system of the run, baseline of the same corpus, and metric.
  package let rows: [Row]

  package struct Row: Codable, Hashable, Sendable {
    package let corpus: String
    package let synthetic: Bool
    /// The run's system.
    package let system: String
    /// Its finished cells, such as "18 of 18".
    package let cells: String
    package let baseline: String
    package let kind: Baseline.Kind
    package let metric: Metric
    /// How both figures average folds; `pooled` if the baseline does not say.
    package let averaging: Baseline.Averaging
    /// The run's figure in per cent, mean over complete seeds; nil if no seed is complete.
    package let ours: Double?
    /// Its standard deviation over seeds (`pooled`) or folds. It is a spread, not an error bar.
    package let spread: Double?
    /// The baseline's figure in per cent; nil if it is not recorded or the comparison is refused.
    package let theirs: Double?
    /// `ours - theirs` in points; nil unless the protocols agree and both figures exist.
    package let difference: Double?
    /// Whether the figures can be compared, and why not.
    package let comparability: Comparability
    /// The protocols, one line each, with their fingerprints.
    package let signature: String
    package let baselineSignature: String
    /// Other facts that the reader should know.
    package let caveats: [String]
  }

  /// Compares each system of `run` with each baseline of the same corpus.
  package init(run: [RunScores], baselines: [Baseline]) {
    rows = run.flatMap { scores in
      baselines.filter { $0.signature.corpus == scores.signature.corpus }.flatMap { baseline in
        baseline.figures.map { Self.row(scores, baseline, $0) }
      }
    }
  }

  private static func row(
    _ run: RunScores, _ baseline: Baseline, _ figure: Baseline.QuotedScore
  ) -> Row {
    var comparability = run.signature.comparability(with: baseline.signature)
    var caveats: [String] = []
    let summary = run.summary
    var reasons: [String] = []
    if let folds = run.signature.folds, summary.expectedFolds.count != folds {
      reasons.append("only \(summary.expectedFolds.count) of \(folds) folds were run")
    }
    let ours: Spread?
    switch figure.averaging {
    case .pooled: ours = summary.pooled(figure.metric)
    case .notStated:
      ours = summary.pooled(figure.metric)
      caveats.append("the baseline does not state how folds are averaged; ours is pooled")
    case .meanOverFolds: ours = summary.perFold(figure.metric)
    case .meanOverSpeakers:
      ours = run.signature.foldList == "speaker" ? summary.perFold(figure.metric) : nil
      if ours == nil { reasons.append("ours is not averaged over speakers") }
    }
    if !summary.isComplete {
      caveats.append("\(summary.completeness) cells; only complete seeds count")
    }
    switch comparability {
    case .comparable where !reasons.isEmpty: comparability = .shownOnly(reasons: reasons)
    case .shownOnly(let others): comparability = .shownOnly(reasons: reasons + others)
    default: break
    }
    var theirs = figure.percent
    if case .refused = comparability { theirs = nil }
    var difference: Double?
    if comparability == .comparable, let ours, let theirs { difference = 100 * ours.mean - theirs }
    return Row(
      corpus: run.signature.corpus, synthetic: run.signature.synthetic, system: run.system,
      cells: summary.completeness, baseline: baseline.name, kind: baseline.kind,
      metric: figure.metric,
      averaging: figure.averaging == .notStated ? .pooled : figure.averaging,
      ours: ours.map { 100 * $0.mean }, spread: ours?.standardDeviation.map { 100 * $0 },
      theirs: theirs, difference: difference, comparability: comparability,
      signature: run.signature.text, baselineSignature: baseline.signature.text, caveats: caveats)
  }
}
