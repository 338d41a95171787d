// The rates, lengths and levels of a corpus's recordings in one table.

/// How a corpus's recordings are distributed in rate, channels, length and level.
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

  /// How many recordings share a value.
  package struct Share: Codable, Hashable, Sendable {
    package let value: Int
    package let count: Int

    package init(value: Int, count: Int) {
      (self.value, self.count) = (value, count)
    }
  }

  /// Samples per second, Hz, the most frequent first.
  package let rates: [Share]
  /// Channels, the most frequent number first.
  package let channels: [Share]
  package let rows: [Row]

  package init(rates: [Share], channels: [Share], rows: [Row]) {
    (self.rates, self.channels, self.rows) = (rates, channels, rows)
  }
}
