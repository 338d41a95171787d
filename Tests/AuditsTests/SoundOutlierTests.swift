// Worked by hand: wrong sound, planted in a stand-in corpus.
import Audio
import Audits
import Corpora
import Files
import Foundation
import Randomness
import StandIns
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(30))) struct `Implausible sound in a corpus` {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    /// The samples and the rate to write.
    let samples: @Sendable () -> [Float]
    var rate = 16_000
    /// A part of the expected reason.
    let reason: String
    var testDescription: String { name }
  }
  static let cases = [
    Case(name: "one sample", samples: { [0.5] }, reason: "1 sample, expected at least 0.1 s"),
    Case(
      name: "50 ms", samples: { Array(babble(seed: 1)[9_000..<9_800]) },
      reason: "0.05 s of sound, 800 samples"),
    Case(
      name: "pure DC", samples: { [Float](repeating: 0.5, count: 16_000) },
      reason: "all samples are +0.5: a constant, no sound"),
    Case(
      name: "mostly DC", samples: { babble(seed: 1).map { 0.1 * $0 + 0.5 } },
      reason: "is stronger than its sound"),
    Case(
      name: "+53 dBFS", samples: { scaled(babble(seed: 1), to: 447) },
      reason: "its peak is +53.0 dBFS, expected at most 0 dBFS"),
    Case(
      name: "almost silent", samples: { scaled(babble(seed: 1), to: 2e-4) },
      reason: "almost silent"),
    Case(
      name: "clipped", samples: { babble(seed: 1).map { max(-1, min(1, 40 * $0)) } },
      reason: "of its samples are at full scale: clipped"),
    Case(
      name: "four minutes", samples: { repeated(babble(seed: 1), 100) },
      reason: "long, the corpus's median is"),
    Case(
      name: "48 kHz in the header of 16 kHz", samples: { babble(seed: 1) }, rate: 48_000,
      reason: "48000 Hz, as 1 of 160; 159 have"),
    Case(
      name: "4 kHz", samples: { thinned(babble(seed: 1), 4) }, rate: 4_000,
      reason: "4000 Hz, as 1 of 160; 159 have"),
  ]

  @Test(arguments: cases) func `is named, and stops nothing`(_ item: Case) throws {
    try withTemporaryFolder { folder in
      let root = folder + "/savee"
      try FileManager.default.copyItem(atPath: clean.get() + "/savee/AudioData", toPath: root)
      let path = root + "/JK/n04.wav"
      try writeFloatWave(item.samples(), sampleRate: item.rate, to: path)
      let audit = try Audits.audit(of: Corpus.read(.savee, at: root))
      let outliers = try #require(audit.sound.outliers)
      #expect(Set(outliers.map(\.id)) == ["JK_n04"])
      #expect(outliers.contains { $0.reason.contains(item.reason) }, "\(outliers.map(\.reason))")
      #expect(audit.leaks.isEmpty)
      let finding = try #require(audit.findings.first { $0.kind == .implausibleSound })
      #expect(finding.severity == .warning && finding.found.contains("JK_n04: "))
      #expect(audit.text.contains("  \(path): "))
      #expect(try decodeJSON(CorpusAudit.self, from: canonicalJSON(audit)) == audit)
    }
  }

  /// Distinguishes sound that is three times too fast, as under a wrong header of 48 kHz, from a
  /// genuine recording at 48 kHz.
  @Test func `may be a header that is wrong`() throws {
    try withTemporaryFolder { folder in
      let root = folder + "/savee"
      try FileManager.default.copyItem(atPath: clean.get() + "/savee/AudioData", toPath: root)
      let path = root + "/JK/n04.wav"
      let sound = try Recording.readOriginal(path: path)
      let rate = sound.sampleRate
      try writeFloatWave(sound.samples, sampleRate: 3 * rate, to: path)
      let wrong = try Audits.audit(of: Corpus.read(.savee, at: root)).sound.outliers ?? []
      #expect(wrong.contains { $0.reason.contains("the header may be wrong") })
      try writeFloatWave(try sound.samples(at: 3 * rate), sampleRate: 3 * rate, to: path)
      let right = try Audits.audit(of: Corpus.read(.savee, at: root)).sound.outliers ?? []
      #expect(!right.contains { $0.reason.contains("the header may be wrong") })
      #expect(right.contains { $0.reason.contains("\(3 * rate) Hz, as 1 of 160") })
    }
  }

  @Test func `is not seen in a clean stand-in`() throws {
    let audit = try Audits.audit(of: Corpus.read(.savee, at: clean.get() + "/savee"))
    #expect(audit.sound.outliers == [])
    let table = try #require(audit.sound.table)
    #expect(table.rates.map(\.count) == [160] && table.channels.map(\.count) == [160])
    #expect(table.rows.map(\.name).contains("peak"))
    for row in table.rows { #expect(row.least <= row.median && row.median <= row.greatest) }
    #expect(audit.text.contains("\nsound") && audit.text.contains("\nrates (clips): "))
  }

  @Test(.enabled(if: hasRAVDESS, "needs ../shared/data"))
  func `is not seen in RAVDESS`() throws {
    let audit = try Audits.audit(of: Corpus.read(.ravdess, at: ravdess16k))
    #expect(audit.sound.outliers == [])
  }

  /// Runs of earlier versions have no such table.
  @Test func `is no part of older audits, which are still read`() throws {
    let audit = try Audits.audit(of: Corpus.read(.savee, at: clean.get() + "/savee"))
    var json = try #require(
      JSONSerialization.jsonObject(with: canonicalJSON(audit)) as? [String: Any])
    var sound = try #require(json["sound"] as? [String: Any])
    #expect(sound.removeValue(forKey: "table") != nil)
    #expect(sound.removeValue(forKey: "outliers") != nil)
    json["sound"] = sound
    let old = try decodeJSON(
      CorpusAudit.self, from: JSONSerialization.data(withJSONObject: json))
    #expect(old.sound.table == nil && old.sound.outliers == nil)
    #expect(old.sound.all == audit.sound.all && !old.text.contains("rates (clips)"))
  }
}

private func scaled(_ samples: [Float], to level: Float) -> [Float] {
  let peak = samples.reduce(0) { max($0, abs($1)) }
  return samples.map { level * $0 / peak }
}

private func repeated(_ samples: [Float], _ times: Int) -> [Float] {
  (0..<times).flatMap { _ in samples }
}

/// Every `step`th sample.
private func thinned(_ samples: [Float], _ step: Int) -> [Float] {
  stride(from: 0, to: samples.count, by: step).map { samples[$0] }
}

/// Writes WAV of 32-bit floats.
private func writeFloatWave(_ samples: [Float], sampleRate: Int, to path: String) throws {
  func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
  let data = samples.flatMap { little(Int($0.bitPattern), 4) }
  var bytes = Array("RIFF".utf8) + little(36 + data.count, 4) + Array("WAVEfmt ".utf8)
  bytes += little(16, 4) + little(3, 2) + little(1, 2) + little(sampleRate, 4)
  bytes += little(4 * sampleRate, 4) + little(4, 2) + little(32, 2)
  bytes += Array("data".utf8) + little(data.count, 4) + data
  try Data(bytes).write(to: URL(fileURLWithPath: path))
}

/// The stand-in corpora, made once.
private let clean = Result<String, any Error> {
  let folder = FileManager.default.temporaryDirectory.path + "/reprise-outliers-\(getpid())"
  atexit {
    try? FileManager.default.removeItem(
      atPath: FileManager.default.temporaryDirectory.path + "/reprise-outliers-\(getpid())")
  }
  _ = try StandIns.write(to: folder, seed: 1)
  return folder
}
