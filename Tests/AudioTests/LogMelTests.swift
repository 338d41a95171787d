import Audio
import Foundation
import Settings
import Tensors
import TestSupport
import Testing

/// Kind: property. golden/mel checks the weights against librosa.
@Suite struct `A mel filter bank` {
  @Test(arguments: [0, 440, 999.9, 1_000, 3_000, 8_000.0])
  func `has a scale that can be turned back`(hertz: Double) {
    expectClose(MelScale.hertz(fromMel: MelScale.mel(fromHertz: hertz)), hertz, relative: 1e-12)
  }
}

/// Kinds: oracle, property.
@Suite struct `Log-mel features` {
  let extractor = FeatureExtractor(settings: pinnedFeatures(prosody: false), sampleRate: 16_000)

  /// The definition, computed frame by frame in `Double`.
  func naive(_ samples: [Float], frame: Int, bands: Int = 80) -> [Float] {
    let bank = MelFilterBank(count: bands, length: 512, sampleRate: 16_000, low: 20, high: 8_000)
    var signal = [Float](repeating: 0, count: 512)
    for index in 0..<400 {
      let place = frame * 160 + index - 200
      guard samples.indices.contains(place) else { continue }
      let hann = 0.5 - 0.5 * cos(2 * Double.pi * Double(index) / 400)
      signal[index] = Float(hann * Double(samples[place]))
    }
    let spectrum = naiveSpectrum(of: signal)
    let power = zip(spectrum.real, spectrum.imaginary).map { Double($0 * $0 + $1 * $1) }
    return bank.bands.map { band in
      let sum = band.weights.indices.reduce(0.0) {
        $0 + Double(band.weights[$1]) * power[band.first + $1]
      }
      return Float(log(sum + 1e-6))
    }
  }

  @Test(arguments: [0, 1, 3, 10]) func `equal the plain computation`(frame: Int) {
    let samples = rumble(1_700)
    let features = extractor.features(of: samples).array
    expectClose(
      Array(features[frame * 80..<(frame + 1) * 80]), naive(samples, frame: frame),
      relative: 1e-5, absolute: 2e-5)
  }

  /// Incomplete groups of four, bands that end at the last bin, and bands that cover almost all
  /// bins.
  @Test(arguments: [1, 2, 3, 4, 5, 7, 13, 79, 128]) func `equal it for any number of bands`(
    bands: Int
  ) {
    var settings = pinnedFeatures(prosody: false)
    settings.bands = bands
    let samples = rumble(1_700)
    let features = FeatureExtractor(settings: settings, sampleRate: 16_000).features(of: samples)
    #expect(features.shape == [11, bands])
    let found = Array(features.array[3 * bands..<4 * bands])
    expectClose(
      found, naive(samples, frame: 3, bands: bands), relative: 1e-5, absolute: 2e-5)
    // Negative control: the first frame, half of it before the start, differs clearly.
    let other = naive(samples, frame: 0, bands: bands)
    #expect(zip(found, other).contains { abs($0 - $1) > 1e-3 })
  }

  @Test(arguments: [1, 159, 160, 161, 399, 100_000]) func `have a frame per hop and one more`(
    count: Int
  ) {
    let features = extractor.features(of: [Float](repeating: 0.1, count: count))
    #expect(features.shape == [1 + count / 160, 80])
    #expect(features.array.allSatisfy { $0.isFinite })
  }

  @Test func `of silence are the logarithm of the floor`() {
    let features = extractor.features(of: [Float](repeating: 0, count: 3_200))
    #expect(features.array.allSatisfy { abs($0 - log(1e-6)) < 1e-5 })
  }

  @Test func `have logarithms of full precision over the whole range`() {
    // Scaling a signal shifts every band by the same number, over 12 decades, above the floor.
    var settings = pinnedFeatures(prosody: false)
    settings.floor = 1e-30
    let extractor = FeatureExtractor(settings: settings, sampleRate: 16_000)
    let base = rumble(400)
    let reference = extractor.features(of: base).array
    for exponent in stride(from: -20, through: 20, by: 1) {
      let scaled = extractor.features(
        of: base.map { $0 * Float(sign: .plus, exponent: exponent, significand: 1) })
      let expected = reference.map { $0 + Float(2 * Double(exponent) * log(2.0)) }
      expectClose(scaled.array, expected, relative: 3e-7, absolute: 1e-6)
    }
  }
}
