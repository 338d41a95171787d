// This run beside recorded baselines, as far as the protocols agree.
package import Corpora
package import Evaluation
import Files
import Foundation
import Reporting
import Settings

extension ExperimentRun {
  /// Sets the run beside baselines; only real corpora, since nothing made from SYNTHETIC speech
  /// stands beside a recorded number.
  package func comparison(with baselines: [Baseline]) throws -> Comparison {
    let real = try results().filter { !$0.isSynthetic }
    return Comparison(
      run: real.flatMap { result in
        result.variants.map {
          RunScores(
            system: $0.name, signature: signature(of: result, $0), summary: $0.summary)
        }
      }, baselines: baselines)
  }

  /// The rules under which a corpus was scored in this run.
  package func signature(of corpus: Corpus) -> ProtocolSignature {
    ProtocolSignature(
      corpus: corpus.id, foldList: corpus.foldList.name, folds: corpus.foldNames.count,
      classes: corpus.classes, utterances: corpus.utterances.count,
      evaluateOn: experiment.protocolSettings.evaluateOn.rawValue,
      synthetic: corpus.isSynthetic, incomplete: corpus.isIncomplete,
      fingerprint: fingerprint(of: corpus))
  }

  /// The rules under which a system was scored, with the identity of what was scored: that of its predictions
  /// where it has all folds, else that of the corpus.
  package func signature(of result: CorpusResult, _ variant: VariantResult) -> ProtocolSignature {
    var signature = signature(of: result.corpus)
    let folds = result.corpus.foldNames.count
    guard let predictions = variant.predictions, variant.summary.expectedFolds.count == folds else {
      return signature
    }
    signature.utterances = predictions.utterances.count
    signature.fingerprint = predictions.fingerprint(
      folds: folds, exclusions: exclusions(of: result.corpus), evaluateOn: signature.evaluateOn)
    return signature
  }

  /// What a corpus has and the protocol does not score. Files that are no clips of the corpus do not count:
  /// they change with the machine, not with the protocol.
  private func exclusions(of corpus: Corpus) -> [String] {
    corpus.exclusions.compactMap {
      if case .unusedLabel(let label) = $0.reason { return "\($0.subject),\(label)" }
      return nil
    }
  }

  /// The identity of that protocol.
  private func fingerprint(of corpus: Corpus) -> ProtocolFingerprint {
    ProtocolFingerprint(
      items: corpus.utterances.map {
        ProtocolFingerprint.Item(id: $0.id, label: $0.label, fold: $0.fold, speaker: $0.speaker)
      },
      classes: corpus.classes, exclusions: exclusions(of: corpus),
      evaluateOn: experiment.protocolSettings.evaluateOn.rawValue)
  }

  /// The baselines of a corpus as the report shows them; none for SYNTHETIC speech.
  func baselineRows(_ result: CorpusResult) throws -> [BaselineRow] {
    guard !result.isSynthetic else { return [] }
    let own = signature(of: result.corpus)
    return try BaselineFile.load(folder: baselinesFolder())
      .filter { $0.signature.corpus == own.corpus }
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
