// What a store that is opened is held to: its own digests. They find damage, not malice.
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
      throw .badStore(path: path, reason: "it does not begin as one")
    }
    guard word(8) == version else {
      throw .badStore(path: path, reason: "version \(word(8)), expected \(version)")
    }
    // Not checked yet, so that neither may be more than fits.
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

  /// Checks what lies between header and index.
  static func checkRecordings(
    _ file: MappedFile, _ index: Index, threads: Int
  ) throws(AudioError) {
    precondition(threads >= 1, "\(threads) threads, needs at least 1")
    guard let ends = ends(of: index, size: file.bytes.count) else {
      throw .badStore(path: file.path, reason: "its index names bytes that it does not have")
    }
    let firstDamaged = Mutex(Int.max)
    parallel(ends.count, threads: threads) { entry in
      let start = entry == 0 ? headerSize : ends[entry - 1]
      var digest = StreamedDigest()
      digest.add(UnsafeRawBufferPointer(rebasing: file.bytes[start..<ends[entry]]))
      // The process must not seem to hold the whole store for having read it once.
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

  /// Returns where each recording ends; nil where they do not lie one behind the other in `size`
  /// bytes.
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

  /// Returns what stands at the end of the header: 32 bytes.
  static func digest(
    ofHeader header: UnsafeRawBufferPointer, index: UnsafeRawBufferPointer
  ) -> [UInt8] {
    var digest = StreamedDigest()
    digest.add(header)
    digest.add(index)
    return digest.bytes
  }
}
