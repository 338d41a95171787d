// The report's pages on how far the numbers can be trusted. `Evaluation` computes the values.
import Corpora
import Evaluation
import Files
import Judging
import Reporting
import Runs

extension RunReport {
  func judgement(_ result: CorpusResult) throws -> JudgementReport {
    let name = result.corpus.corpus
    let systems = result.variants.compactMap(\.predictions)
    var report = JudgementReport(
      signature: result.signature.text, analyses: try result.analyses(),
      comparisons: try result.comparisons(),
      selections: result.variants.map { ($0.name, $0.selection) },
      looks: try TestLedger(run: run.folder).counts().filter { $0.corpus == name }.map {
        JudgementReport.Looks(
          fold: $0.fold, result: $0.result, trajectory: $0.trajectory, companion: $0.companion)
      },
      claims: result.isSynthetic ? [] : printedClaims(of: result),
      audits: try run.audit(of: result.corpus.corpus)?.tables ?? [])
    report.leaks = try run.audit(of: result.corpus.corpus)?.leaks.count
    report.gate = gate(result)
    report.components = [Metric.unweightedAverageRecall, .accuracy].map {
      result.componentClaims($0)
    }.filter { $0.count { $0.comparison != nil } > 1 }
    report.pairs = result.pairs()
    report.confidences = try result.confidences()
    report.courses = result.variants.map { ($0.name, $0.courses) }.filter { !$0.1.isEmpty }
    report.recalls = systems.map { ($0.system, $0.classRecalls()) }
    if let first = systems.first {
      report.speakers = first.speakerIntervals()
      report.errors = UtteranceErrors(first, beside: Array(systems.dropFirst()))
      report.notes = result.corpus.notes
      let groupings = result.corpus.groupings(of: first)
      report.groups = systems.map {
        GroupScores.all(of: $0, by: groupings, hasSpeakers: result.corpus.hasSpeakers)
      }
      report.differences = systems.dropFirst().filter { first.hasSameUtterances(as: $0) }
        .map { ConfusionDifference(first, $0) }
    }
    if !result.isSynthetic,
      let recorded = references.speakers.first(where: { $0.corpus == name }),
      !baselineRows(result).contains(where: { $0.isSame && $0.name == recorded.baseline })
    {
      report.recordedName = recorded.baseline
      report.recordedSpeakers = recorded.accuracies.map {
        SystemAnalysis.Named(name: $0.name, value: $0.value)
      }
    }
    return report
  }

  /// The printed figures of a corpus beside this run's full system.
  private func printedClaims(of result: CorpusResult) -> [ClaimRow] {
    let name = result.corpus.corpus
    let published = references.baselines.filter {
      $0.kind == .published && $0.signature.corpus == name
    }
    let own = result.claimant.map {
      RunScores(system: $0.name, signature: result.signature, summary: $0.summary)
    }
    return ClaimRow.rows(
      published, systems: own.map { [$0] } ?? [], classCounts: publishedClassCounts)
  }
}
