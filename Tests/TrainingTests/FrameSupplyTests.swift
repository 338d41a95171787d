// Property: a network on a pretrained backbone gets the frames of the recording or of its mixture,
// with any number of threads, and equal mixtures share their frames.
import Audio
import Checkpoints
import Corpora
import Foundation
import Models
import Randomness
import Settings
import TestSupport
import Tensors
import Testing
import Training

@Suite struct `A batch of waveforms` {
  /// The tiny corpus on a tiny backbone, with its cache.
  func withSupply(_ body: (PreparedCorpus, FrameCache, TinyCorpus) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyCorpus.shared
      try writeRandomCheckpoint(like: .tiny, to: folder + "/backbone", seed: 1)
      let weights = FrozenWeights(try Checkpoint(folder: folder + "/backbone"))
      let backbone = try PretrainedBackbone(
        weights, layers: .last, firstTrainedLayer: nil, recomputes: false)
      let cache = try FrameCache(folder: folder + "/frames", precision: .float32)
      var features = tinySettings.features
      features.statistics = false
      let prepared = try PreparedCorpus(
        tiny.corpus.utterances, classes: tiny.corpus.classes, store: tiny.store,
        signal: tinySettings.signal, features: features,
        supply: FrameSupply(backbone, cache: cache), threads: 2)
      try body(prepared, cache, tiny)
    }
  }

  func mixing(_ mixup: AugmentationSettings.Mixup) -> AugmentationSettings {
    var settings = plainAugmentation
    (settings.mixup, settings.mixProbability) = (mixup, 1)
    return settings
  }

  @Test func `has the source's frames of each recording`() throws {
    try withSupply { corpus, cache, tiny in
      #expect(cache.savings.computed == 24 && corpus.features == 32)
      let batch = try BatchAssembly(corpus, plainAugmentation).plainBatch([5, 9])
      let source = try #require(corpus.supply?.backbone.source)
      let alone = try [5, 9].map { position in
        try source.frames(of: [tiny.store.withSamples(position, Array.init)], threads: 1)[0]
      }
      #expect(batch.shards[0].input == .stacked(alone))
      #expect(batch.shards[0].statistics.columns == 0)
      #expect(cache.savings.computed == 24)
    }
  }

  @Test(arguments: [AugmentationSettings.Mixup.eam, .lam])
  func `has frames of mixtures, which are computed once`(mixup: AugmentationSettings.Mixup) throws {
    try withSupply { corpus, cache, _ in
      let assembly = BatchAssembly(corpus, mixing(mixup))
      let positions = Array(0..<10)
      func batch(_ seed: UInt64, threads: Int) throws -> Batch {
        try assembly.trainingBatch(
          positions, partners: Array(10..<24), random: RandomStream(seed: seed), threads: threads)
      }
      let first = try batch(1, threads: 1)
      let computed = cache.savings.computed
      #expect(computed > 24 && computed <= 34)
      let plain = try BatchAssembly(corpus, plainAugmentation).plainBatch(positions)
      #expect(first.shards[0].input != plain.shards[0].input && first.targets != plain.targets)
      let second = try batch(1, threads: 3)
      #expect(second.targets == first.targets && cache.savings.computed == computed)
      #expect(zip(first.shards, second.shards).allSatisfy { $0.input == $1.input })
      _ = try batch(2, threads: 1)
      #expect(cache.savings.computed > computed)
    }
  }
}
