// Property and oracle: what reaches the network. Features are normalised and, without mixing,
// unchanged. Label distributions are right. Nothing depends on the batch or on threads.
import Audio
import Augmentation
import Corpora
import Foundation
import Randomness
import Settings
import TestSupport
import Tensors
import Training
import Testing

private let random = RandomStream(seed: 81)

/// The frames and statistics of each utterance of a batch.
private func examples(_ batch: Batch) -> [(frames: Tensor, statistics: Tensor)] {
  batch.shards.flatMap { shard in
    (0..<shard.sequences.count).map { s in
      (
        shard.input.rows(shard.sequences.offsets[s]..<shard.sequences.offsets[s + 1]),
        shard.statistics.rows(s..<s + 1)
      )
    }
  }
}

private func settings(_ mixup: AugmentationSettings.Mixup, _ probability: Double)
  -> AugmentationSettings
{
  var settings = plainAugmentation
  (settings.mixup, settings.mixProbability) = (mixup, probability)
  return settings
}

/// The mean and deviation of each column.
private func moments(_ rows: Tensor) -> (mean: [Double], deviation: [Double]) {
  let (values, columns) = (rows.array.map(Double.init), rows.columns)
  let means = (0..<columns).map { c in
    (0..<rows.rows).reduce(0.0) { $0 + values[$1 * columns + c] } / Double(rows.rows)
  }
  let deviations = (0..<columns).map { c in
    ((0..<rows.rows).reduce(0.0) { sum, t in
      let difference = values[t * columns + c] - means[c]
      return sum + difference * difference
    } / Double(rows.rows)).squareRoot()
  }
  return (means, deviations)
}

@Suite struct `A prepared corpus` {
  @Test func `has mean 0 and deviation 1 over each speaker's frames`() throws {
    let tiny = try TinyCorpus.shared
    let assembly = BatchAssembly(tiny.prepared, plainAugmentation)
    for speaker in Set(tiny.corpus.utterances.map(\.speaker)) {
      let positions = tiny.corpus.utterances.indices.filter {
        tiny.corpus.utterances[$0].speaker == speaker
      }
      let frames = Tensor.stacked(examples(try assembly.plainBatch(positions)).map(\.frames))
      let raw = moments(.stacked(positions.map(tiny.raw)))
      let scaled = moments(frames)
      expectClose(scaled.mean, scaled.mean.map { _ in 0 }, absolute: 1e-3)
      // Each deviation is divided by the sum of itself and 1e-3.
      expectClose(
        scaled.deviation, raw.deviation.map { $0 / ($0 + 1e-3) }, relative: 1e-3, absolute: 1e-3)
      #expect(scaled.deviation.count { abs($0 - 1) < 0.01 } > 10)
      #expect(raw.mean.contains { abs($0) > 1 })
    }
  }

  @Test func `scales an utterance by its speaker and by nobody else`() throws {
    let tiny = try TinyCorpus.shared
    let assembly = BatchAssembly(tiny.prepared, plainAugmentation)
    let position = 5
    let speaker = tiny.corpus.utterances[position].speaker
    let own = tiny.corpus.utterances.indices.filter {
      tiny.corpus.utterances[$0].speaker == speaker
    }
    let (mean, deviation) = moments(.stacked(own.map(tiny.raw)))
    let raw = tiny.raw(position)
    let expected = raw.array.enumerated().map { index, value in
      (Double(value) - mean[index % raw.columns]) / (deviation[index % raw.columns] + 1e-3)
    }
    let frames = examples(try assembly.plainBatch([position]))[0].frames
    expectClose(frames.array.map(Double.init), expected, relative: 1e-3, absolute: 1e-3)
  }

  @Test func `scales by the utterance itself where that is asked for`() throws {
    let tiny = try TinyCorpus.shared
    let assembly = BatchAssembly(try tiny.prepared(.utterance), plainAugmentation)
    let scaled = moments(examples(try assembly.plainBatch([7]))[0].frames)
    expectClose(scaled.mean, scaled.mean.map { _ in 0 }, absolute: 1e-3)
    let other = BatchAssembly(tiny.prepared, plainAugmentation)
    let bySpeaker = moments(examples(try other.plainBatch([7]))[0].frames)
    #expect(bySpeaker.mean.contains { abs($0) > 0.1 })
  }

  @Test func `scales statistics by speaker and holds them to ±4`() throws {
    let tiny = try TinyCorpus.shared
    let assembly = BatchAssembly(tiny.prepared, plainAugmentation)
    let all = Array(tiny.corpus.utterances.indices)
    let batch = examples(try assembly.plainBatch(all))
    let values = UtteranceStatistics(settings: tinySettings.features)
    #expect(tiny.prepared.statisticsCount == values.count)
    let speaker = tiny.corpus.utterances[0].speaker
    let own = all.filter { tiny.corpus.utterances[$0].speaker == speaker }
    let raw = Tensor(
      shape: [own.count, values.count], values: own.flatMap { values.values(of: tiny.raw($0)) })
    let (mean, deviation) = moments(raw)
    for (row, position) in own.enumerated() {
      let expected = raw.rows(row..<row + 1).array.enumerated().map { index, value in
        min(4, max(-4, (Double(value) - mean[index]) / (deviation[index] + 1e-3)))
      }
      expectClose(
        batch[position].statistics.array.map(Double.init), expected, relative: 1e-3, absolute: 2e-3)
    }
  }
}

@Suite struct `A batch` {
  @Test(arguments: AugmentationSettings.Mixup.allCases)
  func `of what is not mixed is the stored features`(mixup: AugmentationSettings.Mixup) throws {
    let tiny = try TinyCorpus.shared
    let positions = [3, 17, 8, 0, 23, 11, 5, 6, 20]
    let training = try BatchAssembly(tiny.prepared, settings(mixup, 0)).trainingBatch(
      positions, partners: Array(0..<24), random: random, threads: 1)
    let plain = try BatchAssembly(tiny.prepared, settings(mixup, 1)).plainBatch(positions)
    #expect(training.targets == plain.targets)
    #expect(training.shards.map(\.input) == plain.shards.map(\.input))
    #expect(training.shards.map(\.statistics) == plain.shards.map(\.statistics))
    #expect(training.shards.map(\.sequences.count) == [8, 1])
    for (row, position) in positions.enumerated() {
      let target = training.targets.rows(row..<row + 1).array
      #expect(
        target.enumerated().allSatisfy {
          $0.element == ($0.offset == tiny.corpus.utterances[position].classIndex ? 1 : 0)
        })
    }
  }

  @Test(arguments: [AugmentationSettings.Mixup.eam, .lam])
  func `of mixed utterances has labels that add up to 1`(mixup: AugmentationSettings.Mixup) throws {
    let tiny = try TinyCorpus.shared
    let all = Array(0..<24)
    let mixed = try BatchAssembly(tiny.prepared, settings(mixup, 1)).trainingBatch(
      all, partners: all, random: random, threads: 1)
    let plain = try BatchAssembly(tiny.prepared, settings(mixup, 1)).plainBatch(all)
    let (after, before) = (examples(mixed), examples(plain))
    for position in all {
      let target = mixed.targets.rows(position..<position + 1).array
      expectClose([Double(target.reduce(0, +))], [1], absolute: 1e-6)
      #expect(target.allSatisfy { $0 >= 0 })
      let own = target[tiny.corpus.utterances[position].classIndex]
      if mixup == .eam { #expect(own > 0.5) } else { #expect(own > 0.2) }
      if mixup == .eam { #expect(after[position].frames.rows == before[position].frames.rows) }
    }
    #expect(all.count { after[$0].frames != before[$0].frames } > 20)
    #expect(all.count { after[$0].statistics != before[$0].statistics } > 20)
    #expect(
      (0..<24).count { mixed.targets.rows($0..<$0 + 1).array.contains { $0 > 0 && $0 < 1 } } > 12)
  }

  @Test func `mixed by LAM is the mean of both recordings, labelled by length`() throws {
    let tiny = try TinyCorpus.shared
    let (own, partner) = (2, 13)
    let batch = try BatchAssembly(tiny.prepared, settings(.lam, 1)).trainingBatch(
      [own], partners: [partner], random: random, threads: 1)
    let a = tiny.store.withSamples(own, Array.init)
    let b = tiny.store.withSamples(partner, Array.init)
    var expected = [Float](repeating: 0, count: 8)
    expected[tiny.corpus.utterances[own].classIndex] += Float(a.count) / Float(a.count + b.count)
    expected[tiny.corpus.utterances[partner].classIndex] +=
      Float(b.count) / Float(a.count + b.count)
    expectClose(batch.targets.array, expected)
    let length = max(a.count, b.count)
    let mean = (0..<length).map { t in
      0.5 * (t < a.count ? a[t] : 0) + 0.5 * (t < b.count ? b[t] : 0)
    }
    let extractor = FeatureExtractor(settings: tinySettings.features, sampleRate: 16_000)
    let raw = extractor.features(of: mean)
    let (centre, deviation) = moments(
      .stacked(
        (0..<24).filter {
          tiny.corpus.utterances[$0].speaker == tiny.corpus.utterances[own].speaker
        }.map(tiny.raw)))
    let scaled = raw.array.enumerated().map { index, value in
      (Double(value) - centre[index % raw.columns]) / (deviation[index % raw.columns] + 1e-3)
    }
    expectClose(
      batch.shards[0].input.array.map(Double.init), scaled, relative: 1e-3, absolute: 2e-3)
  }

  @Test(arguments: [AugmentationSettings.Mixup.eam, .lam])
  func `shows the mixtures that training batches are made of`(mixup: AugmentationSettings.Mixup)
    throws
  {
    let tiny = try TinyCorpus.shared
    let assembly = BatchAssembly(tiny.prepared, settings(mixup, 0.6))
    let all = Array(0..<24)
    let batch = try assembly.trainingBatch(all, partners: all, random: random, threads: 1)
    let mixtures = all.map { assembly.mixture($0, partners: all, random: random) }
    #expect(mixtures.contains { $0 == nil } && mixtures.contains { $0 != nil })
    for (position, mixture) in mixtures.enumerated() {
      let target = batch.targets.rows(position..<position + 1).array
      guard let mixture else {
        #expect(target.max() == 1)
        continue
      }
      #expect(target == mixture.target)
      let own = tiny.store.withSamples(position, Array.init)
      let partner = tiny.store.withSamples(mixture.partner, Array.init)
      guard let draw = mixture.draw else {
        expectClose(
          mixture.share, Double(partner.count) / Double(own.count + partner.count), relative: 1e-9)
        continue
      }
      // The added signal has the power that the drawn ratio asks for.
      let range = draw.start..<draw.start + draw.length
      #expect(mixture.changed == range)
      let power = range.reduce(0.0) { $0 + Double(own[$1]) * Double(own[$1]) }
      let added = range.reduce(0.0) {
        let difference = Double(mixture.samples[$1]) - Double(own[$1])
        return $0 + difference * difference
      }
      expectClose(10 * log10(power / added), draw.snr, absolute: 0.02)
    }
    let others = all.map { assembly.mixture($0, partners: all, random: random.split("other")) }
    #expect(zip(mixtures, others).contains { $0?.samples != $1?.samples })
  }

  @Test func `draws for each utterance by its name alone`() throws {
    let tiny = try TinyCorpus.shared
    let assembly = BatchAssembly(tiny.prepared, livelySettings.augmentation)
    let all = Array(0..<24)
    func batch(_ positions: [Int], _ random: RandomStream, threads: Int = 1) throws -> [Tensor] {
      examples(
        try assembly.trainingBatch(positions, partners: all, random: random, threads: threads)
      ).map(\.frames)
    }
    let forward = try batch(all, random)
    #expect(try batch(all.reversed(), random) == forward.reversed())
    #expect(try batch([9], random) == [forward[9]])
    #expect(try batch(all, random, threads: 3) == forward)
    #expect(try batch(all, random.split("epoch 2")) != forward)
  }

  @Test func `has its statistics perturbed where that is asked for`() throws {
    let tiny = try TinyCorpus.shared
    var noisy = plainAugmentation
    noisy.statisticsNoise = 0.3
    let all = Array(0..<24)
    let training = examples(
      try BatchAssembly(tiny.prepared, noisy).trainingBatch(
        all, partners: all, random: random, threads: 1))
    let plain = examples(try BatchAssembly(tiny.prepared, noisy).plainBatch(all))
    let changes = zip(training, plain).flatMap { training, plain in
      zip(training.statistics.array, plain.statistics.array).map { Double($0 - $1) }
    }
    let deviation = (changes.reduce(0) { $0 + $1 * $1 } / Double(changes.count)).squareRoot()
    #expect(abs(deviation - 0.3) < 0.02)
    #expect(zip(training, plain).allSatisfy { $0.frames == $1.frames })
  }
}
