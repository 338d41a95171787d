// What the recordings of a training are like: lengths, levels, bands and the usual normalisation of
// a speaker. New recordings are compared with it.
import Audio
import Corpora
import Foundation
import Tensors
import Threads

/// The measures of one recording after cropping, trimming and scaling.
package struct SoundMeasures: Equatable, Sendable {
  package let seconds: Double
  /// Root mean square, in dB relative to full scale.
  package let level: Double
  /// The power above `highFrequency` in dB relative to all power; nil if no mel band lies there.
  package let highPower: Double?

  /// The frequency above which a telephone carries nothing, in Hz.
  package static let highFrequency = 4_000.0
  /// The least share of power that counts, -120 dB.
  private static let least = 1e-12

  /// - Parameter features: the raw features of the samples, `[T, columns]`.
  init(
    _ samples: UnsafeBufferPointer<Float>, _ features: UnsafeBufferPointer<Float>,
    _ extractor: FeatureExtractor, sampleRate: Int
  ) {
    seconds = Double(samples.count) / Double(max(1, sampleRate))
    let energy = samples.reduce(0.0) { $0 + Double($1) * Double($1) }
    level = 10 * log10(max(Self.least, energy / Double(max(1, samples.count))))
    let high = extractor.bands(above: Self.highFrequency)
    guard !high.isEmpty else {
      highPower = nil
      return
    }
    // The features hold ln(floor + power).
    var (all, above) = (0.0, 0.0)
    for start in stride(from: 0, to: features.count, by: max(1, extractor.columns)) {
      for band in 0..<extractor.bands {
        let power = Double(max(0, exp(features[start + band]) - extractor.floor))
        all += power
        if band >= high.lowerBound { above += power }
      }
    }
    highPower = 10 * log10(max(Self.least, all > 0 ? above / all : 0))
  }
}

/// The recordings of a training in a few numbers.
package struct SoundSummary: Equatable, Sendable {
  /// One entry for each recording.
  package let measures: [SoundMeasures]
  package let speakers: Int
  /// Of the features of frames; nil for a network on other frames.
  package let frames: UsualSpeaker?
  /// Of the statistics of utterances; nil without statistics.
  package let statistics: UsualSpeaker?
}

extension PreparedCorpus {
  /// Summarises some utterances, which must not be none. Nil for frames from files.
  package func summary(of positions: [Int], threads: Int) -> SoundSummary? {
    guard let store else { return nil }
    let (extractor, rate) = (extractor, sampleRate)
    let found = parallelMap(count: positions.count, threads: threads) { index in
      store.withSamples(positions[index]) { samples in
        store.withFeatures(positions[index]) { features in
          (
            SoundMeasures(samples, features, extractor, sampleRate: rate),
            columnMeans(features, columns: extractor.columns)
          )
        }
      }
    }
    let bySpeaker = Dictionary(grouping: positions.indices) {
      utterances[positions[$0]].speaker
    }
    let speakers = bySpeaker.keys.sorted()
    // How much the recordings of each speaker differ from each other.
    let within = speakers.map { speaker -> [Float] in
      var means = NormalizationAccumulator(columns: extractor.columns)
      for index in bySpeaker[speaker] ?? [] {
        found[index].1.withUnsafeBufferPointer { means.add($0) }
      }
      return means.normalization.deviation
    }
    let statistics = speakers.compactMap { statisticNormalizations[$0] }
    return SoundSummary(
      measures: found.map(\.0), speakers: speakers.count,
      frames: UsualSpeaker(of: speakers.compactMap { frameNormalizations[$0] }, within: within),
      statistics: UsualSpeaker(of: statistics, within: statistics.map(\.deviation)))
  }
}

/// The mean of each column of `[T, columns]`.
func columnMeans(_ values: UnsafeBufferPointer<Float>, columns: Int) -> [Float] {
  var all = NormalizationAccumulator(columns: columns)
  all.add(values)
  return all.normalization.mean
}

/// The mean of each column.
func columnMeans(_ values: Tensor) -> [Float] {
  values.withUnsafeBuffer { columnMeans($0, columns: values.columns) }
}
