// The marker separates synthetic corpora from genuine ones.
import Corpora
import Files
import Foundation
import TestSupport
import Testing

@Suite struct `A synthetic corpus` {
  /// Writes two clips of SAVEE and their marker below `root/folder`.
  private func write(_ folder: String, in root: String, seed: UInt64 = 1) throws {
    let layout = LayoutBuilder(root: root)
    for clip in ["DC/a01", "JE/sa02"] { try layout.write("\(folder)\(clip).wav") }
    let utterances = try Corpus.read(.savee, at: root + "/" + folder).utterances
    let marker = SyntheticMarker(
      corpus: .savee, program: "test 1", seed: seed, utterances: utterances)
    try canonicalJSON(marker).writeAtomically(to: "\(root)/\(folder)SYNTHETIC.json")
  }

  @Test func `is held to its marker and to nothing published`() throws {
    try withTemporaryFolder { root in
      try write("standins/savee/", in: root)
      for path in ["/standins/savee", "", "/standins/"] {
        let corpus = try Corpus.read(.savee, at: root + path)
        #expect(corpus.isSynthetic && !corpus.isIncomplete)
        #expect(corpus.expected.source == .marker)
        #expect(CorpusInspection(corpus).table.hasPrefix("SYNTHETIC SAVEE at"))
      }
      try LayoutBuilder(root: root).remove("standins/savee/JE/sa02.wav")
      let part = try Corpus.read(.savee, at: root + "/standins/savee")
      #expect(
        part.check.missing == ["JE_sa02"] && part.check.lines[0] == "all: 1, SYNTHETIC marker 2")
      // Below the marker's own folder it is still synthetic.
      #expect(try Corpus.read(.savee, at: root + "/standins/savee/DC").isSynthetic)
    }
  }

  @Test func `has a fingerprint of its own for every seed`() throws {
    try withTemporaryFolder { root in
      try write("one/", in: root, seed: 1)
      try write("two/", in: root, seed: 2)
      let prints = try ["one", "two"].map {
        try Corpus.read(.savee, at: root + "/" + $0).fingerprint
      }
      try LayoutBuilder(root: root).remove("one/SYNTHETIC.json")
      let genuine = try Corpus.read(.savee, at: root + "/one")
      #expect(!genuine.isSynthetic && genuine.expected.source == .published)
      #expect(Set(prints + [genuine.fingerprint]).count == 3)
    }
  }

  /// The marker belongs to the sound, whatever the path to it.
  struct Link: Sendable, CustomTestStringConvertible {
    let name: String
    /// The link and its target, both below the test's folder.
    let from: String
    let to: String
    /// The folder to read.
    let root: String
    var testDescription: String { name }
  }
  static let links = [
    Link(name: "a root", from: "link", to: "standins/savee", root: "link"),
    Link(name: "a folder above the root", from: "link", to: "standins", root: "link/savee"),
    Link(name: "a folder of it as the root", from: "DC", to: "standins/savee/DC", root: "DC"),
    Link(name: "a folder", from: "mine/DC", to: "standins/savee/DC", root: "mine"),
    Link(name: "a folder below another", from: "mine/a/b", to: "standins/savee", root: "mine"),
    Link(
      name: "a clip", from: "mine/DC/a01.wav", to: "standins/savee/DC/a01.wav", root: "mine"),
  ]

  @Test(arguments: links) func `stays one through a link to`(_ link: Link) throws {
    try withTemporaryFolder { folder in
      let layout = LayoutBuilder(root: folder)
      try layout.write("genuine/DC/a01.wav")
      try layout.write("genuine/JE/sa02.wav")
      try write("standins/savee/", in: folder)
      func read(_ target: String) throws -> Corpus {
        let place = folder + "/" + link.from
        try? FileManager.default.removeItem(atPath: place)
        try FileManager.default.createDirectory(
          atPath: URL(fileURLWithPath: place).deletingLastPathComponent().path,
          withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
          atPath: place, withDestinationPath: folder + "/" + target)
        return try Corpus.read(.savee, at: folder + "/" + link.root)
      }
      let corpus = try read(link.to)
      #expect(corpus.isSynthetic && corpus.expected.source == .marker)
      guard link.name != "a folder above the root" else { return }
      // The same link to genuine clips.
      let genuine = try read(link.to.replacing("standins/savee", with: "genuine"))
      #expect(!genuine.isSynthetic && genuine.utterances.map(\.id) == corpus.utterances.map(\.id))
    }
  }

  @Test func `is never mixed with a genuine one through links`() throws {
    try withTemporaryFolder { folder in
      let layout = LayoutBuilder(root: folder)
      try layout.write("genuine/JE/a01.wav")
      try write("standins/", in: folder)
      try write("others/", in: folder, seed: 2)
      func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
          atPath: folder + "/genuine/" + name, withDestinationPath: folder + "/" + target)
      }
      #expect(try !Corpus.read(.savee, at: folder + "/genuine").isSynthetic)
      try link("KL_a01.wav", to: "standins/DC/a01.wav")
      #expect(throws: CorpusError.self) { try Corpus.read(.savee, at: folder + "/genuine") }
      // Two mixed stand-ins are not accepted either.
      try layout.remove("genuine/JE/a01.wav")
      #expect(try Corpus.read(.savee, at: folder + "/genuine").isSynthetic)
      try link("KL_a02.wav", to: "others/DC/a01.wav")
      let error = try #require(throws: CorpusError.self) {
        try Corpus.read(.savee, at: folder + "/genuine")
      }
      #expect("\(error)".contains("clips that are SYNTHETIC with others"))
    }
  }

  @Test func `is never mixed with a genuine one`() throws {
    try withTemporaryFolder { root in
      try write("standins/", in: root)
      try LayoutBuilder(root: root).write("genuine/KL/a01.wav")
      let error = try #require(throws: CorpusError.self) { try Corpus.read(.savee, at: root) }
      #expect("\(error)".contains("clips that are SYNTHETIC with others"))
    }
  }

  @Test func `needs a marker of its own that can be read`() throws {
    try withTemporaryFolder { root in
      try write("savee/", in: root)
      let marker = "\(root)/savee/SYNTHETIC.json"
      let text = String(decoding: try Data(readingFile: marker), as: UTF8.self)
      for wrong in ["{}", "", text.replacing("\"savee\"", with: "\"ravdess\"")] {
        try Data(wrong.utf8).writeAtomically(to: marker)
        let error = try #require(throws: CorpusError.self) {
          try Corpus.read(.savee, at: root + "/savee")
        }
        #expect("\(error)".hasPrefix(marker + ": is "))
      }
    }
  }
}
