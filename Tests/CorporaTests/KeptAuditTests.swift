// Worked by hand: a stored audit is a value, which is read and shown without sound.
import Corpora
import Files
import Foundation
import Testing

@Suite struct `An audit that was kept` {
  @Test func `is read without the sound, and written as it was`() throws {
    let audit = try decodeJSON(CorpusAudit.self, from: kept)
    #expect(try canonicalJSON(audit) == kept)
    #expect(audit.sound.exactDuplicates.map(\.ids) == [["DC_a01", "JE_a01"]])
    #expect(audit.leaks.map(\.kind) == [.nearDuplicates])
    #expect(
      audit.text.hasPrefix(
        "SAVEE at /data/savee, INCOMPLETE\nfingerprint f\ncopies: 1 clip occurs "))
    #expect(audit.text.contains("\nFAILED: 1 leak, 0 warnings, 0 notes\n"))
    #expect(
      audit.text.contains(
        "\nfold      role  clips        anger\n1     training      1  1 (100.0 %)\n"))
  }

  @Test func `of a program before there were tables is read too`() throws {
    let old = try decodeJSON(
      CorpusAudit.self, from: replacing(",\"table\":{", by: ",\"newer\":{"))
    #expect(old.sound.table == nil && !old.text.contains("rates (clips)"))
  }

  @Test func `is shown where folds lack roles or classes, and refused where a role is unknown`()
    throws
  {
    let holes = try decodeJSON(
      CorpusAudit.self, from: replacing("\"role\":\"test\"", by: "\"role\":\"training\""))
    #expect(holes.division.folds[0].balance(.test) == nil)
    #expect(holes.text.contains("whose sentence is in training"))
    #expect(throws: (any Error).self) {
      try decodeJSON(
        CorpusAudit.self, from: replacing("\"role\":\"test\"", by: "\"role\":\"rest\""))
    }
  }

  private func replacing(_ part: String, by other: String) -> Data {
    let text = String(decoding: kept, as: UTF8.self)
    let changed = text.replacing(part, with: other)
    #expect(text != changed)
    return Data(changed.utf8)
  }
}

/// An audit as a run stores it, here on several lines.
private let kept = Data(
  """
  {"allowed":["exact-duplicates"],"copies":{"clips":1,"further_files":1,"links":0},
  "corpus":"SAVEE","division":{"corpus":"savee","folds":[{"balances":[{"classes":[{"count":1,
  "label":"anger","share":1}],"role":"training"},{"classes":[{"count":0,"label":"anger",
  "share":0}],"role":"validation"},{"classes":[{"count":1,"label":"anger","share":1}],
  "role":"test"}],"fold":1,"name":"JE","repetitions":[{"count":1,"kind":"sentence","known":1,
  "test":1}],"sessions":[],"speakers":[{"first":"training","names":["JE"],
  "second":"test"}]}]},"findings":[{"expected":"e","found":"f","kind":"near-duplicates",
  "place":"p","remedy":"r","severity":"leak","what":"w"}],"fingerprint":"f",
  "is_incomplete":true,"is_synthetic":false,"path":"/data/savee","sound":{"all":{"count":2,
  "duration":{"deviation":0.5,"greatest":2,"least":1,"mean":1.5},"loudness":{"deviation":2,
  "greatest":-18,"least":-22,"mean":-20},"name":"all"},"classes":[{"count":2,
  "duration":{"deviation":0.5,"greatest":2,"least":1,"mean":1.5},"loudness":{"deviation":2,
  "greatest":-18,"least":-22,"mean":-20},"name":"anger"}],
  "exact_duplicates":[{"ids":["DC_a01","JE_a01"],"sha256":"d"}],
  "near_duplicates":[{"difference":0.125,"first":"DC_a01","second":"JE_a01","shift":0.25}],
  "outliers":[{"id":"DC_a01","path":"/data/savee/DC/a01.wav","reason":"odd"}],"recordings":2,
  "speakers":[{"count":2,"duration":{"deviation":0.5,"greatest":2,"least":1,"mean":1.5},
  "loudness":{"deviation":2,"greatest":-18,"least":-22,"mean":-20},"name":"JE"}],
  "table":{"channels":[{"count":2,"value":1}],"rates":[{"count":2,"value":44100}],
  "rows":[{"greatest":2,"least":1,"median":1.5,"name":"length","unit":"s"}]},
  "too_short":["DC_a01"]}}
  """.replacing("\n", with: "").utf8)
