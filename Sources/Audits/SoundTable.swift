// The rates, lengths and levels of a corpus's recordings in one table.
import Foundation

/// How a corpus's recordings are distributed in rate, channels, length and level.
package struct SoundTable: Codable, Hashable, Sendable {
  /// One quantity over all recordings.
  package struct Row: Codable, Hashable, Sendable {
    package let name: String
    package let unit: String
    package let least: Double
    package let median: Double
    package let greatest: Double
  }

  /// How many recordings share a value.
  package struct Share: Codable, Hashable, Sendable {
    package let value: Int
    package let count: Int
  }

  /// Samples per second, Hz, the most frequent first.
  package let rates: [Share]
  /// Channels, the most frequent number first.
  package let channels: [Share]
  package let rows: [Row]

  init(_ sounds: [SoundMeasurement]) {
    rates = Self.shares(sounds.map(\.sampleRate))
    channels = Self.shares(sounds.map(\.channels))
    func row(_ name: String, _ unit: String, _ value: (SoundMeasurement) -> Double?) -> Row? {
      let values = sounds.compactMap(value).sorted()
      guard let least = values.first, let greatest = values.last else { return nil }
      return Row(
        name: name, unit: unit, least: least, median: values[values.count / 2], greatest: greatest)
    }
    rows = [
      row("length", "s") { $0.duration }, row("peak", "dBFS") { decibels($0.peak) },
      row("level, RMS", "dBFS") { $0.loudness },
      row("constant offset", "% of full scale") { 100 * abs($0.offset) },
      row("at full scale", "% of samples") { 100 * $0.clipped },
      row("below -60 dBFS", "% of time") { 100 * $0.silence },
      row("half of the power below", "Hz") { $0.medianFrequency },
      row("power above 0.35 of the band", "dB of all") { $0.highPower },
    ].compactMap { $0 }
  }

  private static func shares(_ values: [Int]) -> [Share] {
    Dictionary(grouping: values) { $0 }.map { Share(value: $0.key, count: $0.value.count) }
      .sorted { ($1.count, $0.value) < ($0.count, $1.value) }
  }
}

/// A magnitude in dB of full scale.
func decibels(_ magnitude: Double) -> Double { 20 * log10(max(magnitude, 1e-10)) }
