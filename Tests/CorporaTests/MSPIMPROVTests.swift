// MSP-IMPROV: both spellings of the label file, both folder layouts, its grammar.
import Corpora
import Files
import Foundation
import TestSupport
import Testing

@Suite struct `MSP-IMPROV on disk` {
  /// Writes one clip per label and reads the corpus.
  private func read(
    _ labels: [(id: String, code: String)], file: String = "Evalution.txt",
    audio: String = "Audio/",
    lineEnd: String = "\n"
  ) throws -> Corpus {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      for (id, _) in labels {
        try layout.write("\(audio)session\(Array(id)[7])/\(id.prefix(4))/P/MSP-IMPROV-\(id).wav")
      }
      let lines = labels.flatMap { mspBlock($0.id, $0.code) }
      try layout.write(file, lines.joined(separator: lineEnd))
      return try Corpus.read(.mspImprov, at: root)
    }
  }

  @Test(
    arguments: ["Evalution.txt", "Evaluation.txt", "MSP/evaluation.TXT"],
    ["Audio/", "", "MSP/Audio/"])
  func `is read in every layout`(file: String, audio: String) throws {
    for end in ["\n", "\r\n"] {
      let corpus = try read(
        [("S01A-F01-P-FM01", "N"), ("S20H-M06-T-MF12", "A")], file: file, audio: audio, lineEnd: end
      )
      #expect(
        corpus.utterances.map(\.id) == ["MSP-IMPROV-S01A-F01-P-FM01", "MSP-IMPROV-S20H-M06-T-MF12"])
      #expect(corpus.utterances.map(\.label) == ["neutral", "angry"])
      #expect(corpus.utterances.map(\.speaker) == ["F01", "M06"])
      #expect(corpus.utterances.map(\.session) == [1, 6])
      #expect(corpus.utterances.map(\.fold) == [1, 6])
    }
  }

  @Test func `is read whole and matches every published count`() throws {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      try layout.wholeMSPIMPROV()
      let corpus = try Corpus.read(.mspImprov, at: root)
      #expect(corpus.utterances.count == 7798 && corpus.check.lines == [])
      #expect(corpus.exclusions.count == 85 + 555)
      try layout.remove("MSP-IMPROV/Audio/session1/S01A/T/MSP-IMPROV-S01A-F01-T-FM0000.wav")
      let lines = try Corpus.read(.mspImprov, at: root).check.lines
      #expect(
        lines == [
          "all: 7797, published 7798", "class angry: 791, published 792",
          "folds 1+2+3+4: 4917, published 4918", "type T: 639, published 640",
          "class angry, type T: 114, published 115", "missing: MSP-IMPROV-S01A-F01-T-FM0000",
        ])
    }
  }

  @Test func `divides into the sessions by either list, and is complete by both`() throws {
    let lists = CorpusDefinition.mspImprov.foldLists
    #expect(lists.map(\.name) == ["session", "emo-superb"])
    // The test speakers of EMO-SUPERB's folds 1 to 6, by their digits.
    let sessions = ["session": [1, 2, 3, 4, 5, 6], "emo-superb": [4, 3, 2, 1, 6, 5]]
    try withTemporaryFolder { root in
      try LayoutBuilder(root: root).wholeMSPIMPROV()
      var prints: Set<String> = []
      for list in lists {
        let corpus = try Corpus.read(.mspImprov, at: root, folds: list)
        #expect(corpus.utterances.count == 7798 && corpus.check.lines == [])
        #expect(corpus.foldList == list)
        let expected = try #require(sessions[list.name])
        #expect(corpus.foldNames == expected.map { "Session \($0)" })
        for (fold, session) in expected.enumerated() {
          let tested = corpus.utterances.filter { $0.fold == fold + 1 }
          #expect(Set(tested.map(\.speaker)) == ["F0\(session)", "M0\(session)"])
          #expect(tested.allSatisfy { $0.session == session })
        }
        prints.insert(corpus.fingerprint)
      }
      #expect(prints.count == 2)
    }
  }

  @Test func `is held to the labels of each type of turn`() throws {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      try layout.wholeMSPIMPROV()
      // Swaps the labels of two turns of one session: every other count stays.
      let file = root + "/MSP-IMPROV/Evalution.txt"
      var text = String(decoding: try Data(readingFile: file), as: UTF8.self)
      let angry = "UTD-IMPROV-S01A-F01-T-FM0000.avi;"
      let sad = "UTD-IMPROV-S03A-F01-S-FM1164.avi;"
      #expect(text.contains(angry + " A;") && text.contains(sad + " S;"))
      text = text.replacing(angry + " A;", with: angry + " S;")
        .replacing(sad + " S;", with: sad + " A;")
      try Data(text.utf8).writeAtomically(to: file)
      #expect(
        try Corpus.read(.mspImprov, at: root).check.lines == [
          "class angry, type S: 471, published 470", "class sad, type S: 632, published 633",
          "class angry, type T: 114, published 115", "class sad, type T: 107, published 106",
        ])
    }
  }

  @Test(arguments: ["results/evaluation.txt", "Audio/session1/Evaluation.TXT", "a/b/evalution.txt"])
  func `takes another file of the label file's name for what it is`(stray: String) throws {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      try layout.write("Audio/session1/S01A/P/MSP-IMPROV-S01A-F01-P-FM01.wav")
      try layout.write(stray, "WA 0.71\nUA 0.70\n")
      func expect(_ reason: Exclusion.Reason) throws {
        let corpus = try Corpus.read(.mspImprov, at: root)
        #expect(corpus.utterances.map(\.label) == ["angry"])
        #expect(corpus.exclusions == [Exclusion(subject: stray, reason: reason)])
      }
      let labels = mspBlock("S01A-F01-P-FM01", "A").joined(separator: "\n")
      try layout.write("x/y/z/Evalution.txt", labels)
      try expect(.notALabelFile)
      try layout.remove("x")
      try layout.write("Evalution.txt", labels)
      try expect(.furtherLabelFile)
      // Predictions in the same grammar are ignored.
      try layout.write(stray, mspBlock("S01A-F01-P-FM01", "S").joined(separator: "\n"))
      try expect(.furtherLabelFile)
      // An empty label file is damaged: no file deeper down replaces it.
      try layout.write("Evalution.txt")
      let error = try #require(throws: CorpusError.self) { try Corpus.read(.mspImprov, at: root) }
      #expect("\(error)".contains("\(root)/Evalution.txt: holds no label"))
    }
  }

  @Test func `takes what is no file in the label file's place for no label file`() throws {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      try layout.write("Audio/session1/S01A/P/MSP-IMPROV-S01A-F01-P-FM01.wav")
      #expect(mkfifo(root + "/Evaluation.txt", 0o644) == 0)
      let error = try #require(throws: CorpusError.self) { try Corpus.read(.mspImprov, at: root) }
      #expect("\(error)".contains("holds no label file of MSP-IMPROV"))
      #expect("\(error)".contains("left out, a FIFO, not a regular file: Evaluation.txt"))
      try layout.write("Evalution.txt", mspBlock("S01A-F01-P-FM01", "A").joined(separator: "\n"))
      #expect(try Corpus.read(.mspImprov, at: root).utterances.count == 1)
    }
  }

  @Test func `drops other and no agreement, and takes no label from the name`() throws {
    let corpus = try read([
      ("S01A-F01-P-FM01", "S"), ("S01A-F01-P-MF01", "O"), ("S02H-M02-R-FM03", "X"),
      ("S02H-M02-S-MM03", "H"),
    ])
    #expect(corpus.utterances.map(\.label) == ["sad", "happy"])
    #expect(corpus.exclusions.map(\.reason) == [.unusedLabel("O"), .unusedLabel("X")])
  }

  @Test(arguments: [
    "UTD-IMPROV-S01A-F02-R-FF01", "UTD-IMPROV-S01A-F02-R-FF01.avi",
    "UTD-IMPROV-S01A-F07-R-FF01.avi; A;",
    "UTD-IMPROV-S01B-F01-R-FF01.avi; A;", "UTD-IMPROV-; A;",
    "UTD-IMPROV-S01A-F02-R-FF01.avi; ; A:1",
  ])
  func `names the file and line of a broken label line`(line: String) throws {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      try layout.write("Audio/session1/S01A/P/MSP-IMPROV-S01A-F01-P-FM01.wav")
      let lines =
        mspBlock("S01A-F01-P-FM01", "A") + [line, "ID; Angry; Angry; A:1; V:1; D:NaN; N:1;"]
      try layout.write("Evalution.txt", lines.joined(separator: "\r\n"))
      let error = try #require(throws: CorpusError.self) { try Corpus.read(.mspImprov, at: root) }
      #expect("\(error)".contains("Evalution.txt:5: broken label line, expected UTD-IMPROV-"))
      #expect("\(error)".contains(line))
    }
  }

  @Test func `names the place of an unknown label`() throws {
    let error = try #require(throws: CorpusError.self) { try read([("S01A-F01-P-FM01", "Q")]) }
    #expect("\(error)".contains("Evalution.txt:1: unknown label \"Q\", known are A H N S O X"))
  }

  @Test func `lists doubles, unlabelled clips and foreign names`() throws {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      for path in [
        "a/MSP-IMPROV-S01A-F01-P-FM01", "b/MSP-IMPROV-S01A-F01-P-FM01",
        "c/MSP-IMPROV-S01A-F01-P-FM02", "c/x",
      ] {
        try layout.write(path + ".wav")
      }
      try layout.write("Evaluation.txt", mspBlock("S01A-F01-P-FM01", "A").joined(separator: "\n"))
      let corpus = try Corpus.read(.mspImprov, at: root)
      #expect(corpus.utterances.map(\.path) == [root + "/a/MSP-IMPROV-S01A-F01-P-FM01.wav"])
      #expect(
        corpus.exclusions.map(\.reason) == [
          .duplicate(of: "a/MSP-IMPROV-S01A-F01-P-FM01.wav"), .unlabelled, .foreignName,
        ])
    }
  }
}
