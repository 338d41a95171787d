import Audio
import Foundation
import Settings
import Tensors
import TestSupport
import Testing

/// Kinds: by hand, property.
@Suite struct `Prosody` {
  struct Frame { let energy, pitch, voicing: Float }

  /// The three features of each frame.
  func prosody(_ samples: [Float]) -> [Frame] {
    let settings = pinnedFeatures(prosody: true)
    let features = FeatureExtractor(settings: settings, sampleRate: 16_000).features(of: samples)
    let values = features.array
    return (0..<features.rows).map { row in
      let place = row * 83 + 80
      return Frame(energy: values[place], pitch: values[place + 1], voicing: values[place + 2])
    }
  }
  func hertz(_ frame: Frame) -> Double { 150 * exp(Double(frame.pitch)) }

  /// A voice-like sum of harmonics that falls by 6 dB per octave.
  func harmonics(_ phase: (Double) -> Double, seconds: Double = 0.5) -> [Float] {
    (0..<Int(16_000 * seconds)).map { index in
      let angle = 2 * Double.pi * phase(Double(index) / 16_000)
      return Float(0.2 * (1...8).reduce(0.0) { $0 + sin(Double($1) * angle) / Double($1) })
    }
  }

  @Test(arguments: [65, 82.4, 110, 147.3, 220, 311.1, 440, 490.0])
  func `finds the pitch of a steady tone`(frequency: Double) {
    for samples in [
      tone(frequency, sampleRate: 16_000, seconds: 0.5), harmonics { $0 * frequency },
    ] {
      for frame in prosody(samples)[5..<45] {
        #expect(abs(hertz(frame) / frequency - 1) < 0.01, "\(hertz(frame)) Hz for \(frequency)")
        #expect(frame.voicing > 0.9)
      }
    }
  }

  @Test func `follows a glide`() {
    let frames = prosody(harmonics({ 120 * $0 + 100 * $0 * $0 }))
    for index in 5..<45 {
      let expected = 120 + 200 * Double(index) / 100
      #expect(abs(hertz(frames[index]) / expected - 1) < 0.02)
    }
  }

  @Test func `hears no voice in noise, in silence or in a hum below its range`() {
    var state: UInt64 = 1
    let noise = (0..<16_000).map { _ -> Float in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 24) - 0.5
    }
    let inNoise = prosody(noise)
    let voiced = inNoise.filter { $0.voicing >= 0.5 }.count
    #expect(voiced < inNoise.count / 20, "\(voiced) of \(inNoise.count)")
    #expect(inNoise.allSatisfy { $0.voicing >= 0.5 || $0.pitch == 0 })
    #expect(prosody([Float](repeating: 0, count: 16_000)).allSatisfy { $0.voicing == 0 })
    // A constant is not a voice either: it does not vary.
    #expect(prosody([Float](repeating: 0.3, count: 16_000))[5..<95].allSatisfy { $0.voicing == 0 })
    #expect(prosody(tone(40, sampleRate: 16_000, seconds: 1))[5..<95].allSatisfy { $0.pitch == 0 })
  }

  @Test func `has the energy of the window`() {
    // The mean of hann² is 3/8, that of sin² is 1/2.
    let expected = Float(log(0.25 * 0.375 * 0.5 + 1e-6))
    for frame in prosody(tone(1_000, sampleRate: 16_000, seconds: 0.5))[5..<45] {
      #expect(abs(frame.energy - expected) < 1e-3)
    }
    // Pitch and voicing do not depend on loudness.
    let loud = prosody(tone(200, sampleRate: 16_000, seconds: 0.3))[10]
    let soft = prosody(tone(200, sampleRate: 16_000, seconds: 0.3, amplitude: 0.005))[10]
    #expect(abs(loud.pitch - soft.pitch) < 1e-4 && abs(loud.voicing - soft.voicing) < 1e-4)
    #expect(loud.energy > soft.energy + 5)
  }

  /// Odd actors are men. Their acted speech is well below the women's. The test prints the medians.
  @Test(.enabled(if: hasRAVDESS, "needs ../shared/data"), .timeLimit(.minutes(30)))
  func `tells the voices of RAVDESS's men from its women's`() throws {
    func median(actor: Int) throws -> Double {
      let name = actor < 10 ? "0\(actor)" : "\(actor)"
      let folder = "\(ravdess16k)/Actor_\(name)"
      let pitches = try (1...2).flatMap { repetition in
        try prosody(
          Recording.readMono(path: "\(folder)/03-01-01-01-01-0\(repetition)-\(name).flac"))
      }.filter { $0.voicing >= 0.5 }.map(hertz).sorted()
      return pitches[pitches.count / 2]
    }
    let men = try stride(from: 1, through: 23, by: 2).map(median).sorted()
    let women = try stride(from: 2, through: 24, by: 2).map(median).sorted()
    print("median F0, neutral, Hz: men \(men.map { Int($0) }), women \(women.map { Int($0) })")
    #expect((85...150).contains(men[6]))
    #expect((165...255).contains(women[6]))
    #expect(men[9] < women[3])
  }
}
