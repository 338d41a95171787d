// All recordings of a corpus, decoded, with their raw features, in one file that is mapped into
// memory: pages come and go as batches need them. How it is written is in FeatureStore+Building.
//
// The file: a header of 64 bytes, then for each recording its samples and its features as 32-bit
// floats in the machine's order, each aligned to 64 bytes, then the index as JSON. The header:
//   0 magic "REPRISEF" · 8 version · 16 start of the index · 24 its length · 32 SHA-256 of bytes
//   0 ..< 32 and the index; all numbers 64-bit, little-endian.
// The index holds a SHA-256 for each recording, of all bytes from the end of the one before to its
// own end, so that no byte of the file, padding included, can change unnoticed.
import Files
import Foundation

/// A read-only store of recordings and features.
///
/// The file, written under another name first, is never written again.
package final class FeatureStore: Sendable {
  /// One recording's place in the file.
  struct Entry: Codable, Equatable {
    let id: String
    let samples: Int
    let samplesOffset: Int
    let frames: Int
    let featuresOffset: Int
    /// SHA-256 of the bytes from the end of the recording before to the end of this one.
    let digest: String
  }
  struct Index: Codable, Equatable {
    let columns: Int
    let sampleRate: Int
    let entries: [Entry]
  }
  static let version: UInt64 = 2
  static let magic: [UInt8] = Array("REPRISEF".utf8)
  static let headerSize = 64

  package let path: String
  private let file: MappedFile
  private let index: Index
  private let positions: [String: Int]

  /// How many recordings there are.
  package var count: Int { index.entries.count }
  /// Features of a frame.
  package var columns: Int { index.columns }
  /// Samples per second, Hz.
  package var sampleRate: Int { index.sampleRate }
  /// The recordings' ids, in the order they were given.
  package var ids: [String] { index.entries.map(\.id) }

  /// Maps the store at `path` and reads it whole once, to see that no byte of it has changed.
  ///
  /// - Parameter threads: how many read side by side, at least 1.
  /// - Throws: `AudioError.missing`, `.cannotRead`; `.badStore` when it is of another version, or
  ///   the file is not, to the byte, as it was written.
  package init(
    path: String, threads: Int = ProcessInfo.processInfo.activeProcessorCount
  ) throws(AudioError) {
    guard access(path, F_OK) == 0 || errno != ENOENT else { throw .missing(path: path) }
    file = try Self.mapped(path)
    index = try Self.readIndex(file)
    try Self.checkRecordings(file, index, threads: threads)
    self.path = path
    positions = Dictionary(
      index.entries.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Maps the file at `path`.
  private static func mapped(
    _ path: String
  ) throws(AudioError) -> MappedFile {
    do {
      let file = try MappedFile(path)
      guard file.bytes.count >= headerSize else {
        throw AudioError.badStore(
          path: path, reason: "\(file.bytes.count) bytes, expected at least \(headerSize)")
      }
      return file
    } catch let error as AudioError {
      throw error
    } catch FileError.cannotRead(_, let reason) {
      throw .cannotRead(path: path, reason: reason)
    } catch {
      throw .cannotRead(path: path, reason: "\(error)")
    }
  }

  /// Returns what is wrong with the store at `path`, in words that name it; nil where nothing is.
  package static func problem(at path: String) -> String? {
    do throws(AudioError) {
      _ = try FeatureStore(path: path)
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// Returns the position of a recording, or nil where the store has none of that id.
  package func position(of id: String) -> Int? { positions[id] }

  /// Returns how many samples a recording has.
  package func sampleCount(_ position: Int) -> Int { index.entries[position].samples }

  /// Returns how many frames a recording has.
  package func frameCount(_ position: Int) -> Int { index.entries[position].frames }

  /// Lends the samples of a recording, `[n]`; not to be kept beyond the call.
  package func withSamples<Value>(
    _ position: Int, _ body: (UnsafeBufferPointer<Float>) throws -> Value
  ) rethrows -> Value {
    let entry = index.entries[position]
    return try lend(at: entry.samplesOffset, count: entry.samples, body)
  }

  /// Lends the raw features of a recording, `[frames, columns]`, row-major; not to be kept beyond
  /// the call.
  package func withFeatures<Value>(
    _ position: Int, _ body: (UnsafeBufferPointer<Float>) throws -> Value
  ) rethrows -> Value {
    let entry = index.entries[position]
    return try lend(at: entry.featuresOffset, count: entry.frames * columns, body)
  }

  /// Lends part of the mapping, and keeps it in place meanwhile.
  private func lend<Value>(
    at offset: Int, count: Int, _ body: (UnsafeBufferPointer<Float>) throws -> Value
  ) rethrows -> Value {
    try withExtendedLifetime(file) {
      let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[offset..<offset + 4 * count])
      return try body(bytes.assumingMemoryBound(to: Float.self))
    }
  }
}
