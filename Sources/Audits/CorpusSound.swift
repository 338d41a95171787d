// The digest of every clip's sound. Unchanged clips are not read again. As in git, an index keeps
// each file's size, times and inode beside its digest.
package import Audio
package import Corpora
import Files
import Foundation
import Tensors
import Threads

/// How to read a corpus's sound.
package struct SoundReading: Sendable {
  /// The folder of the indices, which save reading clips again; nil for none.
  package var index: String?
  /// Whether to read every clip and ignore the index.
  package var distrustsIndex = false
  /// Whether features will be needed, so that they can be computed from the same decoding.
  package var preparesFeatures = false
  package var threads = ProcessInfo.processInfo.activeProcessorCount
  /// Called with the corpus's title, the number of clips read and their total, from any thread.
  package var watch: @Sendable (_ corpus: String, _ done: Int, _ total: Int) -> Void = {
    _, _, _ in
  }

  package init(index: String? = nil) { self.index = index }
}

/// The digests of a corpus's clips.
package struct CorpusSound: Sendable {
  /// In the order of the corpus's utterances.
  package let clips: [Clip]

  /// The sound of one clip: see `SoundDigest`.
  package struct Clip: Sendable {
    package let sha256: String
    /// Seconds of sound.
    package let duration: Double
    /// Whether the file itself says that its sound is synthetic.
    package let isMarkedSynthetic: Bool
  }

  /// Reads the clips of a corpus that the index does not know.
  ///
  /// - Parameter hear: reads all clips if the index knows none, for a caller that needs their sound
  ///   for another purpose too. If nil, only digests are computed.
  /// - Throws: `AudioError` for the first clip that cannot be read.
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

/// The file system's metadata of a file.
struct FileStamp: Codable, Hashable, Sendable {
  let size: Int64
  /// Nanoseconds since 1970 of the last change to the bytes, and to anything about the file.
  let modified: Int64
  let changed: Int64
  let inode: UInt64

  /// Nil if nothing exists at the path.
  init?(of path: String) {
    var status = stat()
    guard stat(soundFile(of: path), &status) == 0 else { return nil }
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

/// The digests of clips, with the metadata of their files when they were read.
private struct SoundIndex: Codable {
  struct Entry: Codable {
    let path: String
    let stamp: FileStamp
    let digest: SoundDigest
  }

  /// When the index was written, in nanoseconds since 1970.
  let written: Int64
  let clips: [Entry]

  init(_ clips: [(path: String, stamp: FileStamp, digest: SoundDigest)]) {
    written = Int64(Date().timeIntervalSince1970 * 1e9)
    self.clips = clips.map { Entry(path: $0.path, stamp: $0.stamp, digest: $0.digest) }
  }

  /// Empty if there is no readable index.
  init(readingFile path: String) {
    if let known = try? readJSON(SoundIndex.self, from: path, remedy: "") {
      self = known
    } else {
      (written, clips) = (0, [])
    }
  }

  /// Entries by path. A file that changed within two seconds before the index was written is not
  /// trusted, because it may have changed again within the same tick of the file system's clock.
  var entries: [String: Entry] {
    let limit = written - 2_000_000_000
    return Dictionary(
      clips.filter { max($0.stamp.modified, $0.stamp.changed) < limit }.map { ($0.path, $0) },
      uniquingKeysWith: { first, _ in first })
  }

  func write(to path: String) throws {
    try makeFolder(parentFolder(of: path))
    try writeSealedJSON(self, pretty: false, to: path)
  }
}
