// What a corpus sounds like: the digest of every clip. Clips that have not changed since they were
// last read are not read again, as git does it: their size, times and inode are kept beside the
// digests.
package import Audio
package import Corpora
import Files
import Foundation
import Tensors
import Threads

/// How a corpus's sound is read.
package struct SoundReading: Sendable {
  /// The folder of the indices that spare reading clips again; nil for none.
  package var index: String?
  /// Whether every clip is read, whatever the index says.
  package var distrustsIndex = false
  /// Whether features will be needed, and may be made of the same decoding.
  package var preparesFeatures = false
  package var threads = ProcessInfo.processInfo.activeProcessorCount
  /// Is told a corpus's title, how many clips are read, and of how many; from any thread.
  package var watch: @Sendable (_ corpus: String, _ done: Int, _ total: Int) -> Void = {
    _, _, _ in
  }

  package init(index: String? = nil) { self.index = index }
}

/// The digests of a corpus's clips.
package struct CorpusSound: Sendable {
  /// By the corpus's utterances, in their order.
  package let clips: [Clip]

  /// How one clip sounds: see `SoundDigest`.
  package struct Clip: Sendable {
    package let sha256: String
    /// Seconds of sound.
    package let duration: Double
    /// Whether the file says in itself that its sound was computed.
    package let isMarkedSynthetic: Bool
  }

  /// Reads the clips of a corpus, those alone that the index does not know.
  ///
  /// - Parameter hear: reads all clips where the index knows none, for whoever needs their sound
  ///   for something else too; the digests alone are made where it is nil.
  /// - Throws: `AudioError` of the first clip that cannot be read.
  package init(
    of corpus: Corpus, _ reading: SoundReading,
    hearing hear: (([Utterance]) throws -> [SoundDigest])? = nil
  ) throws {
    let place = reading.index.map { "\($0)/sound-\(corpus.id).json" }
    let known =
      reading.distrustsIndex ? [:] : place.map(SoundIndex.init(readingFile:))?.entries ?? [:]
    let utterances = corpus.utterances
    let stamps = utterances.map { FileStamp(of: $0.path) }
    let missing = utterances.indices.filter { position in
      guard let stamp = stamps[position], let entry = known[utterances[position].path] else {
        return true
      }
      return entry.stamp != stamp
    }
    var found = utterances.map { known[$0.path]?.digest ?? SoundDigest(sha256: "", duration: 0) }
    if let hear, missing.count == utterances.count {
      found = try hear(utterances)
    } else {
      let read = try Self.digests(of: missing.map { utterances[$0] }, corpus.title, reading)
      for (position, digest) in zip(missing, read) { found[position] = digest }
    }
    clips = found.map {
      Clip(sha256: $0.sha256, duration: $0.duration, isMarkedSynthetic: $0.isMarkedSynthetic)
    }
    guard let place, !missing.isEmpty else { return }
    try? SoundIndex(
      zip(utterances, zip(stamps, found)).compactMap { utterance, known in
        known.0.map { (utterance.path, $0, known.1) }
      }
    ).write(to: place)
  }

  private static func digests(
    of utterances: [Utterance], _ title: String, _ reading: SoundReading
  ) throws -> [SoundDigest] {
    let total = utterances.count
    let steps = max(1, total / 20)
    return try parallelMap(count: total, threads: reading.threads) { index in
      if index % steps == 0 { reading.watch(title, index, total) }
      return try SoundDigest(ofFile: utterances[index].path)
    }
  }
}

/// What the system says of a file without opening it.
struct FileStamp: Codable, Hashable, Sendable {
  let size: Int64
  /// Nanoseconds since 1970: when its bytes, and when anything about it, last changed.
  let modified: Int64
  let changed: Int64
  let inode: UInt64

  /// Nil where nothing lies there.
  init?(of path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    size = Int64(status.st_size)
    #if os(Linux)
      (modified, changed) = (nanoseconds(status.st_mtim), nanoseconds(status.st_ctim))
    #else
      (modified, changed) = (
        nanoseconds(status.st_mtimespec), nanoseconds(status.st_ctimespec)
      )
    #endif
    inode = UInt64(status.st_ino)
  }
}

private func nanoseconds(_ time: timespec) -> Int64 {
  Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
}

/// The digests of clips with what the system said of their files when they were read.
private struct SoundIndex: Codable {
  struct Entry: Codable {
    let path: String
    let stamp: FileStamp
    let digest: SoundDigest
  }

  /// When it was written, nanoseconds since 1970.
  let written: Int64
  let clips: [Entry]

  init(_ clips: [(path: String, stamp: FileStamp, digest: SoundDigest)]) {
    written = Int64(Date().timeIntervalSince1970 * 1e9)
    self.clips = clips.map { Entry(path: $0.path, stamp: $0.stamp, digest: $0.digest) }
  }

  /// Nothing where there is none, or none that can be read.
  init(readingFile path: String) {
    if let known = try? readJSON(SoundIndex.self, from: path, remedy: "") {
      self = known
    } else {
      (written, clips) = (0, [])
    }
  }

  /// By path. A file that changed within two seconds before the index was written may have changed
  /// again within the same tick of the file system's clock: it is not trusted.
  var entries: [String: Entry] {
    let limit = written - 2_000_000_000
    return Dictionary(
      clips.filter { max($0.stamp.modified, $0.stamp.changed) < limit }.map { ($0.path, $0) },
      uniquingKeysWith: { first, _ in first })
  }

  func write(to path: String) throws {
    try makeFolder((path as NSString).deletingLastPathComponent)
    try writeSealedJSON(self, pretty: false, to: path)
  }
}
