import Augmentation
import Foundation
import Randomness
import Settings
import TestSupport
import Testing

/// Kinds: by hand, property.
@Suite struct `Energy-adaptive mixup` {
  let mixup: EnergyAdaptiveMixup

  init() {
    var settings = AugmentationSettings()
    (settings.lowestSignalToNoise, settings.highestSignalToNoise, settings.leastPower) = (
      -5, 10, 1e-10
    )
    mixup = EnergyAdaptiveMixup(settings: settings)
  }

  /// Applies a draw to a copy of `samples`.
  func mixed(
    _ draw: EnergyAdaptiveMixup.Draw, _ samples: [Float], _ partner: [Float]
  ) -> (samples: [Float], outcome: EnergyAdaptiveMixup.Outcome) {
    var result = samples
    let outcome = result.withUnsafeMutableBufferPointer { target in
      partner.withUnsafeBufferPointer { mixup.apply(draw, to: target, partner: $0) }
    }
    return (result, outcome)
  }

  func noise(_ count: Int, seed: UInt64, loudness: Double = 0.1) -> [Float] {
    var random = RandomStream(seed: seed)
    return (0..<count).map { _ in Float(loudness * random.normal()) }
  }

  /// Segments (2, 2) and (1, -1): P' = 4 and 1. At 0 dB the scale is √(4/1) = 2, P'' = 4 and
  /// λ = 2/5 · 4/(4+4) = 1/5.
  @Test func `worked by hand at 0 dB`() {
    let draw = EnergyAdaptiveMixup.Draw(start: 1, partnerStart: 2, length: 2, snr: 0)
    let result = mixed(draw, [9, 2, 2, 9, 9], [7, 7, 1, -1])
    expectClose(result.samples, [9, 4, 0, 9, 9])
    expectClose(result.outcome.share, 0.2)
    #expect(result.outcome.changed == 1..<3)
  }

  /// P' = 1 and 4. At 10 dB: scale √(1/(10·4)), P'' = 0.1, λ = 1/4 · 0.1/1.1. At -5 dB:
  /// scale √(10^0.5/4), P'' = √10, λ = 1/4 · √10/(1+√10).
  @Test func `worked by hand at both ends of the ratio`() {
    let samples: [Float] = [1, 0, 0, 0]
    let high = mixed(.init(start: 0, partnerStart: 0, length: 1, snr: 10), samples, [2])
    expectClose(high.samples, [Float(1 + 2 * (1.0 / 40).squareRoot()), 0, 0, 0])
    expectClose(high.outcome.share, 0.25 * 0.1 / 1.1)
    let low = mixed(.init(start: 0, partnerStart: 0, length: 1, snr: -5), samples, [2])
    let root = 10.0.squareRoot()
    expectClose(low.samples, [Float(1 + 2 * (root / 4).squareRoot()), 0, 0, 0])
    expectClose(low.outcome.share, 0.25 * root / (1 + root))
  }

  @Test func `reaches the drawn ratio, changes nothing else, and gives less than half the label`() {
    var random = RandomStream(seed: 5)
    for trial in 0..<300 {
      let samples = noise(200 + 37 * trial, seed: UInt64(trial))
      let partner = noise(
        150 + 53 * ((trial * 7) % 100), seed: UInt64(9_000 + trial), loudness: 0.01)
      let draw = mixup.draw(
        length: samples.count, partnerLength: partner.count, using: &random)
      guard let draw else {
        Issue.record("nothing drawn")
        return
      }
      #expect((-5..<10).contains(draw.snr))
      #expect((1...min(samples.count / 2, partner.count)).contains(draw.length))
      let (result, outcome) = mixed(draw, samples, partner)
      let range = outcome.changed
      #expect(range == draw.start..<draw.start + draw.length)
      #expect(result[..<range.lowerBound] == samples[..<range.lowerBound])
      #expect(result[range.upperBound...] == samples[range.upperBound...])
      // The added signal, recovered as a difference in `Double`.
      let segment = range.reduce(0.0) { $0 + pow(Double(samples[$1]), 2) }
      let added = range.reduce(0.0) { $0 + pow(Double(result[$1]) - Double(samples[$1]), 2) }
      let tolerance = draw.length < 20 ? 1e-3 : 1e-4  // rounding of a few samples' sums
      #expect(abs(10 * log10(segment / added) - draw.snr) < tolerance)
      let share = Double(draw.length) / Double(samples.count) * added / (segment + added)
      expectClose(outcome.share, share, relative: 1e-4)
      #expect(outcome.share > 0 && outcome.share < 0.5)
      let target = mixedTarget([0, 1, 0], with: [0, 0, 1], share: outcome.share)
      expectClose(Double(target.reduce(0, +)), 1, absolute: 1e-6)
      #expect(target[1] > target[2])
    }
  }

  @Test func `leaves silence alone, on either side`() {
    let voice = noise(100, seed: 1)
    let silence = [Float](repeating: 0, count: 100)
    let hush = [Float](repeating: 0.9e-5, count: 100)  // power 0.81e-10 < 1e-10
    let draw = EnergyAdaptiveMixup.Draw(start: 10, partnerStart: 0, length: 40, snr: 0)
    for (samples, partner) in [(voice, silence), (silence, voice), (voice, hush), (hush, voice)] {
      let result = mixed(draw, samples, partner)
      #expect(result.samples == samples)
      #expect(result.outcome.share == 0 && result.outcome.changed.isEmpty)
    }
    // Negative control: a segment just above the least power is mixed.
    let faint = [Float](repeating: 1.1e-5, count: 100)
    #expect(mixed(draw, voice, faint).outcome.share > 0)
  }

  @Test func `draws nothing for the shortest utterances`() {
    var random = RandomStream(seed: 1)
    let untouched = random
    #expect(mixup.draw(length: 1, partnerLength: 100, using: &random) == nil)
    #expect(mixup.draw(length: 100, partnerLength: 0, using: &random) == nil)
    #expect(random == untouched)
    for _ in 0..<50 {
      let draw = mixup.draw(length: 2, partnerLength: 1, using: &random)
      #expect(draw?.length == 1 && draw?.partnerStart == 0)
      #expect(draw.map { (0...1).contains($0.start) } == true)
    }
  }

  @Test func `draws lengths, starts and ratios uniformly`() {
    var random = RandomStream(seed: 3)
    var lengths = [Int](repeating: 0, count: 6)
    var starts = [Int](repeating: 0, count: 10)
    var ratio = 0.0
    let count = 20_000
    for _ in 0..<count {
      guard let draw = mixup.draw(length: 10, partnerLength: 30, using: &random) else { continue }
      lengths[draw.length] += 1
      if draw.length == 1 { starts[draw.start] += 1 }
      ratio += draw.snr / Double(count)
    }
    #expect(lengths[0] == 0)
    #expect(lengths[1...].allSatisfy { abs($0 - count / 5) < 250 })
    #expect(starts.allSatisfy { abs($0 - count / 50) < 90 })
    #expect(abs(ratio - 2.5) < 0.1)
  }

  /// Segments 1 and 2 at a drawn 10 dB: the partner's power is 1/10 if it is divided, and 10 if it
  /// is multiplied. λ = 1/4 · P''/(1 + P'').
  @Test(arguments: [
    (AugmentationSettings.PartnerPower.divided, 0.1), (.multiplied, 10.0),
  ])
  func `gives the partner the power of its settings, by hand`(
    rule: AugmentationSettings.PartnerPower, power: Double
  ) throws {
    var settings = AugmentationSettings()
    (settings.lowestSignalToNoise, settings.highestSignalToNoise) = (10, 10)
    settings.partnerPower = rule
    let mixup = EnergyAdaptiveMixup(settings: settings)
    var random = RandomStream(seed: 8)
    let drawn = try #require(mixup.draw(length: 4, partnerLength: 1, using: &random))
    #expect(drawn.length == 1 && drawn.snr == (rule == .divided ? 10 : -10))
    var samples: [Float] = [1, 1, 1, 1]
    let outcome = samples.withUnsafeMutableBufferPointer { target in
      [Float(2)].withUnsafeBufferPointer { mixup.apply(drawn, to: target, partner: $0) }
    }
    expectClose([samples[drawn.start]], [Float(1 + power.squareRoot())])
    expectClose(outcome.share, 0.25 * power / (1 + power))
  }

  @Test func `draws the same ratio for either rule, with the other sign`() throws {
    var (divided, multiplied) = (AugmentationSettings(), AugmentationSettings())
    divided.partnerPower = .divided
    multiplied.partnerPower = .multiplied
    var random = RandomStream(seed: 12)
    for _ in 0..<50 {
      var same = random
      let first = EnergyAdaptiveMixup(settings: divided)
        .draw(length: 100, partnerLength: 80, using: &random)
      let second = EnergyAdaptiveMixup(settings: multiplied)
        .draw(length: 100, partnerLength: 80, using: &same)
      let (a, b) = (try #require(first), try #require(second))
      #expect(a.snr == -b.snr && random == same)
      #expect((a.start, a.partnerStart, a.length) == (b.start, b.partnerStart, b.length))
      #expect((-5..<10).contains(a.snr) && b.snr > -10)
    }
    #expect(AugmentationSettings().partnerPower == .divided)
  }

  @Test func `keeps the ratio of its settings`() {
    var settings = AugmentationSettings()
    (settings.lowestSignalToNoise, settings.highestSignalToNoise) = (20, 21)
    var random = RandomStream(seed: 3)
    for _ in 0..<100 {
      let draw = EnergyAdaptiveMixup(settings: settings)
        .draw(length: 100, partnerLength: 100, using: &random)
      #expect(draw.map { (20...21).contains($0.snr) } == true)
    }
  }
}

/// Kind: by hand.
@Suite struct `Label-adaptive mixup` {
  func mix(_ samples: [Float], _ partner: [Float]) -> (samples: [Float], share: Double) {
    samples.withUnsafeBufferPointer { a in
      partner.withUnsafeBufferPointer { LabelAdaptiveMixup.mix(a, partner: $0) }
    }
  }

  @Test func `averages over the longer one's length, and goes by length in the label`() {
    let longerPartner = mix([1, 2], [3, 4, 5])
    expectClose(longerPartner.samples, [2, 3, 2.5])
    expectClose(longerPartner.share, 0.6)
    let shorterPartner = mix([3, 4, 5, 8], [1])
    expectClose(shorterPartner.samples, [2, 2, 2.5, 4])
    expectClose(shorterPartner.share, 0.2)
    expectClose(mixedTarget([1, 0], with: [0, 1], share: shorterPartner.share), [0.8, 0.2])
  }
}
