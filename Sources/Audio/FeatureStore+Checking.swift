// Checks an opened store against its own digests. The digests detect damage, not tampering.
import Files
import Foundation
import Synchronization
import Tensors
import Threads

extension FeatureStore {
  /// Checks header and index, and returns the index.
  static func readIndex(_ file: MappedFile) throws(AudioError) -> Index {
    let (bytes, path) = (file.bytes, file.path)
    func word(_ offset: Int) -> UInt64 {
      UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    guard bytes.prefix(8).elementsEqual(magic) else {
      throw .badStore(path: path, reason: "its first bytes are not those of a store")
    }
    guard word(8) == version else {
      throw .badStore(path: path, reason: "version \(word(8)), expected \(version)")
    }
    // These values are not verified yet, so they must not point outside the file.
    let (start, length) = (word(16), word(24))
    guard start >= headerSize, length <= bytes.count, start &+ length == bytes.count else {
      throw .badStore(path: path, reason: "\(bytes.count) bytes, expected \(start &+ length)")
    }
    let text = UnsafeRawBufferPointer(rebasing: bytes[Int(start)...])
    let digest = digest(ofHeader: UnsafeRawBufferPointer(rebasing: bytes[..<32]), index: text)
    guard digest.elementsEqual(bytes[32..<headerSize]),
      let index = try? JSONDecoder().decode(Index.self, from: Data(text))
    else { throw .badStore(path: path, reason: "its header or its index is damaged") }
    return index
  }

  /// Checks the bytes between the header and the index.
  static func checkRecordings(
    _ file: MappedFile, _ index: Index, threads: Int
  ) throws(AudioError) {
    precondition(threads >= 1, "\(threads) threads, needs at least 1")
    guard let ends = ends(of: index, size: file.bytes.count) else {
      throw .badStore(path: file.path, reason: "its index refers to bytes beyond its end")
    }
    let firstDamaged = Mutex(Int.max)
    parallel(ends.count, threads: threads) { entry in
      let start = entry == 0 ? headerSize : ends[entry - 1]
      var digest = StreamedDigest()
      digest.add(UnsafeRawBufferPointer(rebasing: file.bytes[start..<ends[entry]]))
      // Releases the pages, so that the check does not leave the whole store in memory.
      file.forget(start..<ends[entry])
      if digest.hexadecimal != index.entries[entry].digest {
        firstDamaged.withLock { $0 = min($0, entry) }
      }
    }
    let damaged = firstDamaged.withLock(\.self)
    guard damaged == .max else {
      throw .badStore(
        path: file.path, reason: "its recording \(index.entries[damaged].id) is damaged")
    }
  }

  /// Returns the end of each recording, or nil if the recordings do not follow one another in
  /// `size` bytes.
  private static func ends(of index: Index, size: Int) -> [Int]? {
    var (ends, last) = ([Int](), headerSize)
    for entry in index.entries {
      for (offset, extents) in [
        (entry.samplesOffset, [entry.samples]),
        (entry.featuresOffset, [entry.frames, index.columns]),
      ] {
        guard offset >= last, offset <= size, let bytes = byteCount(of: extents),
          bytes <= size - offset
        else { return nil }
        last = offset + bytes
      }
      ends.append(last)
    }
    return ends
  }

  /// Returns the digest that belongs at the end of the header: 32 bytes.
  static func digest(
    ofHeader header: UnsafeRawBufferPointer, index: UnsafeRawBufferPointer
  ) -> [UInt8] {
    var digest = StreamedDigest()
    digest.add(header)
    digest.add(index)
    return digest.bytes
  }
}
