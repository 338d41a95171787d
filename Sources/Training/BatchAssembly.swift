// From positions in a corpus to shards of a batch: mixup of the recordings, features of what
// changed, normalisation, perturbation, packing.
import Audio
import Augmentation
import Corpora
package import Randomness
package import Settings
import Tensors

/// Makes batches of one prepared corpus under one variant's settings.
package struct BatchAssembly: Sendable {
  package let corpus: PreparedCorpus
  private let settings: AugmentationSettings
  private let mixup: EnergyAdaptiveMixup
  private let perturbation: FeatureAugmentation

  /// One utterance ready to be packed.
  struct Example {
    let frames: Tensor
    let statistics: [Float]
    let target: [Float]
  }

  package init(_ corpus: PreparedCorpus, _ settings: AugmentationSettings) {
    self.corpus = corpus
    self.settings = settings
    mixup = EnergyAdaptiveMixup(settings: settings)
    perturbation = FeatureAugmentation(settings: settings, bands: corpus.extractor.bands)
  }

  /// Returns a batch of utterances as they are, for evaluation.
  package func plainBatch(_ positions: [Int]) throws -> Batch {
    try batch(positions, threads: 1) { position in
      example(nil, target: target(position), at: position)
    }
  }

  /// Returns a batch of training utterances, mixed and perturbed.
  ///
  /// - Parameters:
  ///   - partners: the training fold, from which partners for mixup are drawn.
  ///   - random: what is drawn for an utterance depends on this and the utterance's id alone.
  package func trainingBatch(
    _ positions: [Int], partners: [Int], random: RandomStream, threads: Int
  ) throws -> Batch {
    try batch(positions, threads: threads) { position in
      var random = random.split(corpus.utterances[position].id)
      let (mixture, target) = mixed(position, partners: partners, using: &random)
      let plain = example(mixture, target: target, at: position)
      let frames = perturbation.augmented(plain.frames, using: &random)
      let noise = Float(settings.statisticsNoise)
      let statistics = plain.statistics.map {
        noise > 0 ? $0 + noise * Float(random.normal()) : $0
      }
      return Example(frames: frames, statistics: statistics, target: plain.target)
    }
  }

  /// Raw features and label distribution of an utterance after the mixup that was drawn for it; no
  /// features where nothing was mixed.
  private func mixed(
    _ position: Int, partners: [Int], using random: inout RandomStream
  ) -> (raw: Tensor?, target: [Float]) {
    let (own, store) = (target(position), corpus.store)
    guard settings.mixup != .none, random.uniform() < settings.mixProbability else {
      return (nil, own)
    }
    let partner = partners[random.integer(below: partners.count)]
    switch settings.mixup {
    case .none: return (nil, own)
    case .lam:
      let (samples, share) = store.withSamples(position) { signal in
        store.withSamples(partner) { LabelAdaptiveMixup.mix(signal, partner: $0) }
      }
      return (
        corpus.extractor.features(of: samples),
        mixedTarget(own, with: target(partner), share: share)
      )
    case .eam:
      let lengths = (store.sampleCount(position), store.sampleCount(partner))
      guard
        let draw = mixup.draw(
          length: lengths.0, partnerLength: lengths.1, using: &random)
      else { return (nil, own) }
      var samples = store.withSamples(position, Array.init)
      let outcome = samples.withUnsafeMutableBufferPointer { samples in
        store.withSamples(partner) { mixup.apply(draw, to: samples, partner: $0) }
      }
      guard !outcome.changed.isEmpty else { return (nil, own) }
      var raw = store.rawFeatures(position)
      samples.withUnsafeBufferPointer {
        corpus.extractor.update(&raw, samples: $0, changed: outcome.changed)
      }
      return (raw, mixedTarget(own, with: target(partner), share: outcome.share))
    }
  }

  private func example(_ mixture: Tensor?, target: [Float], at position: Int) -> Example {
    let statistics = corpus.normalizedStatistics(of: mixture, at: position)
    var frames = mixture ?? corpus.store.rawFeatures(position)
    corpus.normalize(&frames, of: position)
    return Example(frames: frames, statistics: statistics, target: target)
  }

  /// The label of an utterance as a distribution, one-hot.
  private func target(_ position: Int) -> [Float] {
    corpus.classes.indices.map { $0 == corpus.utterances[position].classIndex ? 1 : 0 }
  }

  private func batch(
    _ positions: [Int], threads: Int, _ make: (Int) -> Example
  ) throws -> Batch {
    let starts = Array(stride(from: 0, to: positions.count, by: Shard.size))
    let made = try parallelMap(count: starts.count, threads: threads) { index in
      let end = min(starts[index] + Shard.size, positions.count)
      let examples = positions[starts[index]..<end].map(make)
      let shard = Shard(
        input: .stacked(examples.map(\.frames)),
        sequences: Ragged(examples.map(\.frames.rows)),
        statistics: Tensor(
          shape: [examples.count, corpus.statisticsCount], values: examples.flatMap(\.statistics)))
      return (shard, examples.flatMap(\.target))
    }
    return Batch(
      shards: made.map(\.0),
      targets: Tensor(
        shape: [positions.count, corpus.classes.count], values: made.flatMap(\.1)))
  }
}
