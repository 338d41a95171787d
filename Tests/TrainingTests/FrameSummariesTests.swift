// Property: pooled frozen frames are computed once for all epochs, and training with them has the
// bits of training on the frames.
import Corpora
import Evaluation
import Foundation
import Models
import Randomness
import Settings
import TestSupport
import Tensors
import Testing
import Training

private func settings(_ pooling: ModelSettings.Pooling) -> VariantSettings {
  var settings = Profile.paper.settings
  (settings.model.backbone, settings.augmentation.mixup) = (.frames, .none)
  (settings.model.pooling, settings.model.heads) = (pooling, 2)
  (settings.training.epochs, settings.training.batchSize) = (3, 5)
  return settings
}

/// The tiny corpus with frames of eight numbers from files.
private func withFrames(
  _ settings: VariantSettings, _ body: (PreparedCorpus) throws -> Void
) throws {
  try withTemporaryFolder { folder in
    let tiny = try TinyCorpus.shared
    for (index, utterance) in tiny.corpus.utterances.enumerated() {
      var random = RandomStream(seed: 17).split(utterance.id)
      let shape = [2 + index, 8]
      let frames = Tensor(
        shape: shape, values: (0..<shape[0] * 8).map { _ in Float(random.normal()) })
      try frames.npy.write(to: URL(fileURLWithPath: "\(folder)/\(utterance.id).npy"))
    }
    let frames = try FrameFolder(
      folder, of: tiny.corpus.utterances.map(\.id), corpus: "TEST", threads: 2)
    try body(
      PreparedCorpus(
        tiny.corpus.utterances, classes: tiny.corpus.classes, frames: frames, settings))
  }
}

@Suite struct `Frozen frames that are pooled without trained weights` {
  /// Trains on fold 1. Returns the state and how many rows had been computed after each epoch.
  private func train(
    _ corpus: PreparedCorpus, _ settings: VariantSettings, threads: Int
  ) throws -> (bits: StateBits, computed: [Int], utterances: Int) {
    let partition = Partition(
      corpus.utterances, fold: 1, folds: 3, evaluateOn: .test,
      selection: settings.training.selection)
    let training = FoldTraining(corpus, partition, settings, random: RandomStream(seed: 1))
    var computed: [Int] = []
    let state = try training.run(from: training.initialState, threads: threads) { _ in
      computed.append(corpus.summaries.computed)
    }
    return (StateBits(state), computed, partition.training.count)
  }

  @Test(arguments: [ModelSettings.Pooling.mean, .max])
  func `are pooled once for all epochs, with the same bits`(
    pooling: ModelSettings.Pooling
  ) throws {
    let settings = settings(pooling)
    try withFrames(settings) { corpus in
      let kept = try train(corpus, settings, threads: 2)
      let count = kept.utterances
      #expect(count == 16 && kept.computed == [count, count, count])
      // Another training on the same corpus computes none.
      let again = try train(corpus, settings, threads: 1)
      #expect(again.computed == [count, count, count] && again.bits == kept.bits)
      // Without room, each epoch computes all.
      var other = corpus
      other.summaries = FrameSummaries(budget: 0)
      let computed = try train(other, settings, threads: 1)
      #expect(computed.computed == [count, 2 * count, 3 * count] && computed.bits == kept.bits)
      // With room for three rows of 16 numbers, only these are kept.
      other.summaries = FrameSummaries(budget: 3 * 64)
      let some = try train(other, settings, threads: 1)
      #expect(some.computed == [count, 2 * count - 3, 3 * count - 6] && some.bits == kept.bits)
    }
  }

  @Test(arguments: [ModelSettings.Pooling.mean, .max])
  func `give the network's output for the frames themselves`(
    pooling: ModelSettings.Pooling
  ) throws {
    let settings = settings(pooling)
    try withFrames(settings) { corpus in
      let (network, parameters) = EmotionNetwork.make(
        settings.model, onFramesOf: 8, classes: corpus.classes.count,
        using: RandomStream(seed: 2))
      let summary = try #require(network.frameSummary)
      let positions = [3, 20, 0, 7]
      func shard(_ summary: FrameSummary?) throws -> Shard {
        try BatchAssembly(corpus, settings.augmentation, summary: summary)
          .plainBatch(positions).shards[0]
      }
      let (frames, rows) = (try shard(nil), try shard(summary))
      #expect(frames.input.rows == 5 + 22 + 2 + 9 && rows.input.shape == [4, 16])
      #expect(network.outputs(of: rows, parameters) == network.outputs(of: frames, parameters))
      // The other pooling gives other outputs.
      let other = try shard(summary == .mean ? .max : .mean)
      #expect(network.outputs(of: other, parameters) != network.outputs(of: frames, parameters))
    }
  }

  @Test func `of mixtures are pooled at each use`() throws {
    try `A batch of waveforms`().withSupply { corpus, _, _ in
      var mixing = plainAugmentation
      (mixing.mixup, mixing.mixProbability) = (.eam, 0.5)
      let all = Array(0..<24)
      func batch(_ summary: FrameSummary?) throws -> Batch {
        try BatchAssembly(corpus, mixing, summary: summary)
          .trainingBatch(all, partners: all, random: RandomStream(seed: 1), threads: 2)
      }
      let plain = try BatchAssembly(corpus, plainAugmentation).plainBatch(all)
      let frames = try batch(nil)
      #expect(corpus.summaries.computed == 0)
      let unmixed = zip(plain.shards, frames.shards).reduce(0) { count, shards in
        let offsets = shards.0.sequences.offsets
        return count
          + (0..<8).count { index in
            let rows = offsets[index]..<offsets[index + 1]
            return shards.0.input.rows(rows) == shards.1.input.rows(rows)
          }
      }
      let rows = try batch(.mean)
      #expect(rows.targets == frames.targets)
      let computed = corpus.summaries.computed
      #expect(computed == unmixed && computed > 0 && computed < 24)
      #expect(try batch(.mean).shards.map(\.input) == rows.shards.map(\.input))
      #expect(corpus.summaries.computed == computed)
      for (rows, frames) in zip(rows.shards, frames.shards) {
        for (index, length) in frames.sequences.lengths.enumerated() {
          let first = frames.sequences.offsets[index]
          #expect(
            rows.input.rows(index..<index + 1)
              == FrameSummary.mean.row(of: frames.input.rows(first..<first + length)))
        }
      }
    }
  }

  @Test func `are not replaced where weights are trained before or in the pooling`() {
    func summary(_ pooling: ModelSettings.Pooling, layers: Int?) -> FrameSummary? {
      EmotionNetwork.make(
        settings(pooling).model, onFramesOf: 8, layers: layers, classes: 4,
        using: RandomStream(seed: 1)
      ).network.frameSummary
    }
    #expect(summary(.mean, layers: nil) == .mean && summary(.max, layers: nil) == .max)
    #expect(summary(.flam, layers: nil) == nil)
    #expect(summary(.mean, layers: 3) == nil && summary(.max, layers: 3) == nil)
    var compact = tinySettings.model
    compact.pooling = .mean
    #expect(
      EmotionNetwork.make(
        compact, features: 7, statistics: 4, classes: 3, using: RandomStream(seed: 1)
      ).network.frameSummary == nil)
  }
}
