// Builds the table of a corpus's recordings from measurements.
import Corpora
import Foundation

extension SoundTable {
  init(_ sounds: [SoundMeasurement]) {
    func row(_ name: String, _ unit: String, _ value: (SoundMeasurement) -> Double?) -> Row? {
      let values = sounds.compactMap(value).sorted()
      guard let least = values.first, let greatest = values.last else { return nil }
      return Row(
        name: name, unit: unit, least: least, median: values[values.count / 2], greatest: greatest)
    }
    let rows = [
      row("length", "s") { $0.duration }, row("peak", "dBFS") { decibels($0.peak) },
      row("level, RMS", "dBFS") { $0.loudness },
      row("constant offset", "% of full scale") { 100 * abs($0.offset) },
      row("at full scale", "% of samples") { 100 * $0.clipped },
      row("below -60 dBFS", "% of time") { 100 * $0.silence },
      row("half of the power below", "Hz") { $0.medianFrequency },
      row("power above 0.35 of the band", "dB of all") { $0.highPower },
    ].compactMap { $0 }
    self.init(
      rates: Self.shares(sounds.map(\.sampleRate)), channels: Self.shares(sounds.map(\.channels)),
      rows: rows)
  }

  private static func shares(_ values: [Int]) -> [Share] {
    Dictionary(grouping: values) { $0 }.map { Share(value: $0.key, count: $0.value.count) }
      .sorted { ($1.count, $0.value) < ($0.count, $1.value) }
  }
}

/// A magnitude in dB relative to full scale.
func decibels(_ magnitude: Double) -> Double { 20 * log10(max(magnitude, 1e-10)) }
