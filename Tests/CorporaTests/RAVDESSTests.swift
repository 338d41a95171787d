// RAVDESS in the repackagings of corpora.md.
import Corpora
import Foundation
import TestSupport
import Testing

@Suite struct `RAVDESS on disk` {
  @Test(arguments: ["", "Audio_Speech_Actors_01-24/", "audio/Audio_Speech_Actors_01-24/", "Audio/"])
  func `is read whole in every layout`(prefix: String) throws {
    try withTemporaryFolder { root in
      try LayoutBuilder(root: root).ravdess(prefix: prefix)
      let corpus = try Corpus.read(.ravdess, at: root + "/")
      #expect(corpus.utterances.count == 1440)
      #expect(!corpus.isIncomplete)
      #expect(corpus.exclusions.isEmpty)
      #expect(corpus.utterances.map(\.id) == corpus.utterances.map(\.id).sorted())
      let one = try #require(corpus.utterances.first { $0.id == "03-01-06-01-02-01-12" })
      #expect(one.label == "fearful" && one.classIndex == 5)
      #expect(one.speaker == "Actor_12" && one.session == nil && one.fold == 2)
      #expect(one.path == "\(root)/\(prefix)Actor_12/03-01-06-01-02-01-12.wav")
    }
  }

  @Test func `is read from one flat folder, with FLAC and upper-case extensions`() throws {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      for (number, id) in ravdessIDs.enumerated() {
        try layout.write(id + [".wav", ".WAV", ".flac", ".FLAC"][number % 4])
      }
      #expect(try !Corpus.read(.ravdess, at: root).isIncomplete)
    }
  }

  @Test func `counts a doubled copy once, the first path in byte order`() throws {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      try layout.ravdess()
      try layout.ravdess(prefix: "audio_speech_actors_01-24/")
      try layout.write("Actor_05/03-01-05-01-01-01-02.wav")
      let corpus = try Corpus.read(.ravdess, at: root)
      #expect(corpus.utterances.count == 1440 && !corpus.isIncomplete)
      #expect(corpus.utterances.allSatisfy { $0.path.hasPrefix(root + "/Actor_") })
      let stray = Exclusion(
        subject: "Actor_05/03-01-05-01-01-01-02.wav", reason: .misplaced(folder: "Actor_05"))
      #expect(corpus.exclusions.contains(stray))
      #expect(corpus.exclusions.count == 1441)
    }
  }

  @Test func `leaves out song, video, hidden files and foreign names, each with its reason`() throws
  {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      try layout.ravdess()
      try layout.write("Audio_Song_Actors_01-24/Actor_01/03-02-01-01-01-01-01.wav")
      try layout.write("Video/Actor_01/01-01-01-01-01-01-01.mp4")
      try layout.write("Actor_01/._03-01-01-01-01-01-01.wav", bytes: [0, 5, 0x16, 7, 0xFF])
      try layout.write(".DS_Store")
      try layout.write(".hidden/Actor_01/03-01-01-01-01-01-01.wav")
      try layout.write("Actor_01/noise.wav")
      try layout.write("Actor_01/03-01-01-02-01-01-01.wav")  // neutral is never strong
      let corpus = try Corpus.read(.ravdess, at: root)
      #expect(!corpus.isIncomplete)
      let reasons = Dictionary(grouping: corpus.exclusions, by: \.reason).mapValues(\.count)
      #expect(reasons == [.song: 1, .video: 1, .hidden: 3, .foreignName: 2])
    }
  }

  @Test func `divides into six folds of 240 by either list`() throws {
    try withTemporaryFolder { root in
      try LayoutBuilder(root: root).ravdess()
      #expect(CorpusDefinition.ravdess.foldLists.map(\.name) == ["emobox", "contiguous"])
      for list in CorpusDefinition.ravdess.foldLists {
        let corpus = try Corpus.read(.ravdess, at: root, folds: list)
        #expect(!corpus.isIncomplete && corpus.foldList == list)
        let actors = try #require(published[list.name])
        #expect(corpus.foldNames == actors.map { "Actors \($0)" })
        for (fold, numbers) in actors.enumerated() {
          let tested = corpus.utterances.filter { $0.fold == fold + 1 }
          #expect(tested.count == 240)
          #expect(
            Set(tested.map(\.speaker)) == Set(numbers.split(separator: " ").map { "Actor_\($0)" }))
        }
      }
    }
  }

  @Test func `names the clip that is missing and the counts it changes`() throws {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      try layout.ravdess()
      try layout.remove("Actor_12/03-01-06-01-02-01-12.wav")
      let corpus = try Corpus.read(.ravdess, at: root)
      #expect(corpus.check.missing == ["03-01-06-01-02-01-12"])
      #expect(
        corpus.check.differences.map { "\($0.scope) \($0.found)/\($0.expected)" } == [
          "all 1439/1440", "class fearful 191/192", "fold 2 239/240",
          "class fearful, fold 2 31/32", "speaker Actor_12 59/60",
        ])
      try corpus.requireCompleteness(allowIncomplete: true)
      let error = try #require(throws: CorpusError.self) {
        try corpus.requireCompleteness(allowIncomplete: false)
      }
      for part in [root, "03-01-06-01-02-01-12", "1439, published 1440", "--allow-incomplete"] {
        #expect("\(error)".contains(part))
      }
    }
  }

  @Test func `refuses an emotion code that does not exist`() throws {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      try layout.write("Actor_01/03-01-09-01-01-01-01.wav")
      let error = try #require(throws: CorpusError.self) {
        try Corpus.read(.ravdess, at: root)
      }
      #expect("\(error)".contains("03-01-09-01-01-01-01.wav: unknown label \"09\""))
      #expect("\(error)".contains("01 02 03 04 05 06 07 08"))
    }
  }

  @Test func `needs speech, not song alone`() throws {
    try withTemporaryFolder { root in
      try LayoutBuilder(root: root).write("Actor_01/03-02-01-01-01-01-01.wav")
      let error = try #require(throws: CorpusError.self) { try Corpus.read(.ravdess, at: root) }
      #expect("\(error)".contains("holds no clips of RAVDESS"))
    }
  }

  @Test(.enabled(if: hasRAVDESS, "the genuine corpus is not at hand"))
  func `is complete in the genuine copy`() throws {
    let corpus = try Corpus.read(.ravdess, at: ravdess16k)
    #expect(corpus.utterances.count == 1440 && !corpus.isIncomplete && !corpus.isSynthetic)
    for fold in 1...6 {
      #expect(corpus.utterances.filter { $0.fold == fold }.count == 240)
    }
  }
}

/// The names of the full factorial design, written independently of the reader.
let ravdessIDs: [String] = {
  var ids: [String] = []
  for actor in 1...24 {
    for emotion in 1...8 {
      for intensity in [1, 2] where emotion > 1 || intensity == 1 {
        for take in 0..<4 {
          let numbers = [3, 1, emotion, intensity, 1 + take / 2, 1 + take % 2, actor]
          ids.append(numbers.map { ($0 < 10 ? "0" : "") + String($0) }.joined(separator: "-"))
        }
      }
    }
  }
  return ids
}()

/// The fold lists of RAVDESS, copied from EmoBox and counted by hand.
private let published = [
  "emobox": [
    "01 11 20 21", "04 10 12 14", "08 09 19 23", "03 05 07 24", "02 15 16 18", "06 13 17 22",
  ],
  "contiguous": [
    "01 02 03 04", "05 06 07 08", "09 10 11 12", "13 14 15 16", "17 18 19 20", "21 22 23 24",
  ],
]
