// From results to what a report shows. Numbers come from Evaluation; here they only find their
// place.
import Corpora
import Evaluation
import Files
import Foundation
import Projections
package import Reporting
import Settings
import Tensors
import Training

extension ExperimentRun {
  /// Draws the report of a run: `report/report.pdf` and `report/figures/*.svg`.
  ///
  /// - Returns: the path of the PDF.
  package func writeReport() throws -> String {
    try Report.write(try reportContent(), to: folder + "/report")
  }

  /// What the report says.
  package func reportContent() throws -> ReportContent {
    let results = try results()
    try requireConsistency(results)
    let provenance = try provenance()
    return ReportContent(
      title: "Speech emotion recognition: EAM, FLAM and multi-loss learning",
      runName: experiment.name, createdAt: provenance.date,
      corpora: try results.map(corpusReport),
      conformance: try conformance().flatMap(conformanceReport),
      provenance: try provenanceSections(provenance, results), settings: settingsSections(),
      notes: try notes(results))
  }

  private func corpusReport(_ result: CorpusResult) throws -> CorpusReport {
    let corpus = result.corpus
    return CorpusReport(
      name: corpus.name.rawValue, displayName: corpus.name.title, isSynthetic: result.isSynthetic,
      isIncomplete: corpus.isIncomplete, protocolText: protocolText(corpus),
      classes: corpus.classes, dataset: dataSetReport(corpus),
      variants: try result.variants.map(variantReport),
      baselines: try baselineRows(result), judgement: try judgement(result))
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

  private func dataSetReport(_ corpus: Corpus) -> DataSetReport {
    func counts(_ isIncluded: (Utterance) -> Bool) -> [Int] {
      corpus.classes.indices.map { label in
        corpus.utterances.count { $0.classIndex == label && isIncluded($0) }
      }
    }
    let published = corpus.classes.map { corpus.expected.count(of: CountScope(label: $0)) }
    return DataSetReport(
      counts: counts { _ in true },
      publishedCounts: corpus.isSynthetic || published.contains(nil)
        ? nil : published.compactMap { $0 },
      speakers: Set(corpus.utterances.map(\.speaker)).sorted().map { speaker in
        DataSetReport.CountRow(speaker, counts { $0.speaker == speaker })
      },
      folds: corpus.foldNames.enumerated().map { index, name in
        DataSetReport.CountRow(name, counts { $0.fold == index + 1 })
      },
      excluded: CorpusInspection(corpus).exclusions.map {
        DataSetReport.Exclusion($0.reason, $0.count)
      },
      fingerprint: corpus.fingerprint)
  }

  private func variantReport(_ variant: VariantResult) throws -> VariantReport {
    let loss = variant.settings.loss
    let weights = [
      ("KL", loss.kl), ("focal", loss.focal), ("center", loss.center), ("SupCon", loss.supcon),
    ]
    return VariantReport(
      name: variant.name,
      augmentation: variant.settings.augmentation.mixup == .none
        ? "no mixup" : variant.settings.augmentation.mixup.rawValue.uppercased(),
      pooling: variant.settings.model.pooling == .flam
        ? "FLAM" : variant.settings.model.pooling.rawValue + " pooling",
      losses: weights.filter { $0.1 > 0 }.map { "\($0.0)" }.joined(separator: " + "),
      scores: variant.summary,
      curves: variant.logs.map { log in
        TrainingCurve(
          seed: log.seed, fold: log.fold, epochs: log.epochs.map { curvePoint($0, loss) })
      },
      projection: try projection(variant))
  }

  private func curvePoint(_ record: EpochRecord, _ loss: LossSettings) -> TrainingCurve.Epoch {
    let terms = record.losses
    return TrainingCurve.Epoch(
      epoch: record.epoch, total: terms.total,
      kullbackLeibler: loss.kl > 0 ? terms.kl : nil, focal: loss.focal > 0 ? terms.focal : nil,
      center: loss.center > 0 ? terms.center : nil,
      supervisedContrastive: loss.supcon > 0 ? terms.supcon : nil,
      learningRate: record.learningRate, gradientNorm: record.gradientNorm,
      trainAccuracy: record.trainingAccuracy)
  }

  /// The map of the first finished cell's scored utterances: embeddings of different cells come from
  /// different networks and have no place on one map.
  private func projection(_ variant: VariantResult) throws -> EmbeddingProjection? {
    guard let folder = variant.folders.first else { return nil }
    let (embeddings, file) = (try folder.embeddings(), try folder.predictions())
    let predictions = file.predictions
    guard predictions.count >= 8 else { return nil }
    var tsne = TSNE()
    tsne.perplexity = min(tsne.perplexity, Double(predictions.count - 1) / 3)
    let map = tsne.embed(embeddings)
    let identity = folder.cell.identity
    return EmbeddingProjection(
      points: predictions.indices.map { index in
        EmbeddingProjection.Point(
          x: Double(map.x[index]), y: Double(map.y[index]),
          classIndex: predictions[index].truth, speaker: predictions[index].speaker)
      },
      total: predictions.count, perplexity: map.perplexity, divergence: map.divergence,
      note: "Scored utterances of fold \(identity.fold), seed \(identity.seed).")
  }
}
