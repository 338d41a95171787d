import Audio
import Foundation
import Settings
import Tensors
import TestSupport
import Testing

/// Kind: property.
@Suite struct `Features brought up to date` {
  static let withProsody = pinnedFeatures(prosody: true)

  @Test(arguments: [
    0..<1, 0..<16_000, 15_999..<16_000, 7_000..<7_001, 3_333..<9_999, 8_000..<8_160, 5..<5,
  ])
  func `have the bits of a full computation`(range: Range<Int>) {
    for settings in [pinnedFeatures(prosody: false), Self.withProsody] {
      let extractor = FeatureExtractor(settings: settings, sampleRate: 16_000)
      let before = tone(180, sampleRate: 16_000, seconds: 1)
      var after = before
      for index in range { after[index] += Float((index * 31) % 17 + 1) / 40 }
      var features = extractor.features(of: before)
      after.withUnsafeBufferPointer { extractor.update(&features, samples: $0, changed: range) }
      #expect(features == extractor.features(of: after))
      // Negative control: the change is visible.
      #expect(range.isEmpty || features != extractor.features(of: before))
    }
  }

  @Test func `are computed in the frames that hold a changed sample, and no others`() {
    let extractor = FeatureExtractor(settings: pinnedFeatures(prosody: false), sampleRate: 16_000)
    // Frame t reads the samples 160 t - 200 ..< 160 t + 200.
    #expect(extractor.frames(touching: 0..<1, samples: 16_000) == 0..<2)
    #expect(extractor.frames(touching: 1_000..<1_001, samples: 16_000) == 5..<8)
    #expect(extractor.frames(touching: 15_999..<16_000, samples: 16_000) == 98..<101)
    #expect(extractor.frames(touching: 7..<7, samples: 16_000).isEmpty)
  }

  @Test func `have prosody in the last three columns`() {
    let extractor = FeatureExtractor(settings: Self.withProsody, sampleRate: 16_000)
    let plain = FeatureExtractor(settings: pinnedFeatures(prosody: false), sampleRate: 16_000)
    #expect(extractor.columns == 83 && plain.columns == 80 && extractor.bands == 80)
    let samples = tone(180, sampleRate: 16_000, seconds: 0.3)
    let (both, bands) = (extractor.features(of: samples), plain.features(of: samples))
    let (wide, narrow) = (both.array, bands.array)
    for frame in 0..<bands.rows {
      #expect(wide[frame * 83..<frame * 83 + 80] == narrow[frame * 80..<(frame + 1) * 80])
    }
  }

  /// Prints the time. One second of audio must take less than a millisecond; the goal on an idle
  /// core is a quarter of that.
  @Test func `are fast`() {
    let samples = rumble(16_000 * 60)
    for settings in [pinnedFeatures(prosody: false), Self.withProsody] {
      let extractor = FeatureExtractor(settings: settings, sampleRate: 16_000)
      let clock = ContinuousClock()
      let best = (0..<5).map { _ in clock.measure { _ = extractor.features(of: samples) } }.min()
      let perSecond = (best ?? .zero) / 60
      print("features, prosody \(settings.prosody): \(perSecond) per second of audio")
      #expect(perSecond < .milliseconds(settings.prosody ? 10 : 1))
    }
  }
}
