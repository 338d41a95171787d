// Common to all corpora: wrong paths, fingerprint, listing, inspection, marker, speed.
import Corpora
import Files
import Foundation
import TestSupport
import Testing

@Suite struct `A corpus` {
  @Test(arguments: CorpusDefinition.registered)
  func `refuses a missing path, a file and an empty folder`(name: CorpusDefinition) throws {
    try withTemporaryFolder { root in
      var error = try #require(throws: CorpusError.self) { try Corpus.read(name, at: root + "/no") }
      #expect(error == .missing(path: root + "/no"))
      try LayoutBuilder(root: root).write("file/.DS_Store")
      error = try #require(throws: CorpusError.self) { try Corpus.read(name, at: root + "/file") }
      #expect(error == .empty(path: root + "/file"))
      let file = root + "/file/.DS_Store"
      error = try #require(throws: CorpusError.self) { try Corpus.read(name, at: file) }
      #expect(error == .notAFolder(path: file))
    }
  }

  @Test func `is recognised when it lies at another one's path`() throws {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      for corpus in CorpusDefinition.registered {
        try layout.labels(ofExample: corpus, in: corpus.id)
        try layout.write("\(corpus.id)/\(try #require(exampleClips[corpus])).wav")
      }
      for asked in CorpusDefinition.registered {
        for there in CorpusDefinition.registered {
          let path = root + "/" + there.id
          if asked == there {
            let corpus = try Corpus.read(asked, at: path)
            #expect(corpus.utterances.count == 1)
            // A list of checksums at its root is not part of it.
            try ChecksumList().write(to: path)
            let guarded = try Corpus.read(asked, at: path)
            #expect(guarded.fingerprint == corpus.fingerprint && guarded.csv == corpus.csv)
            #expect(guarded.exclusions == corpus.exclusions)
          } else {
            let error = try #require(throws: CorpusError.self) { try Corpus.read(asked, at: path) }
            let text = "\(path): looks like \(there.title) ("
            #expect("\(error)".hasPrefix(text))
            #expect("\(error)".contains("expected \(asked.title); write \(there.id)=\(path)"))
          }
        }
      }
    }
  }

  @Test func `says what a folder of something else holds`() throws {
    try withTemporaryFolder { root in
      try LayoutBuilder(root: root).write("music/song.wav")
      let error = try #require(throws: CorpusError.self) { try Corpus.read(.savee, at: root) }
      #expect("\(error)".contains("1 file, 1 of them .wav or .flac, such as \"music/song.wav\""))
    }
  }

  @Test func `has a fingerprint of its listing's first five columns, not of its paths`() throws {
    func read(_ prefix: String, dropping: Int = 0) throws -> Corpus {
      try withTemporaryFolder { root in
        for id in ravdessIDs.dropFirst(dropping) {
          try LayoutBuilder(root: root).write("\(prefix)/\(id).wav")
        }
        return try Corpus.read(.ravdess, at: root)
      }
    }
    let corpus = try read("Audio")
    let rows = corpus.csv.split(separator: "\n")
    #expect(rows[0] == "id,label,speaker,session,fold,path")
    #expect(
      rows[1]
        == "03-01-01-01-01-01-01,neutral,Actor_01,,1,\(corpus.root)/Audio/03-01-01-01-01-01-01.wav")
    let columns = rows.dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let text = columns.map { $0.prefix(5).joined(separator: ",") + "\n" }.joined()
    #expect(corpus.fingerprint == sha256(text))
    #expect(try corpus.fingerprint == read("other").fingerprint)
    #expect(try corpus.fingerprint != read("Audio", dropping: 1).fingerprint)
  }

  @Test func `lists itself as CSV that survives a comma in the path, and as JSON`() throws {
    try withTemporaryFolder { root in
      try LayoutBuilder(root: root).write("a, \"b\"/DC_a01.wav")
      let corpus = try Corpus.read(.savee, at: root)
      #expect(corpus.csv.hasSuffix("DC_a01,anger,DC,,3,\"\(root)/a, \"\"b\"\"/DC_a01.wav\"\n"))
      let back = try decodeJSON([Utterance].self, from: corpus.json())
      #expect(back == corpus.utterances)
    }
  }

  @Test func `shows its counts beside the published ones and what it left out`() throws {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      try layout.savee { "\($0)/\($1).wav" }
      try layout.remove("DC/a01.wav")
      try layout.write("DC/hum.wav")
      let inspection = CorpusInspection(try Corpus.read(.savee, at: root))
      #expect(inspection.total.found == 479 && inspection.total.expected == 480)
      #expect(inspection.classes.map(\.found) == [59, 60, 60, 60, 120, 60, 60])
      #expect(inspection.classes[0].name == "anger" && inspection.classes[0].expected == 60)
      #expect(inspection.speakers.map(\.found) == [119, 120, 120, 120])
      #expect(inspection.speakers.map(\.sex) == Array(repeating: .male, count: 4))
      #expect(inspection.classes.allSatisfy { $0.sex == nil })
      #expect(inspection.isIncomplete && inspection.missing == ["DC_a01"])
      for line in ["INCOMPLETE", "479", "differs", "14/15", "DC/hum.wav", "missing: DC_a01"] {
        #expect(inspection.table.contains(line))
      }
      let back = try decodeJSON(CorpusInspection.self, from: canonicalJSON(inspection))
      #expect(back == inspection)
    }
  }

  @Test func `follows links and is not caught in a circle of them`() throws {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      try layout.write("disk/DC/a01.wav")
      try layout.write("corpus/JE/a01.wav")
      let files = FileManager.default
      try files.createSymbolicLink(atPath: root + "/corpus/DC", withDestinationPath: "../disk/DC")
      try files.createSymbolicLink(atPath: root + "/corpus/self", withDestinationPath: "../corpus")
      try files.createSymbolicLink(atPath: root + "/corpus/JE/a02.wav", withDestinationPath: "gone")
      try files.createSymbolicLink(atPath: root + "/link", withDestinationPath: "corpus")
      let corpus = try Corpus.read(.savee, at: root + "/link")
      #expect(corpus.utterances.map(\.id) == ["DC_a01", "JE_a01"])
      #expect(corpus.exclusions == [Exclusion(subject: "JE/a02.wav", reason: .danglingLink)])
    }
  }

  @Test func `reads twenty thousand labels well under a second`() throws {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      try layout.wholeIEMOCAP()
      try layout.wholeMSPIMPROV()
      let start = processorTime()
      let labels = try [CorpusDefinition.iemocap, .mspImprov].map { name in
        let corpus = try Corpus.read(name, at: root)
        return corpus.utterances.count + corpus.exclusions.count { $0.reason != .foreignName }
      }
      let seconds = processorTime() - start
      #expect(labels == [10039, 8438])
      #expect(seconds < 0.5)
      print("read \(labels.reduce(0, +)) labels in \(seconds) s of processor time")
    }
  }
}

/// Processor time of this thread in seconds, which other tests do not affect.
private func processorTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
