// The pages on how far the numbers can be trusted: values of Evaluation, put into their places.
import Corpora
import Evaluation
import Files
import Reporting

extension ExperimentRun {
  func judgement(_ result: CorpusResult) throws -> JudgementReport {
    let name = result.corpus.name.rawValue
    let systems = result.variants.compactMap(\.predictions)
    var report = JudgementReport(
      signature: signature(of: result.corpus).text, analyses: try result.analyses(),
      comparisons: try result.comparisons(),
      selections: result.variants.map { ($0.name, $0.selection) },
      looks: try TestLedger(run: folder).counts().filter { $0.corpus == name }.map {
        JudgementReport.Looks(
          fold: $0.fold, result: $0.result, trajectory: $0.trajectory, companion: $0.companion)
      },
      claims: result.isSynthetic ? [] : try printedClaims(of: result),
      audits: try audit(of: result.corpus.name)?.tables ?? [])
    report.components = [Metric.unweightedAverageRecall, .accuracy].map {
      result.componentClaims($0)
    }.filter { $0.count { $0.comparison != nil } > 1 }
    report.recalls = systems.map { ($0.system, $0.classRecalls()) }
    if let first = systems.first {
      report.differences = systems.dropFirst().filter { first.hasSameUtterances(as: $0) }
        .map { ConfusionDifference(first, $0) }
    }
    if let (name, speakers) = try recordedSpeakers(result) {
      (report.recordedName, report.recordedSpeakers) = (name, speakers)
    }
    return report
  }

  /// WA of each speaker under the first recorded result of the same protocol that keeps its predictions.
  private func recordedSpeakers(_ result: CorpusResult) throws
    -> (String, [SystemAnalysis.Named])?
  {
    guard !result.isSynthetic else { return nil }
    let own = signature(of: result.corpus)
    for baseline in try BaselineFile.load(folder: baselinesFolder()) {
      guard case .comparable = own.comparability(with: baseline.signature),
        let predictions = try baseline.predictions(in: baselinesFolder())
      else { continue }
      return (baseline.name, predictions.speakerAccuracies())
    }
    return nil
  }

  /// The recorded printed figures of a corpus beside this run's full system.
  private func printedClaims(of result: CorpusResult) throws -> [ClaimRow] {
    let name = result.corpus.name.rawValue
    let published = try BaselineFile.load(folder: baselinesFolder())
      .filter { $0.kind == .published && $0.signature.corpus == name }
    let own = result.claimant.map {
      RunScores(system: $0.name, signature: signature(of: result.corpus), summary: $0.summary)
    }
    return ClaimRow.rows(
      published, systems: own.map { [$0] } ?? [], classCounts: publishedClassCounts)
  }
}
