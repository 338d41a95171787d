// Recorded results in the report.
import Evaluation
import Foundation
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
        return BaselineRow(
          name: baseline.name,
          source: baseline.source.map { source in
            [source.paper, source.place].compactMap { $0 }.joined(separator: ", ")
          } ?? "measured, \(baseline.measurement?.summary.completeness ?? "0") cells",
          origin: baseline.kind == .published ? .paper : .measured,
          accuracy: share(.accuracy), unweightedAverageRecall: share(.unweightedAverageRecall),
          isComparable: reasons.isEmpty, whyNot: reasons.joined(separator: "; "),
          folds: baseline.measurement.map { recalls(of: $0.summary) } ?? [])
      }
  }

  private func recalls(of summary: ScoreSummary)
    -> [(fold: Int, unweightedAverageRecall: Double)]
  {
    let values = summary.perFold(.unweightedAverageRecall)?.values ?? []
    return zip(summary.expectedFolds, values).map { ($0, $1) }
  }
}
