// Kind: property. The sound of a corpus is read again only for files that may have changed.
import Audits
import Corpora
import Files
import Foundation
import Synchronization
import TestSupport
import Testing

/// 0.3 s at 16 kHz.
private func tone(_ frequency: Double) -> [Float] {
  (0..<4800).map { Float(0.3 * sin(2 * Double.pi * frequency * Double($0) / 16_000)) }
}

@Suite struct `The sound of a corpus` {
  /// The digests of a corpus, and the number of clips that were read for them.
  private func sound(
    _ root: String, _ index: String?, distrusts: Bool = false
  ) throws -> (digests: [String], read: Int) {
    let corpus = try Corpus.read(.ravdess, at: root)
    let read = Mutex(0)
    var reading = SoundReading(index: index)
    reading.distrustsIndex = distrusts
    reading.watch = { _, _, total in read.withLock { $0 = total } }
    let digests = try CorpusSound(of: corpus, reading).clips.map(\.sha256)
    return (digests, read.withLock { $0 })
  }

  /// Writes six clips whose files changed long ago.
  private func writeClips(below root: String) throws -> [String] {
    try makeFolder(root)
    return try (1...6).map { emotion in
      let path = "\(root)/03-01-0\(emotion)-01-01-01-01.wav"
      try writeSound(tone(100 + 30 * Double(emotion)), to: path)
      return path
    }
  }

  @Test func `is read once, and again for what changed`() throws {
    try withTemporaryFolder { folder in
      let clips = try writeClips(below: folder + "/corpus")
      // Files as young as the index are not trusted, because the clock may not have ticked since.
      let first = try sound(folder + "/corpus", folder + "/cache")
      #expect(first.read == 6 && Set(first.digests).count == 6)
      Thread.sleep(forTimeInterval: 2.1)
      #expect(try sound(folder + "/corpus", folder + "/cache").read == 6)
      let known = try sound(folder + "/corpus", folder + "/cache")
      #expect(known.read == 0 && known.digests == first.digests)
      #expect(try sound(folder + "/corpus", folder + "/cache", distrusts: true).read == 6)
      #expect(try sound(folder + "/corpus", nil).read == 6)

      // Other sound of the same size, with the old modification time.
      let attributes = try FileManager.default.attributesOfItem(atPath: clips[2])
      try writeSound(tone(333), to: clips[2])
      let date = try #require(attributes[.modificationDate] as? Date)
      try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: clips[2])
      let changed = try sound(folder + "/corpus", folder + "/cache")
      #expect(changed.read == 1)
      #expect(
        zip(changed.digests, first.digests).enumerated().allSatisfy {
          ($0.element.0 == $0.element.1) == ($0.offset != 2)
        })
      // Two clips swap places: neither size nor modification time reveals it.
      rename(clips[0], folder + "/x")
      rename(clips[1], clips[0])
      rename(folder + "/x", clips[1])
      let swapped = try sound(folder + "/corpus", folder + "/cache")
      #expect(swapped.digests[0] == first.digests[1] && swapped.digests[1] == first.digests[0])
    }
  }

  @Test func `does not depend on an index that is damaged, or on threads`() throws {
    try withTemporaryFolder { folder in
      _ = try writeClips(below: folder + "/corpus")
      let first = try sound(folder + "/corpus", folder + "/cache")
      let index = folder + "/cache/sound-ravdess.json"
      let whole = String(decoding: try Data(readingFile: index), as: UTF8.self)
      let forged = whole.replacing(first.digests[0], with: first.digests[1])
      #expect(forged != whole)
      for text in [forged, "", "{}", String(whole.dropLast(9))] {
        try Data(text.utf8).writeAtomically(to: index)
        let again = try sound(folder + "/corpus", folder + "/cache")
        #expect(again.digests == first.digests && again.read == 6)
      }
    }
  }
}
