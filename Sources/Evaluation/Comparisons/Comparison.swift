// A run's scores beside recorded baselines, as far as the protocols agree. A table as a value: what
// draws or prints it comes after. No test of significance is made here.

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

/// A run set beside baselines.
package struct Comparison: Codable, Hashable, Sendable {
  /// One per system of the run, baseline of the same corpus, and figure.
  package let rows: [Row]

  package struct Row: Codable, Hashable, Sendable {
    package let corpus: String
    package let synthetic: Bool
    /// The run's system.
    package let system: String
    /// Its cells: "18 of 18".
    package let cells: String
    package let baseline: String
    package let kind: Baseline.Kind
    package let metric: Metric
    /// How both figures are made of folds; `pooled` if the baseline does not state it.
    package let averaging: Baseline.Averaging
    /// The run's figure, per cent, mean over complete seeds; nil if there is none.
    package let ours: Double?
    /// Its deviation over seeds (`pooled`) or folds: a spread, not an error bar.
    package let spread: Double?
    /// The baseline's figure, per cent; nil if not recorded, or refused.
    package let theirs: Double?
    /// `ours - theirs`, points; nil unless the protocols agree and both are there.
    package let difference: Double?
    /// Whether and why not the figures compare.
    package let comparability: Comparability
    /// The protocols in one line each, with their fingerprints.
    package let signature: String
    package let baselineSignature: String
    /// What the reader should know beside that.
    package let caveats: [String]
  }

  /// Sets each of `run` beside each of `baselines` that has the same corpus.
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
