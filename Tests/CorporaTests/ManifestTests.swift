// Kind: unit. A corpus from a manifest: columns, ids, folds, fingerprint, and every error with its
// line.
import Corpora
import Files
import Foundation
import TestSupport
import Testing

/// Writes a manifest and its empty clips, and reads the corpus.
private func corpus(
  _ manifest: String, clips: [String]? = nil, name: String = "mine",
  further: [String: String] = [:]
) throws -> Corpus {
  try withTemporaryFolder { root in
    let folder = LayoutBuilder(root: root)
    try folder.write("manifest.csv", manifest)
    let named = manifest.split(separator: "\n").dropFirst().flatMap { $0.split(separator: ",") }
    for clip in clips ?? named.map(String.init).filter({ $0.hasSuffix(".wav") }) {
      try folder.write(clip)
    }
    for (file, text) in further { try folder.write(file, text) }
    return try Corpus.read(named: name, at: root, preferring: "emobox")
  }
}

/// A manifest of three speakers with two clips each.
private let small = """
  path,label,speaker
  a/1.wav,joy,A
  a/2.wav,anger,A
  b/3.wav,joy,B
  b/4.wav,anger,B
  c/5.wav,joy,C
  c/6.wav,anger,C

  """

@Suite struct `A corpus from a manifest` {
  @Test func `needs paths and labels only`() throws {
    let read = try corpus("path,label\nx/1.wav,joy\nx/2.wav,anger\nx/3.wav,joy\n")
    #expect(read.utterances.map(\.id) == ["1", "2", "3"])
    #expect(read.classes == ["anger", "joy"])
    #expect(!read.hasSpeakers && !read.isIncomplete)
    #expect(read.warnings.count == 1)
    #expect(read.warnings.allSatisfy { $0.contains("leaks by speaker cannot be seen") })
    // Negative control: with speakers there is no warning.
    #expect(try corpus(small).warnings.isEmpty)
  }

  @Test func `takes speakers, sessions, sexes, texts and folds from columns`() throws {
    let read = try corpus(
      """
      id,path,label,speaker,session,sex,text,fold,mood,place
      u1,1.wav,joy,A,Ses2,female,Hello,1,x,z
      u2,2.wav,anger,B,Ses1,m,Hello,2,y,z

      """)
    #expect(read.utterances.map(\.speaker) == ["A", "B"])
    #expect(read.utterances.map(\.session) == [2, 1])
    #expect(read.utterances.map(\.fold) == [1, 2])
    #expect(read.speakers.map(\.sex) == [.female, .male])
    #expect(read.definition.texts(of: "u1") == read.definition.texts(of: "u2"))
    #expect(read.foldList.name == "column" && read.foldNames == ["A", "B"])
    #expect(read.manifest?.remarks.contains("columns not used: place") == true)
    #expect(read.manifest?.remarks.contains("columns for scores by group: mood") == true)
    #expect(read.definition.attributes(of: "u2").values == ["mood": "y"])
  }

  @Test func `may have columns without any value`() throws {
    let empty = try corpus(
      "path,label,speaker,session,fold\n"
        + "1.wav,joy,A,,\n2.wav,anger,A, ,\n3.wav,joy,B,,\n4.wav,anger,B,,\n")
    let absent = try corpus(
      "path,label,speaker\n1.wav,joy,A\n2.wav,anger,A\n3.wav,joy,B\n4.wav,anger,B\n")
    #expect(empty.utterances.map(\.fold) == absent.utterances.map(\.fold))
    #expect(empty.fingerprint == absent.fingerprint)
    #expect(empty.manifest?.remarks.contains { $0.contains("session") } == true)
  }

  @Test func `keeps the folders of clips with one name in their ids`() throws {
    let read = try corpus("path,label,speaker\na/1.wav,joy,A\nb/1.wav,anger,B\n")
    #expect(read.utterances.map(\.id) == ["a/1", "b/1"])
  }

  @Test func `takes folds from a file beside the manifest`() throws {
    let folds = "id,fold\n1,1\n2,1\n3,2\n4,2\n5,2\n6,2\nother,9\n"
    let read = try corpus(small, further: ["folds.csv": folds])
    #expect(read.utterances.map(\.fold) == [1, 1, 2, 2, 2, 2])
    #expect(read.foldList.name == "file")
    // Negative control: without the file the folds are made from the speakers.
    #expect(try corpus(small).utterances.map(\.fold) == [1, 1, 2, 2, 3, 3])
  }

  @Test func `makes folds by speaker that depend on nothing but the clips`() throws {
    let read = try corpus(small)
    #expect(read.foldList.name == "speaker-groups-3")
    let lines = small.split(separator: "\n").map(String.init)
    let turned = ([lines[0]] + lines.dropFirst().reversed()).joined(separator: "\n")
    #expect(try corpus(turned).fingerprint == read.fingerprint)
    // Negative control: another label is another corpus.
    let changed = small.replacing("6.wav,anger", with: "6.wav,joy")
    #expect(try corpus(changed).fingerprint != read.fingerprint)
  }

  @Test func `balances classes over folds and keeps speakers whole`() throws {
    var rows = "path,label,speaker\n"
    for speaker in 0..<23 {
      for clip in 0..<(3 + speaker % 5) {
        rows += "\(speaker)-\(clip).wav,\(["a", "b", "c"][clip % 3]),S\(speaker)\n"
      }
    }
    let read = try corpus(rows)
    #expect(read.foldNames.count == 5)
    let bySpeaker = Dictionary(grouping: read.utterances, by: \.speaker)
    #expect(bySpeaker.values.allSatisfy { Set($0.map(\.fold)).count == 1 })
    for label in read.classes {
      let counts = (1...5).map { fold in
        read.utterances.count { $0.fold == fold && $0.label == label }
      }
      #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 3, "\(label): \(counts)")
    }
  }

  @Test func `without speakers spreads each class evenly`() throws {
    var rows = "path,label\n"
    for clip in 0..<50 { rows += "\(clip).wav,\(clip % 2 == 0 ? "a" : "b")\n" }
    let read = try corpus(rows)
    #expect(read.foldList.name == "stratified-5")
    for fold in 1...5 {
      for label in ["a", "b"] {
        #expect(read.utterances.count { $0.fold == fold && $0.label == label } == 5)
      }
    }
  }

  @Test func `may have its clips elsewhere`() throws {
    try withTemporaryFolder { root in
      let folder = LayoutBuilder(root: root)
      for clip in ["1", "2"] { try folder.write("sound/\(clip).wav") }
      try folder.write(
        "lists/a.csv",
        "path,label,speaker\n../sound/1.wav,joy,A\n\(root)/sound/2.wav,anger,B\n")
      let read = try Corpus.read(
        named: "mine", at: root + "/lists/a.csv", preferring: "emobox")
      #expect(read.root == root + "/lists" && read.manifest?.name == "a.csv")
      #expect(
        read.utterances.map { $0.file(below: read.root) }
          == ["../sound/1.wav", root + "/sound/2.wav"])
    }
  }

  @Test func `says in its audit that speakers are unknown`() throws {
    let folds = [FoldRoles(fold: 1, training: [0], validation: [], test: [1])]
    #expect(AuditFinding.unknownSpeakers.severity == .warning)
    let read = try corpus("path,label\n1.wav,joy\n2.wav,anger\n")
    #expect(ProtocolAudit(read, roles: folds).findings.allSatisfy { $0.kind != .speakerOverlap })
  }
}

/// A manifest with an error, and the words of the message.
private struct Wrong: CustomTestStringConvertible {
  let manifest: String
  let words: [String]
  var clips: [String]?
  var further: [String: String] = [:]
  var testDescription: String { words.joined(separator: " … ") }
}

private let wrong: [Wrong] = [
  Wrong(
    manifest: "file,label\n1.wav,joy\n",
    words: ["manifest.csv:1: expected a column path, found \"file\"", "rename the column file"]),
  Wrong(
    manifest: "path,speaker\n1.wav,A\n", words: ["expected a column label", "add the column"]),
  Wrong(
    manifest: "path,label,path\n1.wav,joy,1.wav\n", words: [":1: the column path occurs twice"]),
  Wrong(manifest: "path,label\n", words: ["has no rows", "add one row"]),
  Wrong(
    manifest: "path,label\n1.wav,joy\n2.wav,anger\n", words: [":3: path: \"2.wav\" is not there"],
    clips: ["1.wav"]),
  Wrong(
    manifest: "path,label\n1.wav,joy\nfolder,anger\n", words: [":3: path: \"folder\"", "a folder"],
    clips: ["1.wav", "folder/2.wav"]),
  Wrong(
    manifest: "path,label\n1.wav,joy\n2.wav, \n", words: [":3: label: expected a value, found none"]
  ),
  Wrong(
    manifest: "path,label,speaker\n1.wav,joy,A\n2.wav,anger,\n",
    words: [":3: speaker: expected a value", "or remove the column"]),
  Wrong(
    manifest: "path,label\n1.wav,joy\n1.wav,anger\n",
    words: [":3: \"1\" is labelled \"anger\", but \"joy\" in line 2"]),
  Wrong(
    manifest: "id,path,label\nu,1.wav,joy\nu,2.wav,joy\n",
    words: [":3: the id \"u\" is also that of line 2"]),
  Wrong(
    manifest: "path,label,fold\n1.wav,joy,1\n2.wav,anger,two\n",
    words: [":3: fold: expected a whole number from 1, found \"two\""]),
  Wrong(
    manifest: "path,label,fold\n1.wav,joy,1\n2.wav,anger,99999999999999999999\n",
    words: [":3: fold: expected a whole number from 1"]),
  Wrong(
    manifest: "path,label,fold\n1.wav,joy,1\n2.wav,anger,3\n",
    words: ["the folds go up to 3, but no clip is in fold 2"]),
  Wrong(
    manifest: "path,label,fold\n1.wav,joy,1\n2.wav,anger,1\n", words: ["every clip is in fold 1"]),
  Wrong(
    manifest: "path,label\n1.wav,joy\n2.wav,joy\n",
    words: ["expected 2 to 1000 different labels, found 1"]),
  Wrong(
    manifest: "path,label\n1.wav,joy\n2.wav,\"an,ger\"\n",
    words: [":3: label: expected at most 1000 bytes without control characters, commas"],
    clips: ["1.wav", "2.wav"]),
  Wrong(
    manifest: "path,label,speaker\n1.wav,joy,A\n2.wav,anger,A\n",
    words: ["all clips are of one speaker", "add a column fold"]),
  Wrong(
    manifest: "path,label,speaker,sex\n1.wav,joy,A,f\n2.wav,anger,A,m\n",
    words: [":3: sex: \"A\" is male here and female above"],
    further: ["folds.csv": "id,fold\n1,1\n2,2\n"]),
  Wrong(
    manifest: small, words: ["folds.csv: expected a fold for each clip, found none for \"2\""],
    further: ["folds.csv": "id,fold\n1,1\n"]),
  Wrong(
    manifest: small, words: ["folds.csv:3: id: \"1\" occurs twice"],
    further: ["folds.csv": "id,fold\n1,1\n1,1\n"]),
  Wrong(
    manifest: small, words: ["folds.csv:1: expected the columns id and fold"],
    further: ["folds.csv": "clip,fold\n1,1\n"]),
]

@Suite struct `An error in a manifest` {
  @Test(arguments: wrong)
  fileprivate func `is said with its line and its remedy`(_ wrong: Wrong) throws {
    let error = #expect(throws: (any Error).self) {
      _ = try corpus(wrong.manifest, clips: wrong.clips, further: wrong.further)
    }
    for words in wrong.words {
      #expect("\(error.map { "\($0)" } ?? "")".contains(words), "\(error as Any)")
    }
  }

  /// Negative control.
  @Test func `is not found in a good one`() throws {
    #expect(try corpus(small).utterances.count == 6)
  }

  @Test func `is not sought in a folder without a manifest`() throws {
    try withTemporaryFolder { root in
      let error = #expect(throws: CorpusError.self) {
        _ = try Corpus.read(named: "mine", at: root, preferring: "emobox")
      }
      #expect(error.map { "\($0)".contains("no corpus is called \"mine\"") } == true)
    }
  }
}

@Suite struct `A manifest over synthetic clips` {
  @Test func `is SYNTHETIC, and a mixture is refused`() throws {
    let marker = SyntheticMarker(
      corpus: .savee, program: "test", seed: 1, utterances: [])
    let text = String(decoding: try JSONEncoder().encode(marker), as: UTF8.self)
    func read(_ second: String) throws -> Corpus {
      try corpus(
        "path,label,speaker\nmade/1.wav,joy,A\n\(second)/2.wav,anger,B\n",
        further: ["made/SYNTHETIC.json": text])
    }
    let made = try? read("made")
    #expect(made?.isSynthetic == true && made?.isIncomplete == false)
    let error = #expect(throws: CorpusError.self) { _ = try read("real") }
    #expect(error.map { "\($0)".contains("mixes mine clips that are SYNTHETIC") } == true)
    #expect(try corpus(small).isSynthetic == false)
  }
}
