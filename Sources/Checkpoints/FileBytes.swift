// Bytes from an untrusted source. Every read is checked against the end of the file.
import Files

/// The bytes of a file or of a part of it, read with bounds checks.
struct FileBytes {
  let path: String
  private let bytes: UnsafeRawBufferPointer
  /// Keeps `bytes` valid.
  private let file: MappedFile

  var count: Int { bytes.count }

  init(_ file: MappedFile) { self.init(file, 0..<file.bytes.count) }

  /// - Precondition: `range` lies within the file.
  init(_ file: MappedFile, _ range: Range<Int>) {
    self.file = file
    path = file.path
    bytes = UnsafeRawBufferPointer(rebasing: file.bytes[range])
  }

  /// Returns the error for a file that breaks the rules of its format.
  func malformed(_ problem: String) -> CheckpointError { .malformed(path: path, problem: problem) }

  /// Returns the little-endian number at an offset.
  ///
  /// - Throws: `CheckpointError.malformed` past the end, or if the number does not fit an `Int`.
  func number<Number: FixedWidthInteger>(_ type: Number.Type, _ place: Int) throws -> Int {
    let width = MemoryLayout<Number>.size
    guard place >= 0, count >= width, place <= count - width else {
      throw malformed("truncated at byte \(place)")
    }
    let number = Number(
      littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: Number.self))
    guard let value = Int(exactly: number) else {
      throw malformed("the number \(number) at byte \(place) is beyond any file")
    }
    return value
  }

  /// Returns the bytes of a range.
  func slice(_ range: Range<Int>) throws -> UnsafeRawBufferPointer {
    guard range.lowerBound >= 0, range.upperBound <= count else {
      throw malformed("truncated at byte \(count)")
    }
    return UnsafeRawBufferPointer(rebasing: bytes[range])
  }

  /// Returns the UTF-8 text of a range.
  func text(_ range: Range<Int>) throws -> String {
    guard let text = String(validating: try slice(range), as: UTF8.self) else {
      throw malformed("bytes \(range) are not UTF-8 text")
    }
    return text
  }
}
