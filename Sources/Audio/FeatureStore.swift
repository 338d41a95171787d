// All recordings of a corpus, decoded, with their raw features, in one file that is mapped into
// memory: pages come and go as batches need them. How it is written is in FeatureStore+Building.
//
// The file: a header of 64 bytes, then for each recording its samples and its features as 32-bit
// floats in the machine's order, each aligned to 64 bytes, then the index as JSON. The header:
//   0 magic "REPRISEF" · 8 version · 16 start of the index · 24 its length · 32 FNV-1a of the index
//   · 40 FNV-1a of bytes 0 ..< 40; all numbers 64-bit, little-endian.
import Foundation

/// A read-only store of recordings and features.
///
/// It is `Sendable` because the mapping is read-only and stays in place until `deinit`; nothing
/// changes after `init`, and the file, written under another name first, is never written again.
package final class FeatureStore: @unchecked Sendable {
  /// One recording's place in the file.
  struct Entry: Codable, Equatable {
    let id: String
    let samples: Int
    let samplesOffset: Int
    let frames: Int
    let featuresOffset: Int
  }
  struct Index: Codable, Equatable {
    let columns: Int
    let sampleRate: Int
    let entries: [Entry]
  }
  static let version: UInt64 = 1
  static let magic: [UInt8] = Array("REPRISEF".utf8)
  static let headerSize = 64

  package let path: String
  private let mapping: UnsafeMutableRawPointer
  private let size: Int
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

  /// Maps the store at `path`.
  ///
  /// - Throws: `AudioError.missing`, `.cannotRead`; `.badStore` when it is of another version, its
  ///   header or index is damaged, or the file is shorter or longer than it was written.
  package init(path: String) throws(AudioError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == ENOENT
        ? .missing(path: path) : .cannotRead(path: path, reason: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .cannotRead(path: path, reason: String(cString: strerror(errno)))
    }
    let size = Int(status.st_size)
    guard size >= Self.headerSize else {
      throw .badStore(path: path, reason: "\(size) bytes, expected at least \(Self.headerSize)")
    }
    guard let mapping = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0), mapping != MAP_FAILED
    else { throw .cannotRead(path: path, reason: String(cString: strerror(errno))) }
    let index: Index
    do {
      index = try readIndex(UnsafeRawBufferPointer(start: mapping, count: size), path: path)
    } catch {
      munmap(mapping, size)
      throw error
    }
    self.path = path
    self.size = size
    self.mapping = mapping
    self.index = index
    positions = Dictionary(
      index.entries.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  deinit { munmap(mapping, size) }

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
    try withExtendedLifetime(self) {
      let start = UnsafeRawPointer(mapping + offset).assumingMemoryBound(to: Float.self)
      return try body(UnsafeBufferPointer(start: start, count: count))
    }
  }
}

/// Checks the header and returns the index of a store.
private func readIndex(
  _ bytes: UnsafeRawBufferPointer, path: String
) throws(AudioError) -> FeatureStore.Index {
  func word(_ offset: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
  guard bytes.prefix(8).elementsEqual(FeatureStore.magic) else {
    throw .badStore(path: path, reason: "it does not begin as one")
  }
  guard word(8) == FeatureStore.version else {
    throw .badStore(
      path: path, reason: "version \(word(8)), expected \(FeatureStore.version)")
  }
  guard fnv1a(UnsafeRawBufferPointer(rebasing: bytes[0..<40])) == word(40) else {
    throw .badStore(path: path, reason: "its header is damaged")
  }
  let (start, length) = (Int(word(16)), Int(word(24)))
  guard start + length == bytes.count else {
    throw .badStore(path: path, reason: "\(bytes.count) bytes, expected \(start + length)")
  }
  let text = UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])
  guard fnv1a(text) == word(32),
    let index = try? JSONDecoder().decode(FeatureStore.Index.self, from: Data(text))
  else { throw .badStore(path: path, reason: "its index is damaged") }
  return index
}

/// Returns the 64-bit FNV-1a hash of some bytes; it finds damage, not malice.
func fnv1a(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
  return hash
}
