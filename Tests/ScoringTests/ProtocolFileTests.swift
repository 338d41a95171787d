// A protocol in one file: the same fingerprint as the corpus, and every change is noticed.
import Corpora
import Files
import Foundation
import Runs
import Scoring
import TestSupport
import Testing

private let shipped = packageRoot + "/baselines/protocols"

/// Writes empty files with these names. Reading a corpus opens no sound.
private func touch(_ names: [String], in folder: String) throws {
  for name in names {
    let path = folder + "/" + name
    try makeFolder((path as NSString).deletingLastPathComponent)
    try Data().write(to: URL(fileURLWithPath: path))
  }
}

private func export(_ definition: CorpusDefinition, _ names: [String]) throws -> Data {
  try withTemporaryFolder { folder in
    try touch(names, in: folder)
    return try ProtocolFile(of: CorpusFacts(Corpus.read(definition, at: folder))).data()
  }
}

@Suite struct `A protocol file` {
  @Test func `reads back to the same protocol`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/toy.protocol.json"
      try toy.data().write(to: URL(fileURLWithPath: path))
      var read = try ProtocolFile(readingFile: path)
      #expect(read.corpus.path == path)
      read.corpus.path = ""
      #expect(read == toy)
    }
  }

  @Test func `keeps the attributes of a manifest, and its words only beside the corpus`() {
    var facts = toy.corpus
    facts.manifest = "manifest.csv"
    facts.utterances[0].text = "Yes."
    facts.utterances[0].attributes = ["room": "big"]
    let exported = ProtocolFile(of: facts).corpus.utterances[0]
    #expect(exported.text == nil && exported.attributes == ["room": "big"])
    #expect(ProtocolFile(of: facts, at: "/data").corpus.utterances[0].text == "Yes.")
    // The ids of a registered corpus tell them.
    facts.manifest = nil
    #expect(ProtocolFile(of: facts).corpus == toy.corpus)
  }

  @Test func `is refused if it was changed, or is something else`() throws {
    let text = String(decoding: try toy.data(), as: UTF8.self)
    let unsealed = text.replacing(#/"checksum":"[0-9a-f]*",/#, with: "")
    let changes = [
      text.replacing("S_A", with: "S_X"), unsealed.replacing("S_A", with: "S_X"),
      unsealed.replacing(#""corpus":"toy""#, with: #""corpus":"../toy""#),
      unsealed.replacing(toy.fingerprint, with: "0123456789abcdef"),
      unsealed.replacing(#""version":1"#, with: #""version":2"#), "{}", "[1]", "",
    ]
    try withTemporaryFolder { folder in
      let path = folder + "/p.json"
      for text in changes {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        let said = complaint { _ = try ProtocolFile(readingFile: path) }
        #expect(!said.isEmpty, "\(text.prefix(80))")
      }
      // Negative control.
      try Data(unsealed.utf8).write(to: URL(fileURLWithPath: path))
      #expect(complaint { _ = try ProtocolFile(readingFile: path) }.isEmpty)
    }
  }

  @Test func `of RAVDESS follows from the names of its design`() throws {
    var names: [String] = []
    for actor in 1...24 {
      for emotion in 1...8 {
        for intensity in 1...(emotion == 1 ? 1 : 2) {
          for (statement, repetition) in [(1, 1), (1, 2), (2, 1), (2, 2)] {
            names.append(
              String(
                format: "Actor_%02d/03-01-%02d-%02d-%02d-%02d-%02d.wav", actor, emotion, intensity,
                statement, repetition, actor))
          }
        }
      }
    }
    let kept = try Data(readingFile: shipped + "/ravdess.protocol.json")
    #expect(try export(.ravdess, names) == kept)
    #expect(try export(.ravdess, Array(names.dropLast())) != kept)
    let read = try ProtocolFile(readingFile: shipped + "/ravdess.protocol.json")
    // The protocol of the recorded baselines.
    #expect(read.fingerprint == "77aba972337dddef" && !read.corpus.isIncomplete)
  }

  @Test func `of SAVEE follows from the names of its design`() throws {
    let names = ["DC", "JE", "JK", "KL"].flatMap { speaker in
      ["a", "d", "f", "h", "n", "sa", "su"].flatMap { code in
        (1...(code == "n" ? 30 : 15)).map { String(format: "\(speaker)/\(code)%02d.wav", $0) }
      }
    }
    #expect(
      try export(.savee, names) == Data(readingFile: shipped + "/savee.protocol.json"))
  }

  @Test(.enabled(if: hasRAVDESS)) func `of RAVDESS is that of the genuine corpus`() throws {
    let corpus = try Corpus.read(.ravdess, at: ravdess16k)
    #expect(
      try ProtocolFile(of: CorpusFacts(corpus)).data()
        == Data(readingFile: shipped + "/ravdess.protocol.json"))
  }
}
