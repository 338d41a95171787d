// SAVEE in its three spellings.
import Corpora
import Foundation
import TestSupport
import Testing

/// The names of all clips, written independently of the reader.
let saveeIDs: [String] = ["DC", "JE", "JK", "KL"].flatMap { speaker in
  ["a", "d", "f", "h", "sa", "su"].flatMap { code in
    (1...15).map { "\(speaker)_\(code)\($0 < 10 ? "0" : "")\($0)" }
  } + (1...30).map { "\(speaker)_n\($0 < 10 ? "0" : "")\($0)" }
}

@Suite struct `SAVEE on disk` {
  struct Spelling: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let path: @Sendable (String, String) -> String
  }

  static let spellings = [
    Spelling(testDescription: "official") { "AudioData/\($0)/\($1).wav" },
    Spelling(testDescription: "Kaggle") { "ALL/\($0)_\($1).wav" },
    Spelling(testDescription: "unpacked twice") { "AudioData/AudioData/\($0)/\($1).WAV" },
    Spelling(testDescription: "without underscore") { "\($0)\($1).flac" },
    Spelling(testDescription: "both") { "\($0)/\($0)_\($1).wav" },
  ]

  @Test(arguments: spellings) func `is read whole in every spelling`(spelling: Spelling) throws {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      try layout.savee(spelling.path)
      try layout.write("AudioData/Info.txt", "15 sentences per emotion")
      let corpus = try Corpus.read(.savee, at: root)
      #expect(corpus.utterances.count == 480 && !corpus.isIncomplete)
      let labels = ["DC_a01", "DC_sa01", "DC_su15", "KL_n30"].map { id in
        corpus.utterances.first { $0.id == id }.map { "\($0.label) \($0.fold) \($0.speaker)" }
      }
      #expect(labels == ["anger 3 DC", "sadness 3 DC", "surprise 3 DC", "neutral 2 KL"])
      #expect(corpus.utterances.filter { $0.label == "neutral" }.count == 120)
    }
  }

  @Test func `counts a twice-unpacked copy once and names strays`() throws {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      try layout.savee { "AudioData/\($0)/\($1).wav" }
      try layout.write("AudioData/AudioData/DC/a01.wav")
      try layout.write("AudioData/JE/DC_a02.wav")
      try layout.write("AudioData/hum.wav")
      try layout.write("AudioData/a01.wav")
      try layout.write("AudioData/DC/._a01.wav")
      let corpus = try Corpus.read(.savee, at: root)
      #expect(!corpus.isIncomplete)
      let reasons = Dictionary(grouping: corpus.exclusions, by: \.reason).mapValues(\.count)
      #expect(
        reasons == [
          .duplicate(of: "AudioData/AudioData/DC/a01.wav"): 1, .misplaced(folder: "JE"): 1,
          .foreignName: 2, .hidden: 1,
        ])
    }
  }

  @Test func `tells by the root's own name who speaks`() throws {
    try withTemporaryFolder { root in
      try LayoutBuilder(root: root).write("DC/a01.wav")
      let corpus = try Corpus.read(.savee, at: root + "/DC")
      #expect(corpus.utterances.map(\.id) == ["DC_a01"])
      #expect(corpus.check.missing.count == 479)
      #expect(corpus.check.lines.contains { $0.contains("and 469 more") })
    }
  }

  @Test func `names a clip that is too many`() throws {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      try layout.savee { "ALL/\($0)_\($1).wav" }
      try layout.write("ALL/DC_a16.wav")
      #expect(try Corpus.read(.savee, at: root).check.extra == ["DC_a16"])
    }
  }

  @Test func `refuses an emotion code that does not exist`() throws {
    try withTemporaryFolder { root in
      try LayoutBuilder(root: root).write("DC/x01.wav")
      let error = try #require(throws: CorpusError.self) { try Corpus.read(.savee, at: root) }
      #expect("\(error)".contains("DC/x01.wav: unknown label \"x\", known are sa su a d f h n"))
    }
  }
}
