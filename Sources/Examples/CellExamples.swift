// The single recordings that a run stores as examples: their choice and their data.
import Augmentation
package import Cells
import Corpora
import Evaluation
import Files
import Foundation
import Layers
package import Runs
import Settings
import Tensors
import Training

extension CellFolder {
  /// Returns the two most confident right predictions and the two most confident wrong ones, of
  /// different classes if possible.
  package func attention(_ corpus: CorpusFacts, _ prepared: PreparedCorpora) throws
    -> RunExamples.Attention
  {
    let identity = cell.identity
    let source = try prepared[corpus.corpus, identity.settings]
    let partition = cell.partition(source.utterances, folds: corpus.foldNames.count)
    let training = cell.training(source, partition)
    var parameters = training.initialState.parameters
    try parameters.load(Safetensors.tensors(Data(readingFile: file("weights.safetensors"))))
    let predictions = try predictions().predictions
    let chosen = [true, false].flatMap { isRight in
      predictions.surest(2) { ($0.truth == $0.predicted) == isRight }
    }
    return RunExamples.Attention(
      system: cell.variant, fold: identity.fold, seed: identity.seed,
      utterances: try chosen.compactMap { index in
        let (position, prediction) = (partition.evaluation[index], predictions[index])
        guard let weights = try training.frameWeights(of: position, parameters) else { return nil }
        return RunExamples.Utterance(
          id: prediction.id, truth: prediction.truth, predicted: prediction.predicted,
          probability: prediction.probabilities[prediction.predicted],
          spectrum: RunExamples.Spectrum(
            source.logMel(position), secondsPerFrame: identity.settings.features.hop / 1000),
          duration: Double(source.samples(position).count) / Double(source.sampleRate),
          weights: weights)
      })
  }

  /// Returns the first mixture of the first epoch that changes a third of its recording and keeps
  /// the partner above the recording's own power. Without such a mixture, returns the first one.
  package func mixtureExample(_ corpus: CorpusFacts, _ prepared: PreparedCorpora) throws
    -> RunExamples.Mixture?
  {
    let identity = cell.identity
    let source = try prepared[corpus.corpus, identity.settings]
    let partition = cell.partition(source.utterances, folds: corpus.foldNames.count)
    let training = cell.training(source, partition)
    let plain = training.firstMixture { position, mixture in
      guard let draw = mixture.draw else { return true }
      return draw.snr <= 0 && 3 * draw.length >= mixture.samples.count
    }
    guard let (position, mixture) = plain ?? training.firstMixture(where: { _, _ in true }) else {
      return nil
    }
    let rate = Double(source.sampleRate)
    var first = source.samples(position)
    first += [Float](repeating: 0, count: max(0, mixture.samples.count - first.count))
    // The signal added to the first. LAM takes the mean, so its second signal is twice the mixture
    // minus the first.
    let second = zip(mixture.samples, first).map { mixture.draw == nil ? 2 * $0 - $1 : $0 - $1 }
    let outlines = [first, second, mixture.samples].map { outline($0, stretches: 600) }
    return RunExamples.Mixture(
      system: cell.variant, fold: identity.fold, seed: identity.seed,
      method: identity.settings.augmentation.mixup,
      first: source.utterances[position].id, firstClass: source.utterances[position].classIndex,
      second: source.utterances[mixture.partner].id,
      secondClass: source.utterances[mixture.partner].classIndex, share: mixture.share,
      snr: mixture.draw?.snr, start: mixture.draw.map { Double($0.start) / rate },
      secondStart: mixture.draw.map { Double($0.partnerStart) / rate },
      length: mixture.draw.map { Double($0.length) / rate },
      duration: Double(mixture.samples.count) / rate, low: outlines.map(\.low),
      high: outlines.map(\.high))
  }
}

extension RunExamples.Spectrum {
  /// - Parameter logMel: `[frames, bands]`.
  fileprivate init(_ logMel: Tensor, secondsPerFrame: Double) {
    let values = logMel.array
    let (least, greatest) = (values.min() ?? 0, values.max() ?? 0)
    let scale = greatest > least ? 255 / (greatest - least) : 0
    self.init(
      bands: logMel.columns, least: least, greatest: greatest,
      levels: Data(values.map { UInt8(((($0 - least) * scale).rounded())) }),
      secondsPerFrame: secondsPerFrame)
  }
}

extension [Prediction] {
  /// The places of the most confident predictions that are `included`, at most one per true class
  /// while there are enough classes. The first one wins a tie.
  fileprivate func surest(_ count: Int, where included: (Prediction) -> Bool) -> [Int] {
    let order = indices.filter { included(self[$0]) }.sorted { a, b in
      let (p, q) = (
        self[a].probabilities[self[a].predicted], self[b].probabilities[self[b].predicted]
      )
      return (q, a) < (p, b)
    }
    var classes: Set<Int> = []
    let different = order.filter { classes.insert(self[$0].truth).inserted }
    return [Int]((different + order.filter { !different.contains($0) }).prefix(count))
  }
}

/// Returns the least and greatest sample of each of `stretches` equal parts, rounded to a
/// thousandth.
private func outline(_ samples: [Float], stretches: Int) -> (low: [Float], high: [Float]) {
  let parts = (0..<stretches).map { part in
    samples[part * samples.count / stretches..<(part + 1) * samples.count / stretches]
  }
  func short(_ value: Float?) -> Float { ((value ?? 0) * 1000).rounded() / 1000 }
  return (parts.map { short($0.min()) }, parts.map { short($0.max()) })
}
