// Worked by hand: recordings duplicated in a stand-in corpus, each compared with the clean corpus.
import Audio
import Audits
import Corpora
import Files
import Foundation
import Randomness
import StandIns
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(30))) struct `An audit of a corpus` {
  @Test(arguments: StandIns.corpora)
  func `finds nothing but notes in a clean stand-in`(name: CorpusDefinition) throws {
    let corpus = try Corpus.read(name, at: standIns.get() + "/" + name.id)
    let audit = try Audits.audit(of: corpus)
    #expect(audit.findings.allSatisfy { $0.severity == .note } && audit.leaks.isEmpty)
    #expect(audit.sound.exactDuplicates.isEmpty && audit.sound.nearDuplicates.isEmpty)
    #expect(audit.isSynthetic && audit.text.hasPrefix("SYNTHETIC \(name.title) at "))
    #expect(audit.text.contains("\npassed: 0 leaks, 0 warnings, "))
  }

  @Test func `finds the same samples in two folds, and lets them be allowed`() throws {
    try withSAVEE { root in
      try FileManager.default.copy("\(root)/JE/a02.wav", to: "\(root)/DC/h03.wav")
      let corpus = try Corpus.read(.savee, at: root)
      let result = try audit(of: corpus)
      #expect(result.leaks.map(\.kind) == [.exactDuplicates])
      #expect(result.findings[0] == result.leaks[0])
      // JE is fold 1, DC fold 3. Fold 2 tests KL, validates DC and trains JE.
      #expect(result.leaks[0].place == "fold 1, 2, 3, 4")
      let found = result.leaks[0].found
      #expect(found == "1 pair: DC_h03 = JE_a02, labelled happiness and anger")
      #expect(result.sound.exactDuplicates.map(\.ids) == [["DC_h03", "JE_a02"]])
      #expect(result.sound.nearDuplicates.isEmpty)
      #expect(result.text.contains("\nFAILED: 1 leak, "))
      let other = CorpusAudit(corpus, sound: result.sound, allowing: [.nearDuplicates])
      #expect(other.leaks == result.leaks)
      let allowed = CorpusAudit(corpus, sound: result.sound, allowing: [.exactDuplicates])
      #expect(allowed.leaks.isEmpty && allowed.findings == result.findings)
      #expect(allowed.text.contains("in two roles (allowed)\n"))
      #expect(allowed.text.contains("\nundecided, for the corpus is INCOMPLETE: 1 leak, "))
    }
  }

  @Test func `only warns of the same samples within a fold`() throws {
    try withSAVEE { root in
      try FileManager.default.copy("\(root)/JE/a02.wav", to: "\(root)/JE/a03.wav")
      let result = try audit(of: try Corpus.read(.savee, at: root))
      #expect(result.leaks.isEmpty)
      let warnings = result.findings.filter { $0.severity == .warning }
      #expect(warnings.map(\.kind) == [.exactDuplicates])
      #expect(warnings.map(\.found) == ["1 pair: JE_a02 = JE_a03"])
    }
  }

  @Test func `finds a copy that was altered, across folds and within one`() throws {
    try withSAVEE { root in
      let sound = try Recording.readMono(path: "\(root)/JK/n04.wav")
      var random = RandomStream(seed: 1)
      try writeSound(Alteration.all(sound, &random), to: "\(root)/KL/n01.wav")
      let corpus = try Corpus.read(.savee, at: root)
      let result = try audit(of: corpus)
      #expect(result.leaks.map(\.kind) == [.nearDuplicates])
      let near = try #require(result.sound.nearDuplicates.first)
      #expect(near.first == "JK_n04" && near.second == "KL_n01")
      #expect(near.difference < PrintTable.threshold && near.difference > 0)
      expectClose(near.shift, 0.104, absolute: 0.0161)
      #expect(result.sound.exactDuplicates.isEmpty)
      // Without a difference in roles there is no leak.
      let utterances = corpus.utterances
      let both = utterances.indices.filter { ["JK", "KL"].contains(utterances[$0].speaker) }
      let others = utterances.indices.filter { !both.contains($0) }
      let together = CorpusAudit(
        corpus, sound: result.sound,
        roles: [FoldRoles(fold: 1, training: others, validation: [], test: both)])
      #expect(together.leaks.isEmpty)
      // The copy has another sampling rate, which is reported too.
      #expect(
        together.findings.filter { $0.severity == .warning }.map(\.kind)
          == [.nearDuplicates, .implausibleSound])
    }
  }

  @Test func `fails on a planted speaker overlap unless it is allowed`() throws {
    let corpus = try Corpus.read(.savee, at: standIns.get() + "/savee")
    let sound = try audit(of: corpus).sound
    var roles = FoldRoles.all(of: corpus.utterances, folds: 4)
    roles[0] = FoldRoles(
      fold: 1, training: roles[0].training + [roles[0].test[0]], validation: roles[0].validation,
      test: roles[0].test)
    let audit = CorpusAudit(corpus, sound: sound, roles: roles)
    #expect(audit.leaks.map(\.kind) == [.speakerOverlap])
    let allowed = CorpusAudit(
      corpus, sound: sound, roles: roles, allowing: [.speakerOverlap, .nearDuplicates])
    #expect(allowed.leaks.isEmpty && allowed.allowed == [.nearDuplicates, .speakerOverlap])
  }

  @Test func `does not depend on threads and survives JSON`() throws {
    let corpus = try Corpus.read(.savee, at: standIns.get() + "/savee")
    let audit = try Audits.audit(of: corpus, threads: 1)
    #expect(try Audits.audit(of: corpus, threads: 3) == audit)
    #expect(try decodeJSON(CorpusAudit.self, from: canonicalJSON(audit)) == audit)
  }

  @Test func `names a recording that cannot be read`() throws {
    try withSAVEE { root in
      try Data().write(to: URL(fileURLWithPath: "\(root)/DC/h03.wav"))
      let corpus = try Corpus.read(.savee, at: root)
      let error = try #require(throws: AudioError.self) { try audit(of: corpus) }
      #expect(error == .empty(path: "\(root)/DC/h03.wav"))
    }
  }

  @Test(.enabled(if: hasRAVDESS, "needs ../shared/data"), .timeLimit(.minutes(30)))
  func `finds in RAVDESS the one known pair and no leak`() throws {
    for folds in CorpusDefinition.ravdess.foldLists {
      let corpus = try Corpus.read(.ravdess, at: ravdess16k, folds: folds)
      let audit = try Audits.audit(of: corpus)
      #expect(audit.leaks.isEmpty)
      let known = ["03-01-03-01-02-01-07", "03-01-03-01-02-02-07"]
      #expect(audit.sound.exactDuplicates.map(\.ids) == [known])
      #expect(audit.sound.nearDuplicates.isEmpty)
      #expect(audit.sound.tooShort == ["03-01-04-01-01-02-09"])
      let warnings = audit.findings.filter { $0.severity == .warning }
      #expect(warnings.map(\.kind) == [.exactDuplicates])
      #expect(audit.sound.classes.map(\.count) == [96] + Array(repeating: 192, count: 7))
      #expect(audit.sound.speakers.map(\.count) == Array(repeating: 60, count: 24))
      // The values of corpora.md: 2.936, 3.701 and 5.272 s.
      expectClose(audit.sound.all.duration.least, 2.936, absolute: 6e-4)
      expectClose(audit.sound.all.duration.mean, 3.701, absolute: 6e-4)
      expectClose(audit.sound.all.duration.greatest, 5.272, absolute: 6e-4)
    }
  }

  /// n equal recordings have n² / 2 pairs, which are counted but not created.
  @Test func `counts the pairs of many equal recordings`() throws {
    try withSAVEE { root in
      let corpus = try Corpus.read(.savee, at: root)
      let one = corpus.utterances[0]
      for utterance in corpus.utterances.dropFirst() {
        try FileManager.default.copy(one.path, to: utterance.path)
      }
      let result = try audit(of: corpus)
      #expect(result.sound.exactDuplicates.map(\.ids) == [corpus.utterances.map(\.id)])
      #expect(result.sound.nearDuplicates.isEmpty)
      // 160 in four folds of 40: any two folds have different roles in some fold.
      let across = 6 * 40 * 40
      let found = result.findings.filter { $0.kind == .exactDuplicates }
      #expect(found.map(\.severity) == [.leak, .warning])
      #expect(found[0].place == "fold 1, 2, 3, 4")
      #expect(found[0].found.hasPrefix("\(across) pairs: "))
      #expect(found[0].found.hasSuffix(" and \(across - 10) more"))
      #expect(found[1].found.hasPrefix("\(4 * 40 * 39 / 2) pairs: "))
    }
  }

  /// Calls `body` with the folder of a copy of the SAVEE stand-in.
  private func withSAVEE(_ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try FileManager.default.copyItem(
        atPath: standIns.get() + "/savee/AudioData", toPath: folder + "/savee")
      try FileManager.default.removeItem(atPath: folder + "/savee/AudioData")
      try body(folder + "/savee")
    }
  }
}

@Suite struct `The measurement of a recording` {
  @Test func `knows a sound again in WAV, FLAC and two channels, not at another rate`() throws {
    try withTemporaryFolder { folder in
      let sound = babble(seed: 4)
      try writeSound(sound, to: folder + "/a.wav")
      try writeSound(sound, to: folder + "/a.flac")
      try writeSound(sound, channels: 2, to: folder + "/two.wav")
      try writeSound(sound, sampleRate: 22_050, to: folder + "/rate.wav")
      var other = sound
      other[9_000] += 2 / 32_768
      try writeSound(other, to: folder + "/other.wav")
      let digests = try ["a.wav", "a.flac", "two.wav", "rate.wav", "other.wav"].map {
        try SoundMeasurement(path: folder + "/" + $0).digest
      }
      #expect(digests[0] == digests[1] && digests[0] == digests[2])
      #expect(Set(digests).count == 3)
    }
  }

  @Test func `gives length and level`() throws {
    try withTemporaryFolder { folder in
      // Half of full scale is 6.02 dB below it; a sine is another 3.01 dB lower.
      let square = (0..<24_000).map { Float($0 / 40 % 2 == 0 ? 0.5 : -0.5) }
      let sine = (0..<24_000).map { Float(0.5 * sin(2 * Double.pi * Double($0) / 80)) }
      try writeSound(square, to: folder + "/square.wav")
      try writeSound(sine, sampleRate: 48_000, to: folder + "/sine.wav")
      let loud = try SoundMeasurement(path: folder + "/square.wav")
      let soft = try SoundMeasurement(path: folder + "/sine.wav")
      expectClose(loud.duration, 1.5)
      expectClose(soft.duration, 0.5)
      expectClose(loud.loudness, 20 * log10(0.5), absolute: 1e-3)
      expectClose(soft.loudness, 20 * log10(0.5) - 10 * log10(2), absolute: 1e-2)
    }
  }

  @Test func `sums up a group`() throws {
    let summary = try #require(SoundAudit.Summary([1, 2, 6]))
    expectClose([summary.mean, summary.least, summary.greatest], [3, 1, 6])
    expectClose(summary.deviation, 7.0.squareRoot())
    #expect(SoundAudit.Summary([4])?.deviation == 0)
    #expect(SoundAudit.Summary([]) == nil)
  }
}

/// The four stand-in corpora, made once.
private let standIns = Result<String, any Error> {
  let folder = FileManager.default.temporaryDirectory.path + "/reprise-audits-\(getpid())"
  atexit {
    try? FileManager.default.removeItem(
      atPath: FileManager.default.temporaryDirectory.path + "/reprise-audits-\(getpid())")
  }
  _ = try StandIns.write(to: folder, seed: 1)
  return folder
}

extension FileManager {
  /// Replaces a file with a copy of another.
  fileprivate func copy(_ from: String, to path: String) throws {
    try removeItem(atPath: path)
    try copyItem(atPath: from, toPath: path)
  }
}
