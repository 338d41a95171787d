// Flags recordings that are probably wrong. Each is listed with a reason. Nothing stops, because a
// person must look.
import Corpora
import Foundation

/// What is usual in a corpus, and what is far from it. All bounds are our choices.
struct SoundOutliers {
  /// Shorter speech carries no information, in seconds.
  private static let leastDuration = 0.1
  /// A recording is unusual if it is this many times longer than the median and longer than
  /// `longDuration`.
  private static let greatestRatio = 10.0
  private static let longDuration = 30.0
  /// Lossy coding can slightly exceed full scale, in dBFS.
  private static let greatestPeak = 1.0
  /// Sixteen steps of 16 bits, in dBFS.
  private static let leastPeak = -66.0
  private static let greatestClipped = 0.01
  private static let leastOffset = 0.01
  /// A sampling rate is unusual if fewer than this share of recordings have it.
  private static let rareShare = 0.1
  /// Power in the upper band is unusual if it is this many dB below the median and below
  /// `leastHighPower`.
  private static let highPowerDrop = 30.0
  private static let leastHighPower = -50.0
  /// A rate that differs by this factor or more is checked against the spectrum.
  private static let rateFactor = 1.5

  private let medianDuration: Double
  private let commonRate: Int
  private let rateCounts: [Int: Int]
  private let count: Int
  private let medianHighPower: Double?
  /// Median of the median frequencies at the common rate, in hertz.
  private let usualFrequency: Double?

  init(_ sounds: [SoundMeasurement], table: SoundTable) {
    func median(_ values: [Double]) -> Double? {
      values.isEmpty ? nil : values.sorted()[values.count / 2]
    }
    medianDuration = median(sounds.map(\.duration)) ?? 0
    let common = table.rates.first?.value ?? 0
    commonRate = common
    rateCounts = Dictionary(
      table.rates.map { ($0.value, $0.count) }, uniquingKeysWith: { first, _ in first })
    count = sounds.count
    medianHighPower = median(sounds.compactMap(\.highPower))
    usualFrequency = median(
      sounds.filter { $0.sampleRate == common }.compactMap(\.medianFrequency))
  }

  /// Returns why a recording is unusual; empty if it is not.
  func reasons(_ sound: SoundMeasurement) -> [String] {
    [length(sound), level(sound), constant(sound), rate(sound), band(sound)].compactMap { $0 }
  }

  private func length(_ sound: SoundMeasurement) -> String? {
    let text = String(format: "%.4g s", sound.duration)
    if sound.duration < Self.leastDuration {
      let samples = sound.samples == 1 ? "1 sample" : "\(sound.samples) samples"
      return "\(text) of sound, \(samples), expected at least \(Self.leastDuration) s"
    }
    guard sound.duration > Self.longDuration,
      sound.duration > Self.greatestRatio * medianDuration
    else { return nil }
    return "\(text) long, the corpus's median is " + String(format: "%.4g s", medianDuration)
  }

  private func level(_ sound: SoundMeasurement) -> String? {
    let peak = decibels(sound.peak)
    let text = String(format: "%+.1f dBFS", peak)
    if peak > Self.greatestPeak {
      return "its peak is \(text), expected at most 0 dBFS: it was stored without scaling"
    }
    if peak < Self.leastPeak { return "its peak is \(text): almost silent" }
    guard sound.clipped > Self.greatestClipped else { return nil }
    return String(format: "%.1f %% of its samples are at full scale: clipped", 100 * sound.clipped)
  }

  private func constant(_ sound: SoundMeasurement) -> String? {
    let offset = String(format: "%+.4g", sound.offset)
    if sound.isConstant, sound.samples > 1 {
      return "all samples are \(offset): a constant, no sound"
    }
    // The offset carries more power than the variation.
    let power = pow(10, sound.loudness / 10)
    guard abs(sound.offset) > Self.leastOffset, sound.samples > 1,
      sound.offset * sound.offset > power / 2
    else { return nil }
    return "its constant offset of \(offset) is stronger than its sound"
  }

  private func rate(_ sound: SoundMeasurement) -> String? {
    let same = rateCounts[sound.sampleRate] ?? 0
    guard sound.sampleRate != commonRate, Double(same) < Self.rareShare * Double(count) else {
      return nil
    }
    var text =
      "\(sound.sampleRate) Hz, as \(same) of \(count); "
      + "\(rateCounts[commonRate] ?? 0) have \(commonRate) Hz"
    let factor = Double(sound.sampleRate) / Double(max(1, commonRate))
    if max(factor, 1 / factor) >= Self.rateFactor, let frequency = sound.medianFrequency,
      let usualFrequency, frequency > 0, usualFrequency > 0
    {
      // A wrong header shifts all frequencies by the same factor.
      let (found, wrong) = (log2(frequency / usualFrequency), log2(factor))
      if abs(found - wrong) < abs(found) {
        text += "; its spectrum fits \(commonRate) Hz better: the header may be wrong"
      }
    }
    return text
  }

  private func band(_ sound: SoundMeasurement) -> String? {
    guard let power = sound.highPower, let medianHighPower, power < Self.leastHighPower,
      power < medianHighPower - Self.highPowerDrop
    else { return nil }
    return String(
      format: "%.0f dB of its power is above %.0f Hz, usual is %.0f dB: ", power,
      0.35 * Double(sound.sampleRate) / 2, medianHighPower)
      + "it may come from a recording at a lower rate"
  }
}
