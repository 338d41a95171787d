// Recorded results in the report.
import Evaluation
import Files
import Foundation
import Randomness
import Reporting
import Runs

extension RunReport {
  /// The baselines of a corpus as table rows; none for SYNTHETIC speech.
  func baselineRows(_ result: CorpusResult) -> [BaselineRow] {
    guard !result.isSynthetic else { return [] }
    let own = result.signature
    return references.baselines.filter { $0.signature.corpus == own.corpus }
      .map { baseline in
        let reasons: [String] =
          switch own.comparability(with: baseline.signature) {
          case .comparable: []
          case .shownOnly(let reasons): reasons
          case .refused(let reason): [reason]
          }
        func share(_ metric: Metric) -> Double? {
          baseline.figures.first { $0.metric == metric }?.percent.map { $0 / 100 }
        }
        var row = BaselineRow(
          name: baseline.name,
          source: baseline.source.map { source in
            [source.paper, source.place].compactMap { $0 }.joined(separator: ", ")
          } ?? "measured, \(baseline.measurement?.summary.completeness ?? "0") cells",
          origin: baseline.kind == .published ? .paper : .measured,
          accuracy: share(.accuracy), unweightedAverageRecall: share(.unweightedAverageRecall),
          isComparable: reasons.isEmpty, whyNot: reasons.joined(separator: "; "),
          folds: baseline.measurement.map { recalls(of: $0.summary) } ?? [])
        row.isSame = reasons.isEmpty && isSame(baseline, as: result)
        return row
      }
  }

  /// Whether a recorded result has the classes of the run's system of its name for every utterance
  /// and seed: it was recorded from this run, or from one with the same predictions.
  private func isSame(_ baseline: Baseline, as result: CorpusResult) -> Bool {
    guard let recorded = baseline.measurement?.predictions?.sha256,
      let own = result.variants.first(where: { $0.name == baseline.system })?.predictions
    else { return false }
    return sha256(Data(Baseline.predictionsTable(own).text.utf8)) == recorded
  }

  /// Each system against the last recorded result of its name and protocol, by the recorded rule.
  func gate(_ result: CorpusResult) -> [JudgementReport.GateRow] {
    guard !result.isSynthetic else { return [] }
    return result.variants.compactMap { variant in
      let recorded = references.baselines.filter {
        $0.kind == .measured && $0.system == variant.name
          && result.signature(of: variant).comparability(with: $0.signature) == .comparable
      }
      // ISO dates; of equal ones the first.
      let date = recorded.compactMap(\.measurement?.provenance.date).max()
      guard let last = recorded.first(where: { $0.measurement?.provenance.date == date }) else {
        return nil
      }
      let rule = last.measurement?.margin
      let gate = Gate(
        metric: rule?.metric ?? .unweightedAverageRecall, margin: (rule?.points ?? 1) / 100,
        confidence: rule?.confidence ?? 0.95, isSealed: false)
      // A run keeps the figures of recorded results and the checksums of their predictions. Equal
      // checksums mean that the predictions are this run's own.
      let isUnchanged = isSame(last, as: result)
      let candidate = Gate.Candidate(
        system: variant.name, signature: result.signature(of: variant), summary: variant.summary,
        predictions: variant.predictions)
      return JudgementReport.GateRow(
        result: gate.judge(
          candidate, against: last, recorded: isUnchanged ? variant.predictions : nil,
          random: RandomStream(seed: 0).split("gate").split(last.name)),
        isUnchanged: isUnchanged)
    }
  }

  private func recalls(of summary: ScoreSummary)
    -> [(fold: Int, unweightedAverageRecall: Double)]
  {
    let values = summary.perFold(.unweightedAverageRecall)?.values ?? []
    return zip(summary.expectedFolds, values).map { ($0, $1) }
  }
}
