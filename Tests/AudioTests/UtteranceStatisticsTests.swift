// By hand: statistics of constructed frames: constant, rising, modulated, unvoiced, few.
import Audio
import Foundation
import Settings
import TestSupport
import Tensors
import Testing

private let bands = 80
private let statistics = UtteranceStatistics(settings: pinnedFeatures(prosody: true))

/// The positions of the statistics: three for each of 13 cepstra, eleven of prosody, 8 · 5 of
/// modulation.
private enum Place {
  static func mean(_ order: Int) -> Int { 3 * order }
  static func deviation(_ order: Int) -> Int { 3 * order + 1 }
  static func change(_ order: Int) -> Int { 3 * order + 2 }
  static let pitch = 39..<44
  static let voicedShare = 44
  static let voicing = 45
  static let duration = 46
  static let energy = 47..<50
  static func modulation(_ group: Int, _ range: Int) -> Int { 50 + 5 * group + range }
}

/// Frames from formulas: the level of the bands, then energy, log F0 and voicing.
private func frames(
  _ count: Int, level: (_ t: Int, _ band: Int) -> Double = { _, _ in -3 },
  prosody: (_ t: Int) -> (Double, Double, Double) = { _ in (-2, 0.3, 0.9) }
) -> Tensor {
  Tensor(
    shape: [count, bands + 3],
    values: (0..<count).flatMap { t -> [Float] in
      let (energy, pitch, voicing) = prosody(t)
      return (0..<bands).map { Float(level(t, $0)) } + [
        Float(energy), Float(pitch), Float(voicing),
      ]
    })
}

private func values(_ features: Tensor) -> [Double] {
  statistics.values(of: features).map(Double.init)
}

@Suite struct `Statistics of an utterance` {
  @Test func `of constant frames have no deviation`() {
    let values = values(frames(100))
    #expect(values.count == 90 && statistics.count == 90)
    // The first cepstrum of a level of -3 is -3 · √80. The others vanish.
    expectClose(values[Place.mean(0)], -3 * 80.0.squareRoot(), relative: 1e-5)
    for order in 0..<13 {
      if order > 0 { expectClose(values[Place.mean(order)], 0, absolute: 1e-4) }
      expectClose(values[Place.deviation(order)], 0, absolute: 1e-4)
      expectClose(values[Place.change(order)], 0, absolute: 1e-4)
    }
    expectClose(
      Array(values[39..<50]), [0.3, 0.3, 0.3, 0, 0, 1, 0.9, 1, -2, -2, 0], relative: 1e-5,
      absolute: 1e-6)
    // Without modulation the value is the floor of the logarithm.
    expectClose(Array(values[50...]), Array(repeating: log(1e-6), count: 40), relative: 0.02)
  }

  @Test func `find a cepstrum in its own place`() {
    // The level cos(π·3·(2b + 1)/160) is the third basis vector, of length √40.
    let shape = frames(50) { _, band in cos(.pi * 3 * Double(2 * band + 1) / 160) }
    let values = values(shape)
    for order in 0..<13 {
      expectClose(
        values[Place.mean(order)], order == 3 ? 40.0.squareRoot() : 0, relative: 1e-5,
        absolute: 1e-4)
    }
  }

  @Test func `measure how a rising level rises`() {
    // c₀ rises by √80/100 per frame, so all differences two frames apart are equal.
    let values = values(frames(101) { t, _ in Double(t) / 100 })
    expectClose(values[Place.mean(0)], 0.5 * 80.0.squareRoot(), relative: 1e-5)
    let deviation = ((101.0 * 101 - 1) / 12).squareRoot() / 100 * 80.0.squareRoot()
    expectClose(values[Place.deviation(0)], deviation, relative: 1e-4)
    expectClose(values[Place.change(0)], 0, absolute: 1e-4)
    let zigzag = self.zigzag()
    expectClose(zigzag[Place.change(0)], 80.0.squareRoot(), relative: 1e-4)
  }

  /// Levels 0, 0, 1, 1, 0, 0 …: differences two frames apart alternate between 1 and -1.
  private func zigzag() -> [Double] {
    values(frames(102) { t, _ in t / 2 % 2 == 0 ? 0 : 1 })
  }

  @Test func `order the pitch of voiced frames alone`() {
    // Voiced: 0.0, 0.1 … 1.0 in frames 0 ... 10. Unvoiced frames have 99, which must not count.
    let values = values(
      frames(44, prosody: { t in t <= 10 ? (0, Double(t) / 10, 0.5) : (0, 99, 0.4999) }))
    expectClose(
      Array(values[Place.pitch]), [0.1, 0.5, 0.9, 0.1.squareRoot(), 0.1], relative: 1e-5,
      absolute: 1e-6)
    expectClose(values[Place.voicedShare], 0.25)
    expectClose(
      values[Place.voicing], (11 * 0.5 + 33 * 0.4999) / 44, relative: 1e-5)
    expectClose(values[Place.duration], 0.44, relative: 1e-6)
  }

  @Test func `order the energy of all frames`() {
    let values = values(frames(101, prosody: { t in (Double((t * 37) % 101), 0, 0) }))
    expectClose(
      Array(values[Place.energy]), [50, 95, ((101.0 * 101 - 1) / 12).squareRoot()], relative: 1e-5)
  }

  @Test(arguments: [(2.0, 0), (4.0, 1), (6.4, 2), (11.0, 3), (24.0, 4)])
  func `show a modulation in its own range of frequencies`(frequency: Double, range: Int) {
    // Only group 2, bands 20 ..< 30, oscillates.
    let values = values(
      frames(1000) { t, band in
        (20..<30).contains(band) ? sin(2 * .pi * frequency * Double(t) / 100) : 0
      })
    let own = (0..<5).map { values[Place.modulation(2, $0)] }
    #expect(own.indices.max { own[$0] < own[$1] } == range, "\(own)")
    for group in [0, 1, 3, 4, 5, 6, 7] {
      #expect(values[Place.modulation(group, range)] < own[range] - 5)
    }
  }

  @Test(arguments: [1, 2, 3, 5, 2000])
  func `are finite for any number of frames`(count: Int) {
    let noisy = frames(
      count, level: { t, band in Double((t * 31 + band * 17) % 13) - 9 },
      prosody: { t in (Double(t % 5) - 8, Double(t % 3) / 3, Double(t % 2)) })
    #expect(values(noisy).allSatisfy { $0.isFinite })
    #expect(values(frames(count)).allSatisfy { $0.isFinite })
  }

  @Test(arguments: [1, 2, 100])
  func `of unvoiced frames say 0 of pitch`(count: Int) {
    let values = values(frames(count, prosody: { _ in (-5, 0, 0.1) }))
    #expect(values.allSatisfy { $0.isFinite })
    #expect(Array(values[39..<45]) == [0, 0, 0, 0, 0, 0])
  }

  @Test func `of one voiced frame have its pitch and no change`() {
    let values = values(frames(3, prosody: { t in (0, 0.7, t == 1 ? 1 : 0) }))
    expectClose(
      Array(values[Place.pitch]), [0.7, 0.7, 0.7, 0, 0], relative: 1e-5, absolute: 1e-6)
  }

  @Test(arguments: [5.0, 16, 20, 25, 100])
  func `take the time between frames from the settings`(hop: Double) {
    var settings = pinnedFeatures(prosody: true)
    settings.hop = hop
    let values = UtteranceStatistics(settings: settings).values(
      of: frames(50) { t, _ in
        t % 2 == 0 ? 1 : -1
      }
    ).map(Double.init)
    expectClose(values[Place.duration], 50 * hop / 1000, relative: 1e-6)
    // Above half the frame rate there is no modulation, and that is not an error.
    #expect(values.allSatisfy { $0.isFinite })
  }
}
