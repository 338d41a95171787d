// The rates, lengths and levels of a corpus's recordings in one table.

/// The distribution of a corpus's recordings by rate, channels, length and level.
package struct SoundTable: Codable, Hashable, Sendable {
  /// One quantity over all recordings.
  package struct Row: Codable, Hashable, Sendable {
    package let name: String
    package let unit: String
    package let least: Double
    package let median: Double
    package let greatest: Double

    package init(name: String, unit: String, least: Double, median: Double, greatest: Double) {
      (self.name, self.unit) = (name, unit)
      (self.least, self.median, self.greatest) = (least, median, greatest)
    }
  }

  /// The number of recordings with one value.
  package struct Share: Codable, Hashable, Sendable {
    package let value: Int
    package let count: Int

    package init(value: Int, count: Int) {
      (self.value, self.count) = (value, count)
    }
  }

  /// Sampling rates in hertz, most frequent first.
  package let rates: [Share]
  /// Numbers of channels, most frequent first.
  package let channels: [Share]
  package let rows: [Row]

  package init(rates: [Share], channels: [Share], rows: [Row]) {
    (self.rates, self.channels, self.rows) = (rates, channels, rows)
  }
}
