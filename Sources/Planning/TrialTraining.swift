// Measures a variant on features by a real training, with mixtures and perturbations, on a few
// recordings of the corpus, in a temporary folder.
import Audio
import Corpora
import Evaluation
import Files
import Foundation
import Layers
import Randomness
import Runs
import Settings
import Tensors
import Training

extension Planner {
  /// Times two epochs of about three batches on one thread.
  ///
  /// - Returns: nil if the corpus has nothing to train on.
  func trialCost(of settings: VariantSettings, _ corpus: CorpusFacts) throws -> VariantCost? {
    let utterances = corpus.corpusUtterances
    let trained = Partition(
      utterances, fold: experiment.folds(of: corpus.foldNames).first ?? 1,
      folds: corpus.foldNames.count,
      evaluateOn: .test, selection: .last
    ).training
    let count = min(trained.count, 3 * settings.training.batchSize)
    guard count > 1 else { return nil }
    let chosen = (0..<count).map { utterances[trained[$0 * trained.count / count]] }
    let place = NSTemporaryDirectory() + "reprise-trial-\(UUID().uuidString)"
    try makeFolder(place)
    defer { try? FileManager.default.removeItem(atPath: place) }
    let store = try FeatureStore.openOrBuild(
      chosen.map { FeatureStore.Source(id: $0.id, path: $0.path) }, folder: place, key: "trial",
      signal: settings.signal, features: settings.features, jobs: 1)
    let prepared = try PreparedCorpus(
      chosen, classes: corpus.classes, store: store, signal: settings.signal,
      features: settings.features, threads: 1)
    var settings = settings
    (settings.training.epochs, settings.training.selection) = (2, .last)
    // What it learns does not matter, but it must not diverge.
    (settings.training.learningRate, settings.training.centerLearningRate) = (1e-6, 1e-6)
    let partition = Partition(training: Array(chosen.indices), validation: [], evaluation: [])
    var parameters = 0
    var seconds = 0.0
    let memory = try memoryTaken {
      let training = FoldTraining(
        prepared, partition, settings, random: RandomStream(seed: 1))
      let start = training.initialState
      parameters = start.parameters.named.reduce(0) { $0 + $1.tensor.count }
      let state = try training.run(from: start, threads: 1) { _ in }
      // The second epoch, after memory allocation and warm-up of the kernels.
      seconds = state.epochs.last?.seconds ?? 0
    }
    return VariantCost(
      forward: 0, step: seconds / Double(count), columns: 0, memory: memory,
      parameters: parameters)
  }
}

/// Returns the process's greatest growth in bytes during `body`.
func memoryTaken(by body: () throws -> Void) rethrows -> Int {
  returnFreedMemory()
  ProcessMemory.forgetPeak()
  let before = ProcessMemory.resident
  try body()
  return max(0, ProcessMemory.peak - before)
}
