// The rules under which a run scored a corpus, with the fingerprint of what was scored.
package import Evaluation

extension CorpusResult {
  /// The rules under which the corpus was scored.
  package var signature: ProtocolSignature {
    ProtocolSignature(
      corpus: corpus.corpus, foldList: corpus.foldList, folds: corpus.foldNames.count,
      classes: corpus.classes, utterances: corpus.utterances.count, evaluateOn: evaluateOn,
      synthetic: corpus.isSynthetic, incomplete: corpus.isIncomplete, fingerprint: fingerprint)
  }

  /// The rules under which a system was scored. The fingerprint is that of its predictions if it
  /// has all folds, otherwise that of the corpus.
  package func signature(of variant: VariantResult) -> ProtocolSignature {
    var signature = signature
    let folds = corpus.foldNames.count
    guard let predictions = variant.predictions, variant.summary.expectedFolds.count == folds,
      corpus.exclusions != nil
    else { return signature }
    signature.utterances = predictions.utterances.count
    signature.fingerprint = predictions.fingerprint(
      folds: folds, exclusions: corpus.unusedLabels, evaluateOn: evaluateOn)
    return signature
  }

  /// The fingerprint of that protocol; nil if the exclusions are not recorded.
  private var fingerprint: ProtocolFingerprint? {
    guard corpus.exclusions != nil else { return nil }
    return ProtocolFingerprint(
      items: corpus.utterances.map {
        ProtocolFingerprint.Item(id: $0.id, label: $0.label, fold: $0.fold, speaker: $0.speaker)
      },
      classes: corpus.classes, exclusions: corpus.unusedLabels, evaluateOn: evaluateOn)
  }
}

extension VariantResult {
  /// The predictions of the complete seeds; nil if there are none.
  package var predictions: SystemPredictions? {
    guard !summary.completeSeeds.isEmpty, let classes = summary.cells.first?.matrix.classes else {
      return nil
    }
    return SystemPredictions(
      system: name, classes: classes,
      seeds: summary.completeSeeds.map { seed in
        (seed, cells.filter { $0.seed == seed }.flatMap(\.predictions))
      })
  }
}
