// IEMOCAP: the grammar of its label files and the repackagings of its folders.
import Corpora
import Foundation
import TestSupport
import Testing

@Suite struct `IEMOCAP on disk` {
  /// Reads a dialog's label file with these bytes, with clips for the turns.
  private func read(
    labels: [UInt8], turns: [String] = ["F000"], dialog: String = "Ses01F_impro01"
  ) throws -> Corpus {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      try layout.write("Session1/dialog/EmoEvaluation/\(dialog).txt", bytes: labels)
      for turn in turns {
        try layout.write("Session1/sentences/wav/\(dialog)/\(dialog)_\(turn).wav")
      }
      return try Corpus.read(.iemocap, at: root)
    }
  }

  @Test func `is read whole and matches every published count`() throws {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      let list = try layout.wholeIEMOCAP()
      for path in [root, root + "/IEMOCAP_full_release"] {
        let corpus = try Corpus.read(.iemocap(labels: list), at: path)
        #expect(corpus.utterances.count == 5531)
        #expect(corpus.check.lines == [])
        #expect(corpus.exclusions.count == 10039 - 5531)
      }
      let clip = "IEMOCAP_full_release/Session1/sentences/wav/Ses01M_impro1/Ses01M_impro1_F000.wav"
      try layout.remove(clip)
      let corpus = try Corpus.read(.iemocap(labels: list), at: root)
      #expect(corpus.check.missing == ["Ses01M_impro1_F000"])
      #expect(
        corpus.check.lines == [
          "all: 5530, published 5531", "class neutral: 1707, published 1708",
          "fold 1: 1084, published 1085", "class neutral, fold 1: 383, published 384",
          "speaker Ses01F: 527, published 528", "missing: Ses01M_impro1_F000",
        ])
    }
  }

  @Test func `merges excited with happy and drops what has no class`() throws {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      let codes = ["neu", "hap", "exc", "sad", "ang", "fru", "xxx", "sur", "fea", "dis", "oth"]
      let turns = codes.enumerated().map { ("F\(String(1000 + $0).suffix(3))", $1) }
      try layout.iemocapDialog("Ses02F_impro01", turns)
      let corpus = try Corpus.read(.iemocap, at: root)
      #expect(corpus.utterances.map(\.label) == ["neutral", "happy", "happy", "sad", "angry"])
      #expect(corpus.utterances.map(\.classIndex) == [2, 1, 1, 3, 0])
      #expect(
        corpus.exclusions.map(\.reason)
          == ["fru", "xxx", "sur", "fea", "dis", "oth"].map { .unusedLabel($0) })
    }
  }

  @Test(arguments: ["Ses03M_impro05a", "Ses05M_script01_1b", "Ses01F_script03_2"])
  func `takes the speaker from the letter of the turn`(dialog: String) throws {
    try withTemporaryFolder { root in
      try LayoutBuilder(root: root).iemocapDialog(dialog, [("F000", "neu"), ("M013", "sad")])
      let corpus = try Corpus.read(.iemocap, at: root)
      let session = "Ses0\(Array(dialog)[4])"
      #expect(corpus.utterances.map(\.speaker) == [session + "F", session + "M"])
      #expect(corpus.utterances.map(\.id) == [dialog + "_F000", dialog + "_M013"])
      #expect(corpus.utterances.allSatisfy { "Ses0\($0.session ?? 0)" == session })
      #expect(corpus.utterances.allSatisfy { $0.fold == $0.session })
    }
  }

  @Test(arguments: ["\n", "\r\n", "\r"]) func `reads every end of line`(end: String) throws {
    let text = iemocapLabels("Ses01F_impro01", [("F000", "ang"), ("M000", "hap")])
    let corpus = try read(labels: Array(text.joined(separator: end).utf8), turns: ["F000", "M000"])
    #expect(corpus.utterances.map(\.label) == ["angry", "happy"])
  }

  @Test func `reads Latin-1 comments and a byte order mark`() throws {
    let text = iemocapLabels("Ses01F_impro01", [("F000", "ang")]).joined(separator: "\n")
    let latin1 = text.replacing("curious", with: "d\u{E9}j\u{E0} vu").unicodeScalars.map {
      UInt8($0.value)
    }
    #expect(try read(labels: latin1).utterances.count == 1)
    let marked =
      [0xEF, 0xBB, 0xBF] + Array(iemocapLabels("Ses01F_impro01", [("F000", "sad")])[2].utf8)
    #expect(try read(labels: marked).utterances.map(\.label) == ["sad"])
  }

  @Test func `looks neither at AppleDouble files, nor single raters, nor whole dialogs`() throws {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      let session = "IEMOCAP/Session1"
      try layout.iemocapDialog("Ses01F_impro01", [("F000", "neu")], root: "IEMOCAP")
      let evaluation = session + "/dialog/EmoEvaluation/"
      try layout.write(evaluation + "._Ses01F_impro01.txt", bytes: [0, 5, 0x16, 7] + "[x".utf8)
      try layout.write(
        evaluation + "Categorical/Ses01F_impro01_e2_cat.txt",
        "Ses01F_impro01_F000 :Neutral state; ()\n[broken\n")
      try layout.write(evaluation + "Self-evaluation/Ses01F_impro01_f1.anvil", "<x/>")
      try layout.write(
        session + "/dialog/transcriptions/Ses01F_impro01.txt", "Ses01F_impro01_FXX0 [")
      try layout.write(session + "/dialog/wav/Ses01F_impro01.wav")
      try layout.write(session + "/sentences/wav/Ses01F_impro01/Ses01F_impro01_F001.wav")
      let corpus = try Corpus.read(.iemocap, at: root)
      #expect(corpus.utterances.map(\.id) == ["Ses01F_impro01_F000"])
      #expect(corpus.exclusions.map(\.reason) == [.unlabelled, .hidden])
    }
  }

  @Test(arguments: [
    "[6.2901 - 8.2357]\tSes01F_impro01_F000", "[6.2901 - 8.2357] Ses01F_impro01_F000 neu [2]",
    "[6.2901 - 8.2357]\tSes01F_impro01_F00\tneu\t[2.5, 2.5, 2.5]", "[6.29",
    "[6.2901 - 8.2357]\tSes09F_impro01_F000\tneu\t[2.5, 2.5, 2.5]",
    "[6.2901 - 8.2357]\tSes01F_a,b\u{1B}_F000\tneu\t[2.5, 2.5, 2.5]",
    "[6.2901 - 8.2357]\t\u{FFFD}\tneu\t[2.5, 2.5, 2.5]", "[6.2901 - 8.2357]\tSes01F_impro01_F000\t",
  ])
  func `names the file and line of a broken label line`(line: String) throws {
    let text = "% header\r\n\r\n\(line)\r\n"
    let error = try #require(throws: CorpusError.self) { try read(labels: Array(text.utf8)) }
    #expect("\(error)".contains("Ses01F_impro01.txt:3: broken label line, expected [START - END]"))
    #expect("\(error)".contains(line.prefix(5)))
    #expect(!"\(error)".contains("\n"))
  }

  @Test func `names the place of an unknown label and of a contradiction`() throws {
    let unknown = iemocapLabels("Ses01F_impro01", [("F000", "bored")]).joined(separator: "\n")
    var error = try #require(throws: CorpusError.self) { try read(labels: Array(unknown.utf8)) }
    #expect("\(error)".contains("Ses01F_impro01.txt:3: unknown label \"bored\", known are ang exc"))
    let twice = iemocapLabels("Ses01F_impro01", [("F000", "sad"), ("F000", "neu")])
      .joined(separator: "\n")
    error = try #require(throws: CorpusError.self) { try read(labels: Array(twice.utf8)) }
    #expect("\(error)".contains(":10: Ses01F_impro01_F000 is labelled neu, but sad at"))
    error = try #require(throws: CorpusError.self) { try read(labels: []) }
    #expect("\(error)".contains("Ses01F_impro01.txt: holds no label"))
  }

  @Test func `skips what stands among the label files and is none`() throws {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      try layout.iemocapDialog("Ses01F_impro01", [("F000", "neu")])
      let folder = "IEMOCAP_full_release/Session1/dialog/EmoEvaluation/"
      try layout.write(folder + "README.txt", "Labels of session 1.\n[1] Busso et al. 2008\n")
      try layout.write(folder + "empty.txt")
      // A copy with the same content and another name is read.
      try layout.write(
        folder + "Ses01F_impro01 (1).txt",
        iemocapLabels("Ses01F_impro01", [("F000", "neu")]).joined(separator: "\n"))
      let corpus = try Corpus.read(.iemocap, at: root)
      #expect(corpus.utterances.map(\.label) == ["neutral"])
      #expect(
        corpus.exclusions
          == ["README.txt", "empty.txt"].map {
            Exclusion(subject: folder + $0, reason: .notALabelFile)
          })
      #expect(CorpusInspection(corpus).skipped == 2)
      // A copy with other content is an error that reports it.
      try layout.write(
        folder + "README.txt",
        iemocapLabels("Ses01F_impro01", [("F000", "sad")]).joined(separator: "\n"))
      let error = try #require(throws: CorpusError.self) { try Corpus.read(.iemocap, at: root) }
      #expect("\(error)".contains("Ses01F_impro01_F000 is labelled"))
    }
  }

  struct Encoding: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let encoding: String.Encoding
    var mark: [UInt8] = []
  }

  @Test(arguments: [
    Encoding(testDescription: "UTF-16LE", encoding: .utf16LittleEndian),
    Encoding(testDescription: "UTF-16LE", encoding: .utf16LittleEndian, mark: [0xFF, 0xFE]),
    Encoding(testDescription: "UTF-16BE", encoding: .utf16BigEndian),
    Encoding(testDescription: "UTF-16BE", encoding: .utf16BigEndian, mark: [0xFE, 0xFF]),
    Encoding(testDescription: "UTF-32LE", encoding: .utf32LittleEndian),
    Encoding(testDescription: "UTF-32BE", encoding: .utf32BigEndian, mark: [0, 0, 0xFE, 0xFF]),
  ])
  func `names an encoding that is not read`(case encoding: Encoding) throws {
    let text = iemocapLabels("Ses01F_impro01", [("F000", "ang")]).joined(separator: "\r\n")
    let labels = encoding.mark + Array(try #require(text.data(using: encoding.encoding)))
    let error = try #require(throws: CorpusError.self) { try read(labels: labels) }
    #expect(
      "\(error)".contains(
        "Ses01F_impro01.txt: is in \(encoding.testDescription), expected ASCII, UTF-8 or Latin-1"))
    #expect("\(error)".contains("iconv -f \(encoding.testDescription) -t UTF-8"))
  }

  @Test func `needs both label files and clips`() throws {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      try layout.iemocapDialog("Ses01F_impro01", [("F000", "neu")], clips: false)
      var error = try #require(throws: CorpusError.self) { try Corpus.read(.iemocap, at: root) }
      #expect("\(error)".contains("holds no clips of IEMOCAP"))
      try layout.remove("IEMOCAP_full_release/Session1/dialog")
      try layout.write("Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000.wav")
      error = try #require(throws: CorpusError.self) { try Corpus.read(.iemocap, at: root) }
      #expect("\(error)".contains("holds no label file of IEMOCAP"))
    }
  }
}
