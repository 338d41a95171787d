// Compares files that claim to be the same clip. A corpus that was unpacked twice may hold each
// clip twice, and the second file may contain other sound.
import Audio
package import Corpora
import Files
import Foundation
import Threads

/// Compares the files of every clip that occurs more than once.
///
/// Links to the same file are not read. Files with equal bytes are equal. All others are decoded.
/// They are equal if the rates and the channel means are equal, sample by sample.
///
/// - Parameter threads: does not change the result.
/// - Returns: the report, if all copies are equal.
/// - Throws: `CorpusError.copiesDiffer` if they are not; `AudioError` or `FileError` for the first
///   file in order that cannot be read.
package func compareCopies(
  of corpus: Corpus, threads: Int = ProcessInfo.processInfo.activeProcessorCount
) throws -> CopyReport {
  let copies = corpus.copies
  let found = try parallelMap(count: copies.count, threads: threads) {
    try comparison(of: copies[$0], root: corpus.root)
  }
  let differences = found.flatMap(\.differences)
  guard differences.isEmpty else {
    throw CorpusError.copiesDiffer(
      corpus: corpus.definition, path: corpus.root, differences: differences,
      folders: wholeFolders(of: corpus))
  }
  return CopyReport(
    clips: copies.count, furtherFiles: copies.reduce(0) { $0 + $1.paths.count - 1 },
    links: found.reduce(0) { $0 + $1.links })
}

private struct Comparison {
  var links = 0
  var differences: [CopyDifference] = []
}

private func comparison(of copies: ClipCopies, root: String) throws -> Comparison {
  var result = Comparison()
  let files = try copies.paths.map { try ClipFile(root + "/" + $0) }
  // If three names lead to two files, the first two names are compared.
  var known = [files[0]]
  for (path, file) in zip(copies.paths, files).dropFirst() {
    if known.contains(where: { $0.isLink(to: file) }) {
      result.links += 1
      continue
    }
    known.append(file)
    if let how = try files[0].difference(of: file) {
      result.differences.append(
        CopyDifference(id: copies.id, first: copies.paths[0], second: path, how: how))
    }
  }
  return result
}

/// A sound file and its file system metadata.
private struct ClipFile {
  let path: String
  private let device: UInt64
  private let node: UInt64
  private let size: Int

  init(_ path: String) throws {
    self.path = path
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw FileError.cannotRead(path: path, reason: String(cString: strerror(errno)))
    }
    device = UInt64(status.st_dev)
    node = UInt64(status.st_ino)
    size = Int(status.st_size)
  }

  func isLink(to other: ClipFile) -> Bool { device == other.device && node == other.node }

  /// How `other` differs from this file; nil if the sound is the same.
  func difference(of other: ClipFile) throws -> String? {
    if size == other.size, try sha256(ofFile: path) == sha256(ofFile: other.path) { return nil }
    let first = try Recording.readOriginal(path: path)
    let second = try Recording.readOriginal(path: other.path)
    guard first.sampleRate != second.sampleRate || first.samples != second.samples else {
      return nil
    }
    return howSecondDiffers(first, second)
  }
}

/// How the second recording differs from the first: in rate, length, level or single samples.
private func howSecondDiffers(_ first: Recording.Original, _ second: Recording.Original) -> String {
  var parts: [String] = []
  if first.sampleRate != second.sampleRate {
    parts.append("\(second.sampleRate) Hz, not \(first.sampleRate) Hz")
  } else if first.samples.count != second.samples.count {
    parts.append("\(second.samples.count) samples, not \(first.samples.count)")
  }
  let lengths = (seconds(first), seconds(second))
  if lengths.0 != lengths.1 { parts.append("\(lengths.1), not \(lengths.0)") }
  let levels = (level(first), level(second))
  if levels.0 != levels.1 { parts.append("\(levels.1), not \(levels.0)") }
  if parts.isEmpty {
    let count = zip(first.samples, second.samples).count { $0 != $1 }
    parts.append("\(count) of \(first.samples.count) samples are others")
  }
  return parts.joined(separator: "; ")
}

private func seconds(_ recording: Recording.Original) -> String {
  String(format: "%.3f s", Double(recording.samples.count) / Double(recording.sampleRate))
}

private func level(_ recording: Recording.Original) -> String {
  let energy = recording.samples.reduce(0) { $0 + Double($1) * Double($1) }
  return String(format: "%.1f dBFS", 10 * log10(energy / Double(max(1, recording.samples.count))))
}

/// Returns the sorted folders below the root that hold every clip exactly once, without folders
/// nested in another one. The user may choose one of them.
private func wholeFolders(of corpus: Corpus) -> [String] {
  let below = corpus.root.utf8.count + 1
  let copied = Set(corpus.copies.map(\.id))
  let paths =
    corpus.copies.flatMap(\.paths)
    + corpus.utterances.filter { !copied.contains($0.id) }
    .map { String(decoding: $0.path.utf8.dropFirst(below), as: UTF8.self) }
  var counts: [String: Int] = [:]
  for path in paths {
    let folders = path.split(separator: "/").dropLast()
    for depth in 0..<folders.count {
      counts[folders.prefix(depth + 1).joined(separator: "/"), default: 0] += 1
    }
  }
  let whole = counts.filter { $0.value == corpus.utterances.count }.map(\.key)
  return whole.filter { folder in !whole.contains { folder.hasPrefix($0 + "/") } }.sorted()
}
