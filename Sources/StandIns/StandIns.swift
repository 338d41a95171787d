// The four stand-in corpora, written in the genuine layouts, marked as SYNTHETIC, and checked
// against their own plan.
package import Corpora
import Files
import Foundation
import Randomness

/// Writes the stand-in corpora.
package enum StandIns {
  /// The synthesiser and its version, to increase whenever its bytes change. The samples are those
  /// of version 1; version 2 added the comment.
  package static let program = "reprise stand-ins 2"

  /// The corpora that have a stand-in.
  package static var corpora: [CorpusDefinition] { Layout.standIns.map(\.corpus) }

  /// A stand-in corpus on disk.
  package struct Written: Hashable, Sendable {
    package let corpus: CorpusDefinition
    package let path: String
  }

  /// Writes the four corpora into `directory/iemocap`, `/msp-improv`, `/ravdess` and `/savee`.
  ///
  /// The same seed gives the same bytes on one machine; another machine's maths library may round
  /// differently. An existing corpus of the same seed with unchanged bytes is kept. Another
  /// synthetic one is replaced. A corpus appears atomically, with the checksums of its files in
  /// `ChecksumList.fileName`.
  ///
  /// - Parameters:
  ///   - seed: determines all random choices.
  ///   - progress: called with the number of existing clips and the total.
  /// - Returns: the corpora, in the order of `corpora`.
  /// - Throws: `StandInError.inTheWay` if something at the target is not synthetic, `FileError` if
  ///   something cannot be written.
  package static func write(
    to directory: String, seed: UInt64, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> [Written] {
    let random = RandomStream(seed: seed)
    let layouts = Layout.standIns.map { corpus, plan in
      plan(random.split(corpus.id).split("plan"))
    }
    let total = layouts.reduce(0) { $0 + $1.clips.count }
    var done = 0
    try makeFolder(directory)
    try removeLeftovers(in: directory)
    return try layouts.map { layout in
      let path = directory + "/" + layout.corpus.id
      let marker = SyntheticMarker(
        corpus: layout.corpus, program: program, seed: seed,
        utterances: layout.utterances(root: path))
      if try !isThere(layout.corpus, marker, at: path) {
        let partial = partialPath(of: "\(directory)/.\(layout.corpus.id)")
        do {
          try write(layout, marker, to: partial, random: random.split(layout.corpus.id)) {
            progress(done + $0, total)
          }
          // Another process may have been faster.
          if try isThere(layout.corpus, marker, at: path) {
            try remove(partial)
          } else {
            try remove(path)
            try move(partial, to: path)
          }
        } catch {
          try? remove(partial)
          throw error
        }
      }
      done += layout.clips.count
      progress(done, total)
      return Written(corpus: layout.corpus, path: path)
    }
  }

  /// Whether exactly the corpus of `marker` is at `path`, with no file missing or changed.
  private static func isThere(
    _ definition: CorpusDefinition, _ marker: SyntheticMarker, at path: String
  ) throws -> Bool {
    guard FileManager.default.fileExists(atPath: path) else { return false }
    guard FileManager.default.fileExists(atPath: path + "/" + SyntheticMarker.fileName) else {
      throw StandInError.inTheWay(path: path)
    }
    guard let checksums = try? ChecksumList(of: path), checksums.damage(in: path).isEmpty,
      let corpus = try? Corpus.read(definition, at: path)
    else { return false }
    return corpus.synthetic == marker && !corpus.isIncomplete
  }

  private static func write(
    _ layout: Layout, _ marker: SyntheticMarker, to root: String, random: RandomStream,
    progress: (_ done: Int) -> Void
  ) throws {
    var checksums = ChecksumList()
    func save(_ bytes: Data, at path: String) throws {
      let url = URL(fileURLWithPath: root + "/" + path)
      try makeFolder(url.deletingLastPathComponent().path)
      try bytes.writeAtomically(to: url.path)
      checksums.add(bytes, at: path)
    }
    for (path, bytes) in layout.files { try save(Data(bytes), at: path) }
    for (number, clip) in layout.clips.enumerated() {
      let bytes = sound(of: clip, in: layout, random: random).bytes
      try save(bytes, at: clip.path)
      for copy in layout.copies where copy.of == clip.path { try save(bytes, at: copy.path) }
      progress(number + 1)
    }
    try save(canonicalJSON(marker, pretty: true), at: SyntheticMarker.fileName)
    try checksums.write(to: root)
  }

  /// The comment in each clip, so that a copy without the marker file is still recognised.
  static let comment = "SYNTHETIC: computed by \(program), not a recording of anybody"

  /// Synthesises one clip from the seed, its speaker, its text and its id.
  static func sound(of clip: PlannedClip, in layout: Layout, random: RandomStream) -> WAVFile {
    let speaker = Speaker(clip.sex, from: random.split("speaker \(clip.speaker)"))
    var text = random.split("text \(clip.text)")
    let own = random.split("clip \(clip.id)")
    var manner = own.split("manner")
    let cues = speaker.cues(for: clip.emotion, intensity: clip.intensity, from: &manner)
    let words = syllables(5, from: &text)
    return WAVFile(
      sampleRate: clip.sampleRate,
      samples: speech(words, by: speaker, cues: cues, sampleRate: clip.sampleRate, from: own),
      channels: clip.channels, chunksBefore: layout.chunksBefore,
      chunksAfter: [.information(layout.information + [("ICMT", comment)])])
  }

  private static func move(_ partial: String, to path: String) throws {
    guard rename(partial, path) == 0 else {
      throw FileError.cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }
  }

  private static func remove(_ path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      throw FileError.cannotWrite(path: path, reason: "the existing one cannot be removed")
    }
  }
}

/// Why the stand-ins cannot be written.
package enum StandInError: Error, Equatable, Sendable {
  case inTheWay(path: String)
}

extension StandInError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .inTheWay(let path):
      "\(path): is in the way of a SYNTHETIC corpus and is not one itself (it has no "
        + "\(SyntheticMarker.fileName)); choose another folder or move it"
    }
  }
}
