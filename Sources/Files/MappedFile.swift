// Reads files in place, without a copy in the process's memory.
import Foundation

/// The bytes of a file, mapped into memory for reading. The system loads pages on first access and
/// may drop them again.
package final class MappedFile: Sendable {
  package let path: String
  /// Valid as long as this object exists.
  package nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

  /// - Throws: `FileError.cannotRead`.
  package init(_ path: String) throws {
    self.path = path
    let file = try RegularFile(path)
    let size = file.size
    guard size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, file.descriptor, 0),
      address != MAP_FAILED
    else { throw Self.failure(path) }
    bytes = UnsafeRawBufferPointer(start: address, count: size)
  }

  /// Releases the memory of a part of the file. Reading it again reads the file again.
  ///
  /// - Parameter range: bytes of the file. Pages that are only partly covered stay.
  package func forget(_ range: Range<Int>) {
    guard let start = UnsafeMutableRawPointer(mutating: bytes.baseAddress) else { return }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let first = (range.lowerBound + page - 1) / page * page
    let last = range.upperBound == bytes.count ? bytes.count : range.upperBound / page * page
    if first < last { madvise(start + first, last - first, MADV_DONTNEED) }
  }

  /// Calls `body`, which reads scattered bytes. The system does not read ahead meanwhile.
  package func readingHereAndThere<Result>(_ body: () throws -> Result) rethrows -> Result {
    let start = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
    if let start { madvise(start, bytes.count, MADV_RANDOM) }
    defer { if let start { madvise(start, bytes.count, MADV_NORMAL) } }
    return try body()
  }

  deinit {
    if let start = UnsafeMutableRawPointer(mutating: bytes.baseAddress) {
      munmap(start, bytes.count)
    }
  }

  private static func failure(_ path: String) -> FileError {
    .cannotRead(path: path, reason: String(cString: strerror(errno)))
  }
}
