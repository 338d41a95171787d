// A fingerprint of a recording: signs of how neighbouring bands change relative to each other over
// time, after Haitsma & Kalker (ISMIR 2002). Copies keep it under gain, shift and mild noise.
// Another take of the same words by the same voice does not. PrintTable measures similarity.
import Audio
import Foundation
import Settings
import Tensors

/// The fingerprint of one recording: 64 bits for each frame with sound.
///
///     bit m of frame t = (L[t, m+1] - L[t, m]) - (L[t-4, m+1] - L[t-4, m]) > 0
///
/// L is the log mel power in 65 bands. Gain adds a constant to L, which cancels. Haitsma & Kalker
/// use 33 bands of music over 370 ms. 65 bands over 128 ms follow a voice's harmonics, which
/// distinguish two takes of a sentence. (All are our choices, measured in SoundPrintTests.)
package struct SoundPrint: Sendable, Equatable {
  /// Sampling rate of the analysis, in hertz.
  static let sampleRate = 16_000
  /// Time between frames, in seconds.
  static let hop = 0.016
  /// Frames between the two that a bit compares: 64 ms.
  private static let lag = 4
  /// Frames this many dB below the loudest count as silence, because their bits are noise.
  private static let range = 25.0

  /// The word of each frame from the first to the last with sound.
  let words: [UInt64]
  /// Whether each of these frames has sound.
  let hasSound: [Bool]
  /// The recording's frame at which `words` starts.
  let start: Int
  /// The position in `words` of the middle of the sound: the mean of the frames with sound. A click
  /// or silence at either end hardly moves it.
  let centre: Int
  /// The number of frames with sound.
  package let active: Int

  /// Computes the fingerprint of a mono recording at 16 kHz.
  package init(_ samples: [Float]) {
    var scaled = samples
    // The logarithm's floor is about 60 dB below the loudest band at any gain.
    Recording.normalizePeak(&scaled)
    let frames = Self.extractor.features(of: scaled)
    let (count, bands) = (frames.rows, frames.columns)
    let (words, hasSound) = frames.withUnsafeBuffer { values in
      let power = (0..<count).map { frame in
        values[frame * bands..<(frame + 1) * bands].reduce(0) { $0 + exp(Double($1)) }
      }
      let least = (power.max() ?? 0) * pow(10, -Self.range / 10)
      var words = [UInt64](repeating: 0, count: count)
      for frame in Self.lag..<max(Self.lag, count) where power[frame] > least {
        let (now, before) = (frame * bands, (frame - Self.lag) * bands)
        for band in 0..<bands - 1 {
          let rise = values[now + band + 1] - values[now + band]
          let earlier = values[before + band + 1] - values[before + band]
          if rise > earlier { words[frame] |= 1 << UInt64(band) }
        }
      }
      return (words, power.indices.map { $0 >= Self.lag && power[$0] > least })
    }
    let places = hasSound.indices.filter { hasSound[$0] }
    let start = places.first ?? 0
    let range = start..<(places.last ?? start - 1) + 1
    self.words = Array(words[range])
    self.hasSound = Array(hasSound[range])
    self.start = start
    active = places.count
    centre = places.reduce(0, +) / max(1, active) - start
  }

  private static let extractor = FeatureExtractor(
    settings: {
      var settings = FeatureSettings()
      settings.bands = 65
      settings.window = 128
      settings.hop = 1000 * hop
      settings.lowFrequency = 300
      settings.highFrequency = 3_000
      settings.floor = 1e-3
      settings.prosody = false
      settings.statistics = false
      return settings
    }(), sampleRate: sampleRate)
}
