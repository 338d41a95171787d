// Energy-adaptive mixup (EAM). It adds a segment of a partner's speech to an utterance at a random
// signal-to-noise ratio. The trainer decides which utterances to mix and how often. Follows arXiv
// 2512.04551 §2.1 (mixing) and arXiv 2512.04552, Algorithm 1 (λ).
import Foundation
package import Randomness
package import Settings

/// Mixes an utterance i with a partner j.
///
///     x_i[s_i + t] += scale · x_j[s_j + t],   t = 0 ..< l_mix
///     scale = √(P'_i / (10^(SNR/10) · P'_j)),   P' = mean square of the segment
///     λ = (l_mix / l_i) · P''_j / (P'_i + P''_j),   P''_j = P'_i / 10^(SNR/10)
///     y = (1 - λ) y_i + λ y_j
///
/// The sources differ on the sign of the drawn ratio r. SNR is r if the settings divide the power
/// of the partner's segment by 10^(r/10), and -r if they multiply it.
package struct EnergyAdaptiveMixup: Sendable {
  /// The range of the drawn ratio, in dB.
  package let ratios: ClosedRange<Double>
  /// Whether the drawn ratio is that of the partner's power to the utterance's.
  package let multiplies: Bool
  /// The least mean square power of a segment that is mixed, in full scale².
  package let leastPower: Double

  /// The random choices of one mixing.
  package struct Draw: Sendable, Equatable {
    /// First sample of the utterance's segment, s_i.
    package let start: Int
    /// First sample of the partner's segment, s_j.
    package let partnerStart: Int
    /// Samples of both segments, l_mix.
    package let length: Int
    /// The power of the utterance's segment relative to the partner's, in dB.
    package let snr: Double

    package init(start: Int, partnerStart: Int, length: Int, snr: Double) {
      self.start = start
      self.partnerStart = partnerStart
      self.length = length
      self.snr = snr
    }
  }

  /// The result of a mixing.
  package struct Outcome: Sendable, Equatable {
    /// The partner's share λ of the label, or 0 if nothing was mixed.
    package let share: Double
    /// The changed samples. The range is empty if nothing was mixed.
    package let changed: Range<Int>
    static let none = Outcome(share: 0, changed: 0..<0)
  }

  package init(settings: AugmentationSettings) {
    precondition(
      settings.lowestSignalToNoise <= settings.highestSignalToNoise,
      "lowest SNR \(settings.lowestSignalToNoise) dB above the highest "
        + "\(settings.highestSignalToNoise) dB"
    )
    ratios = settings.lowestSignalToNoise...settings.highestSignalToNoise
    multiplies = settings.partnerPower == .multiplied
    leastPower = settings.leastPower
  }

  /// Draws `l_mix` uniformly from `1 … min(⌊l_i/2⌋, l_j)`, then both starts uniformly among those
  /// that fit, then the ratio uniformly within its range.
  ///
  /// - Parameters:
  ///   - length: samples of the utterance, l_i.
  ///   - partnerLength: samples of the partner, l_j.
  /// - Returns: nil, without a draw, if no segment fits (l_i < 2 or l_j < 1).
  package func draw(
    length: Int, partnerLength: Int, using random: inout RandomStream
  ) -> Draw? {
    let longest = min(length / 2, partnerLength)
    guard longest >= 1 else { return nil }
    let mixed = random.integer(in: 1...longest)
    let start = random.integer(in: 0...length - mixed)
    let partnerStart = random.integer(in: 0...partnerLength - mixed)
    let ratio = random.uniform(ratios.lowerBound, ratios.upperBound)
    return Draw(
      start: start, partnerStart: partnerStart, length: mixed, snr: multiplies ? -ratio : ratio)
  }

  /// Mixes `partner` into `samples` as drawn.
  ///
  /// - Parameters:
  ///   - samples: the utterance, `[l_i]`. Only its segment changes.
  ///   - partner: the partner, `[l_j]`.
  /// - Returns: λ < ½ and the segment. Nothing is mixed if either segment's power is below
  ///   `leastPower`.
  package func apply(
    _ draw: Draw, to samples: UnsafeMutableBufferPointer<Float>,
    partner: UnsafeBufferPointer<Float>
  ) -> Outcome {
    precondition(
      draw.start >= 0 && draw.length >= 1 && draw.start + draw.length <= samples.count,
      "segment of \(draw.length) from \(draw.start) in \(samples.count) samples")
    precondition(
      draw.partnerStart >= 0 && draw.partnerStart + draw.length <= partner.count,
      "partner's segment of \(draw.length) from \(draw.partnerStart) in \(partner.count) samples")
    guard let base = samples.baseAddress, let other = partner.baseAddress else { return .none }
    let target = base + draw.start
    let source = other + draw.partnerStart
    let power = meanSquare(target, draw.length)
    let partnerPower = meanSquare(source, draw.length)
    guard power >= leastPower, partnerPower >= leastPower else { return .none }
    let ratio = pow(10, draw.snr / 10)
    let scale = Float((power / (ratio * partnerPower)).squareRoot())
    for index in 0..<draw.length { target[index] += scale * source[index] }
    // P''_j / (P'_i + P''_j) with P''_j = P'_i / ratio.
    let share = Double(draw.length) / Double(samples.count) / (1 + ratio)
    return Outcome(share: share, changed: draw.start..<draw.start + draw.length)
  }
}

/// Returns `1/n Σ x²`, summed in `Double` in eight lanes.
private func meanSquare(_ samples: UnsafePointer<Float>, _ count: Int) -> Double {
  var lanes = SIMD8<Double>()
  var index = 0
  while index + 8 <= count {
    let block = UnsafeRawPointer(samples + index).loadUnaligned(as: SIMD8<Float>.self)
    let wide = SIMD8<Double>(block)
    lanes += wide * wide
    index += 8
  }
  var sum = lanes.sum()
  while index < count {
    sum += Double(samples[index]) * Double(samples[index])
    index += 1
  }
  return sum / Double(count)
}
