// Worked by hand: one clip in several files, with equal or different sound.
import Audits
import Corpora
import Foundation
import Randomness
import TestSupport
import Testing

@Suite struct `Files of one clip` {
  private let sound = babble(seed: 11)

  /// Reads the files that `write` creates below a folder as SAVEE and compares copies.
  private func compare(_ write: (String) throws -> Void) throws -> CopyReport {
    try withTemporaryFolder { root in
      for folder in ["a/DC", "b/DC", "c/DC"] {
        try FileManager.default.createDirectory(
          atPath: root + "/" + folder, withIntermediateDirectories: true)
      }
      try write(root)
      let corpus = try Corpus.read(.savee, at: root)
      let report = try compareCopies(of: corpus, threads: 1)
      #expect(try compareCopies(of: corpus, threads: 3) == report)
      return report
    }
  }

  /// Expects the files that `write` creates to differ, and returns the error's text.
  private func refusal(_ write: (String) throws -> Void) throws -> String {
    let error = try #require(throws: CorpusError.self) { try compare(write) }
    guard case .copiesDiffer = error else { throw error }
    return "\(error)"
  }

  @Test func `are the same in WAV, FLAC, two channels and as links`() throws {
    let report = try compare { root in
      try writeSound(sound, to: root + "/a/DC/a01.wav")
      try writeSound(sound, to: root + "/b/DC/a01.flac")
      try writeSound(sound, channels: 2, to: root + "/c/DC/a01.wav")
      try writeSound(sound, to: root + "/a/DC/a02.wav")
      try FileManager.default.createSymbolicLink(
        atPath: root + "/b/DC/a02.wav", withDestinationPath: "../../a/DC/a02.wav")
      #expect(link(root + "/a/DC/a02.wav", root + "/c/DC/a02.wav") == 0)
      try FileManager.default.copyItem(
        atPath: root + "/a/DC/a02.wav", toPath: root + "/c/DC/A02.WAV")
      try writeSound(sound, to: root + "/a/DC/a03.wav")
    }
    #expect(report == CopyReport(clips: 2, furtherFiles: 4, links: 2))
    #expect(
      report.sentence
        == "2 clips occur more than once (4 further files) with equal samples, "
        + "2 of the files are links")
    #expect(try compare { try writeSound(sound, to: $0 + "/a/DC/a01.wav") }.sentence == nil)
  }

  @Test func `are not read where they are links`() throws {
    // It is not sound: decoding it would fail.
    let report = try compare { root in
      try Data("none".utf8).write(to: URL(fileURLWithPath: root + "/a/DC/a01.wav"))
      #expect(link(root + "/a/DC/a01.wav", root + "/b/DC/a01.wav") == 0)
    }
    #expect(report == CopyReport(clips: 1, furtherFiles: 1, links: 1))
    #expect(report.sentence == "1 clip occurs twice with equal samples, as links")
  }

  @Test func `differ in rate, length, level or one sample, which is said of each`() throws {
    let said = try refusal { root in
      var other = sound
      other[100] += 0.01
      for (number, copy) in [sound, Array(sound.dropLast(160)), sound.map { 0.5 * $0 }, other]
        .enumerated()
      {
        try writeSound(sound, to: root + "/a/DC/a0\(number + 1).wav")
        try writeSound(
          copy, sampleRate: number == 0 ? 22_050 : 16_000, to: root + "/b/DC/a0\(number + 1).wav")
      }
    }
    let lines = said.split(separator: "\n")
    #expect(lines[0].hasSuffix(": 4 clips of SAVEE with different sound in several files:"))
    let first = "  DC_a01: b/DC/a01.wav differs from a/DC/a01.wav: 22050 Hz, not 16000 Hz"
    #expect(lines[1].hasPrefix(first))
    let count = sound.count
    #expect(lines[2].contains("DC_a02") && lines[3].contains("DC_a03"))
    #expect(lines[2].contains("\(count - 160) samples, not \(count)"))
    #expect(lines[3].contains(" dBFS, not "))
    #expect(lines[4].hasSuffix("1 of \(count) samples are others"))
    #expect(lines[5].contains("give one folder, savee=") && lines[5].contains("/a or savee="))
  }

  @Test func `differ though a third is the same, and there may be no whole folder`() throws {
    let said = try refusal { root in
      try writeSound(sound, to: root + "/a/DC/a01.wav")
      try writeSound(sound, to: root + "/b/DC/a01.wav")
      try writeSound(sound.map { 0.5 * $0 }, to: root + "/c/DC/a01.wav")
      try writeSound(sound, to: root + "/DC_a02.wav")
    }
    #expect(said.contains("1 clip of SAVEE"))
    #expect(said.contains("c/DC/a01.wav differs from a/DC/a01.wav"))
    #expect(!said.contains("b/DC/a01.wav"))
    #expect(said.hasSuffix("remove the files that are wrong, or move them elsewhere"))
  }

  @Test func `stop an audit`() throws {
    try withTemporaryFolder { root in
      try FileManager.default.createDirectory(
        atPath: root + "/DC", withIntermediateDirectories: true)
      try writeSound(sound, to: root + "/DC/a01.wav")
      try writeSound(sound, to: root + "/DC_a01.wav")
      let corpus = try Corpus.read(.savee, at: root)
      let audit = try Audits.audit(of: corpus)
      #expect(audit.text.contains("\ncopies: 1 clip occurs twice with equal samples\n"))
      try writeSound(sound.map { -$0 }, to: root + "/DC_a01.wav")
      #expect(throws: CorpusError.self) { try Audits.audit(of: corpus) }
    }
  }
}

@Suite struct `An audit of a corpus without utterances` {
  @Test func `is refused`() throws {
    try withTemporaryFolder { root in
      let folder = root + "/Session1/dialog/EmoEvaluation"
      let clips = root + "/Session1/sentences/wav/Ses01F_impro01"
      for path in [folder, clips] {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      }
      try Data("[0 - 1]\tSes01F_impro01_F000\tfru\t[2, 2, 2]\n".utf8)
        .write(to: URL(fileURLWithPath: folder + "/Ses01F_impro01.txt"))
      try Data().write(to: URL(fileURLWithPath: clips + "/Ses01F_impro01_F000.wav"))
      let corpus = try Corpus.read(.iemocap, at: root)
      let error = try #require(throws: CorpusError.self) { try Audits.audit(of: corpus) }
      #expect(error == .noUtterances(corpus: .iemocap, path: root))
    }
  }
}
