// Training: one step of the compact network, a complete epoch of it, and one step of the paper's
// head on frames with the width of WavLM-Large.
import Autograd
import Audio
import Corpora
import Files
import Foundation
import Layers
import Models
import Randomness
import Settings
import Tensors
import Training

/// `training-step`, `epoch`, `head`.
let trainingWorkloads = [
  Workload(
    "training-step", "one step of the compact net, all four losses, batch 16",
    sizeName: "frames an utterance", sizes: [100, 200, 400, 800], usual: 200, unit: "utterances"
  ) { length, circumstances in
    let features = 83
    let statistics = UtteranceStatistics(settings: FeatureSettings()).count
    let (network, parameters) = EmotionNetwork.make(
      ModelSettings(), features: features, statistics: statistics, classes: 8,
      using: RandomStream(seed: 1))
    let batch = try batch(
      length: length, columns: features, statistics: statistics, classes: 8, circumstances)
    return step(
      network, parameters, VariantSettings(), batch, circumstances,
      operations: compactOperations(frames: length, features: features) * 16)
  },
  Workload(
    "head", "one step of FLAM and the four losses on given frames of width 1024, batch 16",
    sizeName: "frames an utterance", sizes: [50, 100, 200, 400], usual: 200, unit: "utterances"
  ) { length, circumstances in
    let width = 1024
    let settings = Profile.paper.settings
    let (network, parameters) = EmotionNetwork.make(
      settings.model, onFramesOf: width, classes: 4, using: RandomStream(seed: 1))
    let batch = try batch(
      length: length, columns: width, statistics: 0, classes: 4, circumstances)
    return step(
      network, parameters, settings, batch, circumstances,
      operations: headOperations(frames: length, width: width, heads: settings.model.heads) * 16)
  },
  Workload(
    "epoch", "one epoch of the full system: mixup, features, perturbation, training",
    sizeName: "clips", sizes: [150, 300, 600, 1200], unit: "utterances"
  ) { count, circumstances in
    var settings = VariantSettings()
    settings.training.epochs = 1
    // The result is discarded, and the training must not diverge.
    (settings.training.learningRate, settings.training.centerLearningRate) = (1e-6, 1e-6)
    let prepared = try syntheticCorpus(count, settings, circumstances)
    let partition = Partition(training: Array(0..<count), validation: [], evaluation: [])
    let training = FoldTraining(prepared, partition, settings, random: RandomStream(seed: 1))
    let start = training.initialState
    try circumstances.share(
      Tensor(
        shape: [count], values: (0..<count).map { Float(1 + prepared.samples($0).count / 160) }),
      as: "lengths")
    try circumstances.share(
      Tensor(
        shape: [count], values: prepared.utterances.map { Float($0.classIndex) }), as: "labels")
    return Work(amount: Double(count)) {
      _ = try training.run(from: start, threads: circumstances.threads) { _ in }
    }
  },
]

/// A batch of 16 utterances of equal length.
private func batch(
  length: Int, columns: Int, statistics: Int, classes: Int, _ circumstances: Circumstances
) throws -> Batch {
  let size = 16
  let frames = noise([size * length, columns], "frames")
  let values = noise([size, statistics], "statistics")
  try circumstances.share(frames, as: "frames")
  try circumstances.share(values, as: "statistics")
  try circumstances.share(.full([size], Float(length)), as: "lengths")
  try circumstances.share(
    Tensor(shape: [size], values: (0..<size).map { Float($0 % classes) }), as: "labels")
  let half = Shard.size
  let shards = stride(from: 0, to: size, by: half).map { first in
    Shard(
      input: frames.rows(first * length..<(first + half) * length),
      sequences: Ragged([Int](repeating: length, count: half)),
      statistics: values.rows(first..<first + half))
  }
  var targets = [Float](repeating: 0, count: size * classes)
  for row in 0..<size { targets[row * classes + row % classes] = 1 }
  return Batch(shards: shards, targets: Tensor(shape: [size, classes], values: targets))
}

/// Repeats one training step. Each continues from the previous one.
private func step(
  _ network: EmotionNetwork, _ parameters: Parameters, _ settings: VariantSettings,
  _ batch: Batch, _ circumstances: Circumstances, operations: Double
) -> Work {
  let schedule = Schedule(settings.training, stepsPerEpoch: 1_000_000)
  var state = TrainingState(network, parameters, settings.training)
  return Work(amount: Double(batch.targets.rows), operations: operations) {
    _ = try state.takeStep(
      of: network, on: batch, settings, schedule, random: RandomStream(seed: 5),
      threads: circumstances.threads)
  }
}

/// The operations of one utterance in a step of the compact network. Each multiply-add counts as
/// two, forward, for the weights, and for the inputs of all layers but the first. Elementwise
/// operations are not counted.
private func compactOperations(frames: Int, features: Int) -> Double {
  let settings = ModelSettings()
  let (d, k, h) = (Double(settings.width), Double(settings.kernel), Double(settings.heads))
  let (half, t) = (Double((frames + 1) / 2), Double((frames + 3) / 4))
  let first = half * Double(features) * k * d
  let others = t * d * k * d * Double(1 + settings.blocks)
  let attention = 6 * t * d * d + 3 * t * t * d + t * d * (9 * h + 8)
  return 2 * (2 * first + 3 * others + attention)
}

/// The operations of one utterance in a step of FLAM on frames without a gradient, in the summation
/// order of `Tape.frameAttention`.
private func headOperations(frames: Int, width: Int, heads: Int) -> Double {
  let (t, d, h) = (Double(frames), Double(width), Double(heads))
  return 2 * (4 * t * d * d + 3 * t * t * d + t * d * (6 * h + 5))
}

/// Recordings of 24 speakers in eight classes, in the form that training reads.
private func syntheticCorpus(
  _ count: Int, _ settings: VariantSettings, _ circumstances: Circumstances
) throws -> PreparedCorpus {
  let corpus = try writeSpeech(utterances: count, to: circumstances.folder)
  let store = try FeatureStore.openOrBuild(
    corpus.utterances.map { FeatureStore.Source(id: $0.id, path: $0.path) },
    folder: circumstances.folder, key: "features-\(count)", signal: settings.signal,
    features: settings.features, jobs: circumstances.threads)
  return try PreparedCorpus(
    corpus.utterances, classes: corpus.classes, store: store, signal: settings.signal,
    features: settings.features,
    threads: circumstances.threads)
}
