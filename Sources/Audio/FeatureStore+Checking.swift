// What a store that is opened is held to: its own digests. They find damage, not malice.
import Files
import Foundation
import Synchronization
import Threads

extension FeatureStore {
  /// Checks header and index, and returns the index.
  static func readIndex(
    _ bytes: UnsafeRawBufferPointer, path: String
  ) throws(AudioError) -> Index {
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
    _ bytes: UnsafeRawBufferPointer, _ index: Index, threads: Int, path: String
  ) throws(AudioError) {
    precondition(threads >= 1, "\(threads) threads, needs at least 1")
    let ends = index.entries.map { $0.featuresOffset + 4 * $0.frames * index.columns }
    let firstDamaged = Mutex(Int.max)
    parallel(ends.count, threads: threads) { entry in
      let start = entry == 0 ? headerSize : ends[entry - 1]
      let recording = UnsafeRawBufferPointer(rebasing: bytes[start..<ends[entry]])
      var digest = StreamedDigest()
      digest.add(recording)
      forget(recording)
      if digest.hexadecimal != index.entries[entry].digest {
        firstDamaged.withLock { $0 = min($0, entry) }
      }
    }
    let damaged = firstDamaged.withLock(\.self)
    guard damaged == .max else {
      throw .badStore(path: path, reason: "its recording \(index.entries[damaged].id) is damaged")
    }
  }

  /// Gives back the memory of mapped pages, so that the process does not seem to hold the whole store
  /// for having read it once; the system still has them at hand.
  private static func forget(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    let page = UInt(sysconf(Int32(_SC_PAGESIZE)))
    let first = (UInt(bitPattern: start) + page - 1) / page * page
    let last = (UInt(bitPattern: start) + UInt(bytes.count)) / page * page
    guard first < last else { return }
    madvise(UnsafeMutableRawPointer(bitPattern: first), Int(last - first), MADV_DONTNEED)
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
