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
  ///   - ledger: takes note of each scoring of test utterances; nil where none are scored.
  ///   - watchesEpochs: whether the scored utterances are scored after every epoch as well.
  ///   - threads: how many encode a batch; the result does not depend on it.
  ///   - afterEpoch: called with each finished epoch, those of an earlier try included.
  func run(
    _ corpus: PreparedCorpus, folds: Int, ledger: TestLedger?, watchesEpochs: Bool, threads: Int,
    afterEpoch: (EpochRecord) -> Void
  ) throws {
    guard !isIntact else { return }
    try begin()
    let identity = cell.identity
    let partition = cell.partition(corpus.utterances, folds: folds)
    let training = cell.training(corpus, partition)
    let initial = training.initialState
    let start = savedState(initial) ?? initial
    start.epochs.forEach(afterEpoch)
    func score(_ parameters: Parameters, epoch: Int, _ purpose: TestLedger.Purpose) throws
      -> [NetworkOutput]
    {
      try ledger?.add(
        cell.isCompanion ? .companion : purpose, cell, epoch: epoch,
        utterances: partition.evaluation.count)
      return try training.outputs(for: partition.evaluation, parameters, threads: threads)
    }
    func predictions(_ outputs: [NetworkOutput]) -> [Prediction] {
      zip(partition.evaluation, outputs).map { position, output in
        let utterance = corpus.utterances[position]
        return Prediction(
          id: utterance.id, speaker: utterance.speaker, fold: identity.fold,
          truth: utterance.classIndex, predicted: output.predicted,
          probabilities: output.probabilities)
      }
    }
    var trajectory = watchesEpochs ? self.trajectory(before: start.epochs.count + 1) : nil
    if trajectory == nil { try removeFile(file(Self.trajectoryFile)) }
    let state = try training.run(from: start, threads: threads) { state in
      let epoch = state.epochs.count
      if trajectory != nil {
        let outputs = try score(training.currentParameters(state), epoch: epoch, .trajectory)
        trajectory?.append(
          EpochScore(
            epoch: epoch,
            matrix: ConfusionMatrix(classes: corpus.classes, predictions: predictions(outputs))))
        // Before the state: a state that was saved has its scores.
        try trajectory.map(save)
      }
      try save(state)
      state.epochs.last.map(afterEpoch)
    }
    let parameters = training.evaluatedParameters(state)
    let outputs = try score(parameters, epoch: state.evaluatedEpoch, .result)
    try finish(
      state, weights: try Safetensors.data(parameters.named),
      predictions: PredictionFile(classes: corpus.classes, predictions: predictions(outputs)),
      embeddings: Tensor(
        shape: [outputs.count, identity.settings.model.embedding],
        values: outputs.flatMap(\.embedding)))
  }
}

extension Cell {
  /// Who trains and who is scored.
  func partition(_ utterances: [Utterance], folds: Int) -> Partition {
    Partition(
      utterances, fold: identity.fold, folds: folds, evaluateOn: identity.evaluateOn,
      selection: identity.settings.training.selection)
  }

  /// The training, from nothing.
  func training(_ corpus: PreparedCorpus, _ partition: Partition) -> FoldTraining {
    FoldTraining(
      corpus, partition, identity.settings,
      random: RandomStream(seed: UInt64(identity.seed)).split(identity.corpus)
        .split("fold \(identity.fold)"))
  }
}
