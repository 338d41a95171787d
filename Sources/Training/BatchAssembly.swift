// Builds the shards of a batch from positions in a corpus: mixup of recordings, features of what
// changed, normalisation, perturbation and packing.
import Audio
package import Augmentation
import Corpora
package import Models
package import Randomness
package import Settings
import Tensors
import Threads

/// Makes batches of a prepared corpus with one variant's settings.
package struct BatchAssembly: Sendable {
  package let corpus: PreparedCorpus
  private let settings: AugmentationSettings
  /// The pooling that replaces the frames of every utterance, or nil for frames.
  private let summary: FrameSummary?
  private let mixup: EnergyAdaptiveMixup
  private let perturbation: FeatureAugmentation

  /// An utterance ready for packing.
  struct Example {
    let frames: Tensor
    let statistics: [Float]
    let target: [Float]
    /// The utterance's position if its frames are those of the corpus.
    var position: Int?
  }

  /// - Parameter summary: the network's `frameSummary`. Batches then have pooled frames, and those
  ///   of unmixed recordings are kept.
  package init(
    _ corpus: PreparedCorpus, _ settings: AugmentationSettings, summary: FrameSummary? = nil
  ) {
    self.corpus = corpus
    self.settings = settings
    self.summary = summary
    mixup = EnergyAdaptiveMixup(settings: settings)
    perturbation = FeatureAugmentation(settings: settings, bands: corpus.extractor.bands)
  }

  /// Returns a batch of unchanged utterances, for evaluation.
  package func plainBatch(_ positions: [Int]) throws -> Batch {
    try batch(positions, threads: 1) { _, position in try plainExample(position) }
  }

  /// Returns a batch of training utterances, mixed and perturbed.
  ///
  /// - Parameters:
  ///   - partners: the training fold, from which mixup draws its partners.
  ///   - random: the draws of an utterance depend only on this stream and the utterance's id.
  package func trainingBatch(
    _ positions: [Int], partners: [Int], random: RandomStream, threads: Int
  ) throws -> Batch {
    if corpus.given != nil {
      // Settings that change recordings or features are refused with such frames.
      return try batch(positions, threads: threads) { _, position in try plainExample(position) }
    }
    if let supply = corpus.supply {
      let drawn = draw(positions, partners: partners, random: random, threads: threads)
      if let batch = try batches(of: [drawn], supply, threads: threads).first { return batch }
    }
    return try batch(positions, threads: threads) { _, position in
      var random = random.split(corpus.utterances[position].id)
      let mixture = mixture(position, partners: partners, using: &random)
      let plain = try mixture.map { example($0, at: position) } ?? plainExample(position)
      let frames = perturbation.augmented(plain.frames, using: &random)
      let noise = Float(settings.statisticsNoise)
      let statistics = plain.statistics.map {
        noise > 0 ? $0 + noise * Float(random.normal()) : $0
      }
      return Example(frames: frames, statistics: statistics, target: plain.target)
    }
  }

  /// The utterances of a batch and what mixup drew for them.
  struct Drawn: Sendable {
    let positions: [Int]
    /// The mixture of each utterance, or nil if it stays as it is.
    let mixtures: [Mixture?]

    /// The samples of all mixtures.
    var samples: Int { mixtures.reduce(0) { $0 + ($1?.samples.count ?? 0) } }
  }

  /// Draws the mixtures of a batch.
  func draw(
    _ positions: [Int], partners: [Int], random: RandomStream, threads: Int
  ) -> Drawn {
    let mixtures = parallelMap(count: positions.count, threads: threads) { index in
      mixture(positions[index], partners: partners, random: random)
    }
    return Drawn(positions: positions, mixtures: mixtures)
  }

  /// Returns batches on frames of a pretrained network. Asks for the frames of all their mixtures
  /// together.
  func batches(
    of drawn: [Drawn], _ supply: FrameSupply, threads: Int
  ) throws -> [Batch] {
    let waveforms = drawn.flatMap { $0.mixtures.compactMap { $0?.samples } }
    var computed = try supply.frames(ofMixtures: waveforms, threads: threads)[...]
    return try drawn.map { drawn in
      let frames = drawn.mixtures.map { $0 == nil ? nil : computed.popFirst() }
      return try batch(drawn.positions, threads: threads) { index, position in
        guard let mixture = drawn.mixtures[index], let frames = frames[index] else {
          return try plainExample(position)
        }
        return Example(
          frames: summary?.row(of: frames) ?? frames, statistics: [], target: mixture.target)
      }
    }
  }

  /// A recording with a partner mixed in.
  package struct Mixture: Sendable {
    package let samples: [Float]
    /// The samples that differ from the recording, or nil if all may differ.
    package let changed: Range<Int>?
    package let target: [Float]
    /// The partner's position in the corpus.
    package let partner: Int
    /// The partner's share of the label, λ.
    package let share: Double
    /// The random choices, or nil for LAM, which draws only the partner.
    package let draw: EnergyAdaptiveMixup.Draw?
  }

  /// Returns the mixture that `trainingBatch` makes of an utterance with the same `random`, or nil
  /// if it mixes nothing.
  package func mixture(_ position: Int, partners: [Int], random: RandomStream) -> Mixture? {
    var random = random.split(corpus.utterances[position].id)
    return mixture(position, partners: partners, using: &random)
  }

  /// Draws the mixup of an utterance. Returns nil if nothing is mixed.
  private func mixture(
    _ position: Int, partners: [Int], using random: inout RandomStream
  ) -> Mixture? {
    let own = target(position)
    guard settings.mixup != .none, random.uniform() < settings.mixProbability,
      let store = corpus.store
    else { return nil }
    let partner = partners[random.integer(below: partners.count)]
    switch settings.mixup {
    case .none: return nil
    case .lam:
      let (samples, share) = store.withSamples(position) { signal in
        store.withSamples(partner) { LabelAdaptiveMixup.mix(signal, partner: $0) }
      }
      return Mixture(
        samples: samples, changed: nil,
        target: mixedTarget(own, with: target(partner), share: share), partner: partner,
        share: Double(share), draw: nil)
    case .eam:
      let lengths = (store.sampleCount(position), store.sampleCount(partner))
      guard
        let draw = mixup.draw(
          length: lengths.0, partnerLength: lengths.1, using: &random)
      else { return nil }
      var samples = store.withSamples(position, Array.init)
      let outcome = samples.withUnsafeMutableBufferPointer { samples in
        store.withSamples(partner) { mixup.apply(draw, to: samples, partner: $0) }
      }
      guard !outcome.changed.isEmpty else { return nil }
      return Mixture(
        samples: samples, changed: outcome.changed,
        target: mixedTarget(own, with: target(partner), share: outcome.share), partner: partner,
        share: outcome.share, draw: draw)
    }
  }

  private func plainExample(_ position: Int) throws -> Example {
    Example(
      frames: try plainFrames(position),
      statistics: corpus.normalizedStatistics(of: nil, at: position), target: target(position),
      position: position)
  }

  /// The frames of an unmixed recording, or their summary.
  private func plainFrames(_ position: Int) throws -> Tensor {
    guard let summary else { return try corpus.frames(position) }
    return try corpus.summaries.row(summary, of: position) { try corpus.frames(position) }
  }

  private func example(_ mixture: Mixture, at position: Int) -> Example {
    var frames: Tensor
    if let changed = mixture.changed, let store = corpus.store {
      frames = store.rawFeatures(position)
      mixture.samples.withUnsafeBufferPointer {
        corpus.extractor.update(&frames, samples: $0, changed: changed)
      }
    } else {
      frames = corpus.extractor.features(of: mixture.samples)
    }
    let statistics = corpus.normalizedStatistics(of: frames, at: position)
    corpus.normalize(&frames, of: position)
    return Example(frames: frames, statistics: statistics, target: mixture.target)
  }

  /// The label of an utterance as a one-hot distribution.
  private func target(_ position: Int) -> [Float] {
    corpus.classes.indices.map { $0 == corpus.utterances[position].classIndex ? 1 : 0 }
  }

  private func batch(
    _ positions: [Int], threads: Int, _ make: (_ index: Int, _ position: Int) throws -> Example
  ) throws -> Batch {
    let starts = Array(stride(from: 0, to: positions.count, by: Shard.size))
    let made = try parallelMap(count: starts.count, threads: threads) { index in
      let end = min(starts[index] + Shard.size, positions.count)
      let examples = try (starts[index]..<end).map { try make($0, positions[$0]) }
      let shard = Shard(
        parts: examples.map(\.frames), positions: examples.map(\.position),
        statistics: Tensor(
          shape: [examples.count, corpus.statisticsCount], values: examples.flatMap(\.statistics)),
        arePooled: summary != nil)
      return (shard, examples.flatMap(\.target))
    }
    return Batch(
      shards: made.map(\.0),
      targets: Tensor(
        shape: [positions.count, corpus.classes.count], values: made.flatMap(\.1)))
  }
}
