// Running one cell: from its saved state, if it was interrupted, to its results.
import Corpora
import Evaluation
import Files
import Layers
import Randomness
import Settings
import Tensors
import Training

extension CellFolder {
  /// Trains and evaluates the cell; nothing if it is finished and intact.
  ///
  /// A cell that was interrupted goes on after its last whole epoch, to the same bits.
  ///
  /// - Parameters:
  ///   - corpus: the cell's corpus under the cell's signal and feature settings.
  ///   - folds: how many folds the corpus has.
  ///   - threads: how many encode a batch; the result does not depend on it.
  ///   - afterEpoch: called with each finished epoch, those of an earlier try included.
  func run(
    _ corpus: PreparedCorpus, folds: Int, threads: Int, afterEpoch: (EpochRecord) -> Void
  ) throws {
    guard !isIntact else { return }
    try begin()
    let identity = cell.identity
    let partition = Partition(
      corpus.utterances, fold: identity.fold, folds: folds, evaluateOn: identity.evaluateOn,
      selection: identity.settings.training.selection)
    let random = RandomStream(seed: UInt64(identity.seed))
      .split(identity.corpus).split("fold \(identity.fold)")
    let training = FoldTraining(corpus, partition, identity.settings, random: random)
    let initial = training.initialState
    let start = savedState(initial) ?? initial
    start.epochs.forEach(afterEpoch)
    let state = try training.run(from: start, threads: threads) { state in
      try save(state)
      state.epochs.last.map(afterEpoch)
    }
    let parameters = training.evaluatedParameters(state)
    let outputs = try training.outputs(for: partition.evaluation, parameters, threads: threads)
    let predictions = zip(partition.evaluation, outputs).map { position, output in
      let utterance = corpus.utterances[position]
      return Prediction(
        id: utterance.id, speaker: utterance.speaker, fold: identity.fold,
        truth: utterance.classIndex, predicted: output.predicted,
        probabilities: output.probabilities)
    }
    try finish(
      state, weights: try Safetensors.data(parameters.named),
      predictions: PredictionFile(classes: corpus.classes, predictions: predictions),
      embeddings: Tensor(
        shape: [outputs.count, identity.settings.model.embedding],
        values: outputs.flatMap(\.embedding)))
  }
}
