// Turns a run's record into the content of its report. `Evaluation` and `Judging` compute the
// numbers; this module arranges them. It reads nothing outside the run's folder.
import Corpora
import Evaluation
import Experiments
import Files
import Foundation
import Judging
package import Reporting
package import Runs
import Settings

/// The report of a recorded run.
package struct RunReport {
  let run: RecordedRun
  let results: [CorpusResult]
  /// The recorded results shown beside the run.
  let references: RunReferences

  /// - Parameters:
  ///   - results: the results of the run.
  ///   - references: the results to show beside the run; by default those stored with the run.
  /// - Throws: `FileError` if a stored file cannot be read.
  package init(
    of run: RecordedRun, _ results: [CorpusResult], beside references: RunReferences? = nil
  ) throws {
    (self.run, self.results) = (run, results)
    self.references = try references ?? RunReferences(ofRun: run.folder) ?? RunReferences()
  }

  /// Draws the report into the folder `report` of the run.
  ///
  /// - Returns: the paths of the written files.
  package func write(_ options: ReportOptions = ReportOptions()) throws -> [String] {
    try requireOwnFolders(of: run.folder)
    return try write(content(options), options)
  }

  /// Draws a report that is already composed.
  package func write(
    _ content: ReportContent, _ options: ReportOptions = ReportOptions()
  ) throws -> [String] {
    try requireOwnFolders(of: run.folder)
    let list = "report/" + ChecksumList.fileName
    // The report must not count as missing while it is being drawn.
    try run.inventory.remove(list)
    let written = try Report.write(content, options, to: run.folder + "/report")
    try run.inventory.enter(list)
    return written
  }

  /// The content of the report. Maps are computed only if `options` may show them.
  package func content(_ options: ReportOptions = ReportOptions()) throws -> ReportContent {
    try requireConsistency()
    let provenance = try Provenance(ofRun: run.folder)
    return ReportContent(
      title: run.isScored
        ? "Speech emotion recognition: scored predictions"
        : "Speech emotion recognition: EAM, FLAM and multi-loss learning",
      runName: run.experiment.name, createdAt: provenance.date,
      corpora: try results.map {
        var report = try corpusReport(
          $0, hasMaps: options.mayInclude("fig-tsne") || options.mayInclude("tab-tsne"))
        report.recordings = try recordings(of: $0.corpus, in: options.audio)
        return report
      },
      conformance: try run.conformance().flatMap(conformanceReport),
      provenance: try provenanceSections(provenance), settings: settingsSections(),
      notes: try notes(), isScored: run.isScored)
  }

  private func corpusReport(_ result: CorpusResult, hasMaps: Bool) throws -> CorpusReport {
    let corpus = result.corpus
    let utterances = corpus.corpusUtterances
    let ledger = try TestLedger(run: run.folder).entries()
    var report = CorpusReport(
      name: corpus.corpus, displayName: corpus.title, isSynthetic: result.isSynthetic,
      isIncomplete: corpus.isIncomplete, isWithoutSpeakers: !corpus.hasSpeakers,
      protocolText: protocolText(result),
      classes: corpus.classes, dataset: try dataSetReport(corpus),
      variants: try result.variants.map { variant in
        var report = variantReport(variant)
        report.cost = try cost(
          of: variant, utterances, folds: corpus.foldNames.count, ledger)
        report.predictions = variant.predictions
        if hasMaps, variant.scored == nil { report.projection = try variant.projection() }
        return report
      },
      baselines: baselineRows(result), judgement: try judgement(result),
      fingerprint: result.signature.fingerprint.map { "fp:" + $0.digest } ?? "")
    if !run.isScored { try addExamples(of: corpus, to: &report) }
    return report
  }

  private func protocolText(_ result: CorpusResult) -> [String] {
    let (corpus, folds) = (result.corpus, result.folds)
    let experiment = run.experiment
    let choice = experiment.protocolSettings
    let known = try? CorpusDefinition.registered(as: corpus.corpus)
    // The folds of a manifest may be made in several ways, too.
    let hasChoice = known?.otherFolds.isEmpty == false || corpus.manifest != nil
    let list =
      hasChoice ? " (fold list \"\(corpus.foldList)\")" : ""
    let selections = Set(experiment.variants.map(\.settings.training.selection.rawValue)).sorted()
    let division =
      corpus.isSplit
      ? "A fixed division into \(corpus.foldNames.joined(separator: ", ")), \(sharing(corpus))."
      : "\(folds.count) of \(corpus.foldNames.count) folds, \(sharing(corpus))\(list)."
    return (corpus.about ?? []) + [
      division,
      choice.evaluateOn == .test
        ? "Scored on each fold's test utterances."
        : "Scored on speakers held out of the training fold; no test fold was touched.",
      "Seeds \(experiment.seeds.map(String.init).joined(separator: ", ")); "
        + (run.isScored
          ? ScoredSystem.remark + ": how the systems were trained is unknown."
          : "evaluated weights: \(selections.joined(separator: ", ")) epoch."),
    ]
  }

  /// How speakers are divided between training and test.
  private func sharing(_ corpus: CorpusFacts) -> String {
    guard corpus.hasSpeakers else { return "speakers unknown" }
    let folds = corpus.utterances.reduce(into: [String: Int]()) { folds, utterance in
      // 0 for a speaker of several folds.
      let own = folds[utterance.speaker, default: utterance.fold]
      folds[utterance.speaker] = own == utterance.fold ? own : 0
    }
    return folds.values.contains(0)
      ? "speakers shared between training and test"
      : "speakers never shared between training and test"
  }

  private func dataSetReport(_ corpus: CorpusFacts) throws -> DataSetReport {
    func counts(_ isIncluded: (CorpusFacts.Utterance) -> Bool) -> [Int] {
      corpus.classes.map { label in
        corpus.utterances.count { $0.label == label && isIncluded($0) }
      }
    }
    let sound = try run.audit(of: corpus.corpus)?.sound
    let names =
      corpus.hasSpeakers ? Set(corpus.utterances.map(\.speaker)).sorted() : []
    let excluded = Dictionary(grouping: corpus.exclusions ?? [], by: \.reason)
    var report = DataSetReport(
      counts: counts { _ in true },
      publishedCounts: corpus.isSynthetic ? nil : corpus.publishedCounts,
      speakers: names.map { speaker in
        DataSetReport.CountRow(speaker, counts { $0.speaker == speaker })
      },
      folds: corpus.foldNames.enumerated().map { index, name in
        DataSetReport.CountRow(name, counts { $0.fold == index + 1 })
      },
      excluded: excluded.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map {
        DataSetReport.Exclusion($0, excluded[$0]?.count ?? 0)
      },
      fingerprint: corpus.fingerprint,
      speakerLengths: sound.map { sound in names.map { length($0, sound.speakers) } } ?? [],
      classLengths: sound.map { sound in corpus.classes.map { length($0, sound.classes) } } ?? [])
    report.isExpectedByManifest = corpus.manifest != nil
    return report
  }

  private func length(_ name: String, _ groups: [SoundAudit.Group]) -> CorpusOverview.Length? {
    groups.first { $0.name == name }.map {
      CorpusOverview.Length(
        mean: $0.duration.mean, deviation: $0.duration.deviation, least: $0.duration.least,
        greatest: $0.duration.greatest)
    }
  }

  private func variantReport(_ variant: VariantResult) -> VariantReport {
    guard variant.scored == nil else {
      return VariantReport(
        name: variant.name, augmentation: "scored", pooling: "–", losses: "–",
        scores: variant.summary, curves: [], projection: nil)
    }
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
