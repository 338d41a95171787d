// The decoded recordings of a corpus and their raw features, in one file mapped into memory. The
// system loads and drops its pages as batches need them. FeatureStore+Building writes it.
//
// The file has a header of 64 bytes. Then follow, for each recording, its samples and its features
// as 32-bit floats in the machine's byte order, each aligned to 64 bytes. The index, in JSON, comes
// last. The numbers of the header are 64-bit, little-endian:
//   offset  0  magic "REPRISEF"
//   offset  8  version
//   offset 16  start of the index
//   offset 24  length of the index
//   offset 32  SHA-256 of bytes 0 ..< 32 and the index
// The index has a SHA-256 for each recording. It covers all bytes from the end of the previous
// recording to the end of this one, so every byte of the file, even padding, is protected.
import Files
import Foundation

/// A read-only store of recordings and features.
///
/// The file is written under a temporary name, and does not change after it gets its final name.
package final class FeatureStore: Sendable {
  /// The place of a recording in the file.
  struct Entry: Codable, Equatable {
    let id: String
    let samples: Int
    let samplesOffset: Int
    let frames: Int
    let featuresOffset: Int
    /// SHA-256 of the bytes from the end of the previous recording to the end of this one.
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

  /// The number of recordings.
  package var count: Int { index.entries.count }
  /// The number of features of a frame.
  package var columns: Int { index.columns }
  /// Samples per second, Hz.
  package var sampleRate: Int { index.sampleRate }
  /// The ids of the recordings, in the order of the sources.
  package var ids: [String] { index.entries.map(\.id) }

  /// Maps the store at `path` and reads it once completely, to verify every byte.
  ///
  /// - Parameter threads: how many threads read in parallel, at least 1.
  /// - Throws: `AudioError.missing`, `.cannotRead`, or `.badStore` if the store has another version
  ///   or a byte has changed.
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

  /// Returns what is wrong with the store at `path`, or nil if it is intact. The text includes the
  /// path.
  package static func problem(at path: String) -> String? {
    do throws(AudioError) {
      _ = try FeatureStore(path: path)
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// Returns the position of a recording, or nil if the store has no such id.
  package func position(of id: String) -> Int? { positions[id] }

  /// Returns the number of samples of a recording.
  package func sampleCount(_ position: Int) -> Int { index.entries[position].samples }

  /// Returns the number of frames of a recording.
  package func frameCount(_ position: Int) -> Int { index.entries[position].frames }

  /// Lends the samples of a recording, `[n]`. They are valid only during the call.
  package func withSamples<Value>(
    _ position: Int, _ body: (UnsafeBufferPointer<Float>) throws -> Value
  ) rethrows -> Value {
    let entry = index.entries[position]
    return try lend(at: entry.samplesOffset, count: entry.samples, body)
  }

  /// Lends the raw features of a recording, `[frames, columns]`, row-major. They are valid only
  /// during the call.
  package func withFeatures<Value>(
    _ position: Int, _ body: (UnsafeBufferPointer<Float>) throws -> Value
  ) rethrows -> Value {
    let entry = index.entries[position]
    return try lend(at: entry.featuresOffset, count: entry.frames * columns, body)
  }

  /// Lends part of the mapping and keeps it mapped during the call.
  private func lend<Value>(
    at offset: Int, count: Int, _ body: (UnsafeBufferPointer<Float>) throws -> Value
  ) rethrows -> Value {
    try withExtendedLifetime(file) {
      let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[offset..<offset + 4 * count])
      return try body(bytes.assumingMemoryBound(to: Float.self))
    }
  }
}
