// Runs one cell to its results. An interrupted cell resumes from its saved state.
package import Corpora
package import Evaluation
import Files
import Layers
import Randomness
package import Runs
import Settings
import Tensors
package import Training

/// How to run a cell. Nothing here changes its numbers.
package struct CellConduct: Sendable {
  /// Records each scoring of test utterances. Nil if none are scored.
  package var ledger: TestLedger?
  /// Whether to score after every epoch too.
  package var watchesEpochs = false
  /// The number of threads that encode a batch, asked before each step.
  package var threads: @Sendable () -> Int = { 1 }
  /// The action after each step within an epoch.
  package var pause: @Sendable () -> Pause = { .none }
  /// Called with each finished epoch, including those of an earlier attempt.
  package var afterEpoch: @Sendable (EpochRecord) -> Void = { _ in }

  package init(
    ledger: TestLedger? = nil, watchesEpochs: Bool = false,
    threads: @escaping @Sendable () -> Int = { 1 },
    pause: @escaping @Sendable () -> Pause = { .none },
    afterEpoch: @escaping @Sendable (EpochRecord) -> Void = { _ in }
  ) {
    (self.ledger, self.watchesEpochs) = (ledger, watchesEpochs)
    (self.threads, self.pause, self.afterEpoch) = (threads, pause, afterEpoch)
  }
}

extension CellFolder {
  /// Trains and evaluates the cell in its folder, which must exist. Does nothing if the cell is
  /// finished.
  ///
  /// An interrupted cell resumes after the last saved step and gives the same bits.
  ///
  /// - Parameters:
  ///   - corpus: the cell's corpus with the cell's signal and feature settings.
  ///   - folds: the number of folds of the corpus.
  /// - Throws: `TrainingStopped` after saving its state; `TrainingError`; `FileError`.
  package func run(_ corpus: PreparedCorpus, folds: Int, _ conduct: CellConduct) throws {
    guard !isIntact else { return }
    try begin()
    let identity = cell.identity
    let partition = cell.partition(corpus.utterances, folds: folds)
    let training = cell.training(corpus, partition)
    let initial = training.initialState
    let saved = savedState(initial)
    let start = saved?.state ?? initial
    start.epochs.forEach(conduct.afterEpoch)
    func score(_ parameters: Parameters, epoch: Int, _ purpose: TestLedger.Purpose) throws
      -> [NetworkOutput]
    {
      try conduct.ledger?.add(
        cell.isCompanion ? .companion : purpose, cell, epoch: epoch,
        utterances: partition.evaluation.count)
      return try training.outputs(
        for: partition.evaluation, parameters, threads: conduct.threads())
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
    var scores = saved?.scores ?? []
    // If the first epochs of a training were not scored, later ones are not scored either.
    let isWatched = conduct.watchesEpochs && scores.count == start.epochs.count
    if !isWatched { scores = [] }
    let state = try training.run(
      from: start, threads: conduct.threads(), pause: conduct.pause,
      keep: { try save($0, scores) }
    ) { state in
      let epoch = state.epochs.count
      if isWatched {
        let outputs = try score(training.currentParameters(state), epoch: epoch, .trajectory)
        scores.append(
          EpochScore(
            epoch: epoch,
            matrix: ConfusionMatrix(classes: corpus.classes, predictions: predictions(outputs))))
      }
      try save(state, scores)
      state.epochs.last.map(conduct.afterEpoch)
      if epoch < identity.settings.training.epochs, conduct.pause() == .stop {
        throw TrainingStopped()
      }
    }
    let parameters = training.evaluatedParameters(state)
    let outputs = try score(parameters, epoch: state.evaluatedEpoch, .result)
    try finish(
      state, scores: scores, weights: try Safetensors.data(parameters.named),
      predictions: PredictionFile(classes: corpus.classes, predictions: predictions(outputs)),
      embeddings: Tensor(
        shape: [outputs.count, identity.settings.model.embedding],
        values: outputs.flatMap(\.embedding)),
      recordings: corpus.summary(of: partition.training, threads: conduct.threads()).map {
        CellRecordings(
          training: TrainingSound($0), scoredFrames: partition.evaluation.map(corpus.frameCount))
      })
  }
}

extension Cell {
  /// Divides the utterances into those for training and those for scoring.
  package func partition(_ utterances: [Utterance], folds: Int) -> Partition {
    Partition(
      utterances, fold: identity.fold, folds: folds, evaluateOn: identity.evaluateOn,
      selection: identity.settings.training.selection)
  }

  /// The training from its beginning.
  package func training(_ corpus: PreparedCorpus, _ partition: Partition) -> FoldTraining {
    FoldTraining(
      corpus, partition, identity.settings,
      random: RandomStream(seed: UInt64(identity.seed)).split(identity.corpus)
        .split("fold \(identity.fold)"))
  }
}
