// Property: provenance survives writing and reading.
import Execution
import Surroundings
import Files
import Foundation
import Runs
import TestSupport
import Testing

@Suite struct `Where numbers come from` {
  @Test func `is known, and comes back from its file`() throws {
    let provenance = Provenance.current(date: Date(timeIntervalSince1970: 1_790_000_000))
    for (name, value) in provenance.rows { #expect(!value.isEmpty, "\(name)") }
    #expect(provenance.program.hasPrefix("Reprise ") && provenance.cores >= 1)
    try withTemporaryFolder { folder in
      try writeSealedJSON(provenance, to: folder + "/provenance.json")
      let data = try Data(readingFile: folder + "/provenance.json")
      let read = try decodeJSON(Provenance.self, from: data)
      #expect(read == provenance)
      var other = provenance
      other.date = Date(timeIntervalSince1970: 1_790_000_001)
      #expect(read != other)
    }
  }

  @Test func `has its date in ISO 8601, and reads the seconds since 2001 of version 0.5`() throws {
    let date = Date(timeIntervalSince1970: 1_790_000_000)
    let text = String(
      decoding: try canonicalJSON(Provenance.current(date: date)), as: UTF8.self)
    #expect(text.contains(#""date":"2026-09-21T14:13:20Z""#), "\(text)")
    let seconds = date.timeIntervalSinceReferenceDate
    let old = text.replacing(#""2026-09-21T14:13:20Z""#, with: "\(seconds)")
    #expect(try decodeJSON(Provenance.self, from: Data(old.utf8)).date == date)
    let wrong = text.replacing("2026-09-21T14:13:20Z", with: "yesterday")
    #expect(throws: DecodingError.self) {
      try decodeJSON(Provenance.self, from: Data(wrong.utf8))
    }
  }
}
