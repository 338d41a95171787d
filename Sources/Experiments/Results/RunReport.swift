// From results to what a report shows. Numbers come from Evaluation; here they only find their
// place.
import Corpora
import Evaluation
import Files
import Foundation
package import Reporting
import Settings
import Training

extension ExperimentRun {
  /// Draws the report of a run into `report` in its folder.
  ///
  /// - Returns: the paths of what was written.
  package func writeReport(_ options: ReportOptions = ReportOptions()) throws -> [String] {
    try requireOwnFolders(of: folder)
    let content = try reportContent(options)
    let list = "report/" + ChecksumList.fileName
    // While it is drawn it is not missed.
    try inventory.remove(list)
    let written = try Report.write(content, options, to: folder + "/report")
    try inventory.enter(list)
    return written
  }

  /// What the report says; maps only where they may be shown.
  package func reportContent(_ options: ReportOptions = ReportOptions()) throws -> ReportContent {
    let results = try results()
    try requireConsistency(results)
    let provenance = try provenance()
    return ReportContent(
      title: "Speech emotion recognition: EAM, FLAM and multi-loss learning",
      runName: experiment.name, createdAt: provenance.date,
      corpora: try results.map {
        try corpusReport(
          $0, hasMaps: options.mayInclude("fig-tsne") || options.mayInclude("tab-tsne"))
      },
      conformance: try conformance().flatMap(conformanceReport),
      provenance: try provenanceSections(provenance, results), settings: settingsSections(),
      notes: try notes(results))
  }

  private func corpusReport(_ result: CorpusResult, hasMaps: Bool) throws -> CorpusReport {
    let corpus = result.corpus
    let ledger = try TestLedger(run: folder).entries()
    var report = CorpusReport(
      name: corpus.name.rawValue, displayName: corpus.name.title, isSynthetic: result.isSynthetic,
      isIncomplete: corpus.isIncomplete, protocolText: protocolText(corpus),
      classes: corpus.classes, dataset: try dataSetReport(corpus),
      variants: try result.variants.map { variant in
        var report = variantReport(variant)
        report.cost = try cost(of: variant, corpus, ledger)
        if hasMaps { report.projection = try variant.projection() }
        return report
      },
      baselines: try baselineRows(result), judgement: try judgement(result),
      fingerprint: signature(of: corpus).fingerprint.map { "fp:" + $0.digest } ?? "")
    try addExamples(of: corpus, to: &report)
    return report
  }

  private func protocolText(_ corpus: Corpus) -> [String] {
    let choice = experiment.protocolSettings
    let folds = folds(of: corpus)
    let list =
      corpus.name == .ravdess ? " (fold list \"\(choice.ravdessFolds.rawValue)\")" : ""
    let selections = Set(experiment.variants.map(\.settings.training.selection.rawValue)).sorted()
    return [
      "\(folds.count) of \(corpus.foldNames.count) folds, speakers never shared between training "
        + "and test\(list).",
      choice.evaluateOn == .test
        ? "Scored on each fold's test utterances."
        : "Scored on speakers held out of the training fold; no test fold was touched.",
      "Seeds \(experiment.seeds.map(String.init).joined(separator: ", ")); evaluated weights: "
        + "\(selections.joined(separator: ", ")) epoch.",
    ]
  }

  private func dataSetReport(_ corpus: Corpus) throws -> DataSetReport {
    func counts(_ isIncluded: (Utterance) -> Bool) -> [Int] {
      corpus.classes.indices.map { label in
        corpus.utterances.count { $0.classIndex == label && isIncluded($0) }
      }
    }
    let sound = try audit(of: corpus.name)?.sound
    let names = Set(corpus.utterances.map(\.speaker)).sorted()
    let published = corpus.classes.map { corpus.expected.count(of: CountScope(label: $0)) }
    return DataSetReport(
      counts: counts { _ in true },
      publishedCounts: corpus.isSynthetic || published.contains(nil)
        ? nil : published.compactMap { $0 },
      speakers: names.map { speaker in
        DataSetReport.CountRow(speaker, counts { $0.speaker == speaker })
      },
      folds: corpus.foldNames.enumerated().map { index, name in
        DataSetReport.CountRow(name, counts { $0.fold == index + 1 })
      },
      excluded: CorpusInspection(corpus).exclusions.map {
        DataSetReport.Exclusion($0.reason, $0.count)
      },
      fingerprint: corpus.fingerprint,
      speakerLengths: sound.map { sound in names.map { length($0, sound.speakers) } } ?? [],
      classLengths: sound.map { sound in corpus.classes.map { length($0, sound.classes) } } ?? [])
  }

  private func length(_ name: String, _ groups: [SoundAudit.Group]) -> CorpusOverview.Length? {
    groups.first { $0.name == name }.map {
      CorpusOverview.Length(
        mean: $0.duration.mean, deviation: $0.duration.deviation, least: $0.duration.least,
        greatest: $0.duration.greatest)
    }
  }

  private func variantReport(_ variant: VariantResult) -> VariantReport {
    let terms = variant.settings.loss.terms
    return VariantReport(
      name: variant.name,
      augmentation: variant.settings.augmentation.mixup == .none
        ? "no mixup" : variant.settings.augmentation.mixup.rawValue.uppercased(),
      pooling: variant.settings.model.pooling == .flam
        ? "FLAM" : variant.settings.model.pooling.rawValue + " pooling",
      losses: terms.map(\.label).joined(separator: " + "),
      scores: variant.summary,
      curves: variant.logs.map { log in
        TrainingCurve(
          seed: log.seed, fold: log.fold, epochs: log.epochs.map { curvePoint($0, terms) })
      },
      projection: nil)
  }

  private func curvePoint(_ record: EpochRecord, _ terms: [LossTerm]) -> TrainingCurve.Epoch {
    TrainingCurve.Epoch(
      epoch: record.epoch, total: record.losses.total,
      losses: Dictionary(terms.map { ($0, record.losses[$0]) }) { $1 },
      learningRate: record.learningRate, gradientNorm: record.gradientNorm,
      trainAccuracy: record.trainingAccuracy)
  }
}
