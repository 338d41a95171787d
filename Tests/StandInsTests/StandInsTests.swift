// The stand-in corpora, written once for all tests and read by the genuine readers.
import Audio
import Corpora
import Files
import Foundation
import StandIns
import TestSupport
import Testing

/// Every file below a folder, sorted, with the hash of its bytes.
private func hashes(of folder: String) throws -> [String] {
  let files = FileManager.default
  return try files.subpathsOfDirectory(atPath: folder).sorted().compactMap { path in
    var isFolder: ObjCBool = false
    _ = files.fileExists(atPath: folder + "/" + path, isDirectory: &isFolder)
    return isFolder.boolValue
      ? nil : path + " " + sha256(try Data(readingFile: folder + "/" + path))
  }
}

@Suite struct `The stand-in corpora` {
  @Test func `are read whole, keep every fold and speaker, and say that they are SYNTHETIC`() throws
  {
    try withTemporaryFolder { root in
      var steps: [Int] = []
      let written = try StandIns.write(to: root, seed: 1) { done, total in
        steps.append(done)
        #expect(done <= total)
      }
      #expect(steps == steps.sorted() && steps.last == 720)
      #expect(written.map(\.corpus) == [.iemocap, .mspImprov, .ravdess, .savee])
      let sizes = try written.map { standIn in
        let corpus = try Corpus.read(standIn.corpus, at: standIn.path)
        #expect(corpus.isSynthetic && corpus.check.lines == [])
        #expect(corpus.expected.source == .marker)
        #expect(Set(corpus.utterances.map(\.fold)) == Set(1...corpus.foldNames.count))
        for fold in 1...corpus.foldNames.count {
          let labels = Set(corpus.utterances.filter { $0.fold == fold }.map(\.label))
          #expect(labels == Set(corpus.classes))
        }
        #expect(CorpusInspection(corpus).table.hasPrefix("SYNTHETIC \(standIn.corpus.title)"))
        // Read from the folder above, beside the others, it is the same.
        #expect(try Corpus.read(standIn.corpus, at: root).fingerprint == corpus.fingerprint)
        #expect(ChecksumList.problems(in: standIn.path) == [])
        return [corpus.utterances.count, Set(corpus.utterances.map(\.speaker)).count]
      }
      #expect(sizes == [[168, 10], [168, 12], [192, 24], [160, 4]])
      try checkPitfalls(root)
      try checkSound(root)
      try checkEmotions(root)
      try checkRepeated(root)
    }
  }

  /// Each corpus has the pitfalls of the genuine one, and its reader reports them.
  private func checkPitfalls(_ root: String) throws {
    let expected: [CorpusDefinition: [Exclusion.Reason: Int]] = [
      .iemocap: [.unusedLabel("fru"): 10, .unusedLabel("xxx"): 10, .hidden: 5],
      .mspImprov: [.unusedLabel("O"): 6, .unusedLabel("X"): 6],
      .ravdess: [.song: 1, .hidden: 2],
      .savee: [.hidden: 1],
    ]
    for name in StandIns.corpora {
      let corpus = try Corpus.read(name, at: root + "/" + name.id)
      let reasons = Dictionary(grouping: corpus.exclusions, by: \.reason).mapValues(\.count)
      for (reason, count) in expected[name] ?? [:] { #expect(reasons[reason] == count) }
      if name != .iemocap {
        let doubles = corpus.exclusions.count {
          $0.reason.description == "a second copy of an utterance"
        }
        #expect(doubles == 1)
      }
    }
    let evaluation = root + "/iemocap/IEMOCAP_full_release/Session2/dialog/EmoEvaluation/"
    let labels = try Data(readingFile: evaluation + "Ses02F_impro01.txt")
    #expect(labels.contains(0x0D) && labels.contains(0xE9))
  }

  /// Sound files match their corpora's formats, are short, and are neither silent nor clipped.
  private func checkSound(_ root: String) throws {
    let rates: [CorpusDefinition: Set<Int>] = [
      .iemocap: [16_000], .mspImprov: [48_000, 44_100], .ravdess: [48_000], .savee: [44_100],
    ]
    for name in StandIns.corpora {
      let corpus = try Corpus.read(name, at: root + "/" + name.id)
      var found: Set<Int> = []
      var stereo = 0
      for utterance in corpus.utterances {
        let sound = try PlainWAV(path: utterance.path)
        found.insert(sound.sampleRate)
        stereo += sound.channels == 2 ? 1 : 0
        let seconds = Double(sound.samples.count) / Double(sound.sampleRate)
        #expect((0.85...1.85).contains(seconds), "\(utterance.id) lasts \(seconds) s")
        #expect(sound.level > 0.003, "\(utterance.id) is silent")
        #expect(sound.samples.allSatisfy { abs($0) < 0.995 }, "\(utterance.id) is clipped")
        let before = name == .ravdess ? ["fmt ", "FLLR"] : ["fmt "]
        #expect(sound.chunks == before + ["data", "LIST"])
        #expect(try isMarkedSynthetic(path: utterance.path))
      }
      #expect(found == rates[name])
      #expect(stereo == (name == .ravdess ? 1 : 0))
    }
  }

  /// Angry speech is higher and louder than sad speech for most speakers, but not for every
  /// utterance: the emotions overlap.
  private func checkEmotions(_ root: String) throws {
    var higher = 0
    var louder = 0
    var speakers = 0
    for name in [CorpusDefinition.iemocap, .savee] {
      let corpus = try Corpus.read(name, at: root + "/" + name.id)
      let (angry, sad) = name == .iemocap ? ("angry", "sad") : ("anger", "sadness")
      for speaker in Set(corpus.utterances.map(\.speaker)).sorted() {
        func mean(_ label: String, _ value: (PlainWAV) -> Double) throws -> Double {
          let own = corpus.utterances.filter { $0.speaker == speaker && $0.label == label }
          return try own.map { try value(PlainWAV(path: $0.path)) }.reduce(0, +) / Double(own.count)
        }
        speakers += 1
        higher += try mean(angry, \.pitch) > mean(sad, \.pitch) ? 1 : 0
        louder += try mean(angry) { Double($0.level) } > mean(sad) { Double($0.level) } ? 1 : 0
      }
    }
    #expect(speakers == 14 && higher >= 12 && louder >= 12, "\(higher), \(louder) of \(speakers)")
  }

  /// The same seed gives the same bytes, another seed others; existing intact corpora are kept.
  private func checkRepeated(_ root: String) throws {
    let first = try hashes(of: root)
    let clip = root + "/savee/AudioData/DC/a01.wav"
    let marker = root + "/savee/SYNTHETIC.json"
    let list = root + "/iemocap/" + ChecksumList.fileName
    try FileManager.default.removeItem(atPath: clip)
    try FileManager.default.removeItem(atPath: list)
    try Data([0]).append(to: root + "/msp-improv/MSP-IMPROV/Evalution.txt")
    let kept = try FileManager.default.attributesOfItem(atPath: root + "/ravdess")[
      .modificationDate]
    _ = try StandIns.write(to: root, seed: 1)
    #expect(try hashes(of: root) == first)
    #expect(
      try FileManager.default.attributesOfItem(atPath: root + "/ravdess")[.modificationDate]
        as? Date == kept as? Date)
    for name in StandIns.corpora.dropLast() {
      try FileManager.default.removeItem(atPath: root + "/" + name.id)
    }
    _ = try StandIns.write(to: root, seed: 2)
    let second = try hashes(of: root)
    #expect(
      second.count == first.count
        && Set(second).intersection(first).allSatisfy { !$0.contains(".wav ") || $0.contains("._") }
    )
    try FileManager.default.removeItem(atPath: marker)
    #expect(throws: StandInError.inTheWay(path: root + "/savee")) {
      try StandIns.write(to: root, seed: 2)
    }
    #expect(FileManager.default.fileExists(atPath: clip))
  }

  /// A program that reads a single clip, here libsndfile, sees that it is synthetic.
  @Test func `say in each clip that it is computed, and change no sample for it`() throws {
    try withTemporaryFolder { root in
      let samples = (0..<801).map { Float($0 % 7) / 8 }
      let plain = WAVFile(sampleRate: 16_000, samples: samples).bytes
      try plain.writeAtomically(to: root + "/plain.wav")
      #expect(try !isMarkedSynthetic(path: root + "/plain.wav"))
      _ = try StandIns.write(to: root, seed: 1)
      let clip = root + "/ravdess/Audio_Speech_Actors_01-24/Actor_02/"
      let name = try #require(FileManager.default.contentsOfDirectory(atPath: clip).sorted().first)
      try FileManager.default.copyItem(atPath: clip + name, toPath: root + "/copy.wav")
      let file = try SoundFile(path: root + "/copy.wav")
      let comment = file.comment
      #expect(comment == "SYNTHETIC: computed by \(StandIns.program), not a recording of anybody")
      #expect(try isMarkedSynthetic(path: root + "/copy.wav"))
      #expect(try Recording.readOriginal(path: root + "/copy.wav").isMarkedSynthetic)
    }
  }

  @Test func `cannot be written where a file stands`() throws {
    try withTemporaryFolder { root in
      try Data().writeAtomically(to: root + "/file")
      #expect(throws: FileError.self) { try StandIns.write(to: root + "/file", seed: 1) }
    }
  }
}
