// Foreign files in a corpus's folder are skipped, listed, and reported if they may explain a
// missing part.
import Corpora
import Files
import Foundation
import TestSupport
import Testing

@Suite struct `What is not the corpus's own` {
  /// All of SAVEE, after `change`.
  private func read(_ change: (LayoutBuilder) throws -> Void) throws -> Corpus {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      try layout.savee { "\($0)/\($1).wav" }
      try change(layout)
      return try Corpus.read(.savee, at: root)
    }
  }

  @Test func `is skipped and counted where its name is not UTF-8`() throws {
    let corpus = try read { layout in
      layout.write(nameInBytes: Array("DC/caf".utf8) + [0xE9] + Array(".txt".utf8))
      layout.write(nameInBytes: Array("Donn".utf8) + [0xE9] + Array("es".utf8), isFolder: true)
      layout.write(nameInBytes: Array("._".utf8) + [0xFF])
    }
    #expect(!corpus.isIncomplete)
    #expect(
      corpus.exclusions == [
        Exclusion(subject: "._\\xFF", reason: .hidden),
        Exclusion(subject: "DC/caf\\xE9.txt", reason: .notUTF8),
        Exclusion(subject: "Donn\\xE9es", reason: .notUTF8),
      ])
    let inspection = CorpusInspection(corpus)
    #expect(inspection.skipped == 3 && inspection.likelyCauses.isEmpty)
    #expect(inspection.table.contains("\nskipped: 3 of these, which are no part of the corpus\n"))
  }

  @Test func `is named where clips are missing below such a name`() throws {
    let corpus = try read { layout in
      layout.write(nameInBytes: [0xE9], isFolder: true)
      let moved = Array((layout.root + "/").utf8) + [0xE9] + Array("/KL".utf8)
      #expect(rename(layout.root + "/KL", moved.map { CChar(bitPattern: $0) } + [0]) == 0)
    }
    #expect(corpus.isIncomplete && corpus.utterances.count == 360)
    let error = try #require(throws: CorpusError.self) {
      try corpus.requireCompleteness(allowIncomplete: false)
    }
    #expect("\(error)".contains("left out, the name is not UTF-8: \\xE9; rename it"))
    #expect(CorpusInspection(corpus).table.contains("left out, the name is not UTF-8: \\xE9"))
    #expect(try #require(corpus.warning).contains("INCOMPLETE"))
  }

  @Test func `may be a FIFO, a socket or a circle of links in a clip's place`() throws {
    let corpus = try read { layout in
      let root = layout.root
      try layout.remove("DC/a01.wav")
      #expect(mkfifo(root + "/DC/a01.wav", 0o644) == 0)
      try FileManager.default.createSymbolicLink(
        atPath: root + "/DC/loop", withDestinationPath: "loop2")
      try FileManager.default.createSymbolicLink(
        atPath: root + "/DC/loop2", withDestinationPath: "loop")
      try FileManager.default.createSymbolicLink(
        atPath: root + "/device.wav", withDestinationPath: "/dev/zero")
    }
    #expect(corpus.check.missing == ["DC_a01"])
    #expect(
      corpus.exclusions == [
        Exclusion(subject: "DC/a01.wav", reason: .notAFile(kind: "a FIFO")),
        Exclusion(subject: "DC/loop", reason: .danglingLink),
        Exclusion(subject: "DC/loop2", reason: .danglingLink),
        Exclusion(subject: "device.wav", reason: .notAFile(kind: "a device")),
      ])
    let causes = CorpusInspection(corpus).likelyCauses
    #expect(
      causes.contains(
        "left out, a FIFO, not a regular file: DC/a01.wav; put the file itself there"))
  }

  @Test func `may be all that is there`() throws {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      layout.write(nameInBytes: [0xE9], isFolder: true)
      let error = try #require(throws: CorpusError.self) { try Corpus.read(.ravdess, at: root) }
      let said = "contains nothing readable: left out, the name is not UTF-8"
      #expect("\(error)".contains(said))
    }
  }

  @Test(arguments: CorpusDefinition.registered)
  func `is told as the format where all clips are in another`(name: CorpusDefinition) throws {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      try layout.labels(ofExample: name, in: ".")
      let clip = try #require(exampleClips[name])
      try layout.write(clip + ".mp3")
      let error = try #require(throws: CorpusError.self) { try Corpus.read(name, at: root) }
      #expect("\(error)".contains("\(root): the clips of \(name.title) are in mp3 (1 file such as"))
      #expect("\(error)".contains("expected WAV or FLAC"))
      // Beside the clip itself it is left out and does not stop the reader.
      try layout.write(clip + ".wav")
      let corpus = try Corpus.read(name, at: root)
      #expect(corpus.utterances.count == 1)
      #expect(corpus.exclusions == [Exclusion(subject: clip + ".mp3", reason: .otherFormat("mp3"))])
    }
  }

  @Test func `cannot move a terminal's cursor by its name`() throws {
    let corpus = try read { try $0.write("DC/\u{1B}[2Jhum\n.wav") }
    let table = CorpusInspection(corpus).table
    let error = try #require(throws: CorpusError.self) {
      try read { try $0.write("\u{1B}[2J/DC/x01.wav") }
    }
    #expect("\(error)".contains("/\\u{1B}[2J/DC/x01.wav: unknown label"))
    #expect(table.contains("DC/\\u{1B}[2Jhum\\n.wav") && !table.contains("\u{1B}"))
  }
}
