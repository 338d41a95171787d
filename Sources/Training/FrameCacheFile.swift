// The file of one recording's frames. Reading checks every byte and then maps the file.
//
// The file has a header of 128 bytes, then the frames, row by row. The header is little-endian:
//   offset  0  magic "REPRISEC"
//   offset  8  version
//   offset 16  rows
//   offset 24  columns
//   offset 32  bits of a number
//   offset 40  seconds that computing the frames took, a 64-bit float
//   offset 48  zeros
//   offset 64  SHA-256, in hexadecimal, of bytes 0 ..< 64, the key and the frames
import CKernels
import Files
import Foundation
import Settings
import Tensors

/// The frames of a recording, as stored in a file.
struct FrameCacheFile {
  let frames: Tensor
  /// The time that computing them took.
  let seconds: Double
  /// The size of the file.
  let bytes: Int

  static let headerSize = 128
  private static let hashedSize = 64
  private static let magic = Array("REPRISEC".utf8)
  private static let version: UInt64 = 1

  /// The reason why a file is unusable.
  struct Damage: Error, Equatable {
    let problem: String
  }

  /// Checks every byte of the file at `path` and maps it.
  ///
  /// - Parameter key: the key under which the file must have been written.
  /// - Throws: `Damage`; `FileError.cannotRead`.
  init(path: String, key: String, precision: FramePrecision) throws {
    let file = try MappedFile(path)
    let count = file.bytes.count
    guard let start = file.bytes.baseAddress, count >= Self.headerSize else {
      throw Damage(problem: "has \(count) bytes, fewer than the header of \(Self.headerSize)")
    }
    func word(_ offset: Int) -> UInt64 {
      UInt64(littleEndian: file.bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    guard file.bytes.prefix(8).elementsEqual(Self.magic) else {
      throw Damage(problem: "does not start like a file of frames")
    }
    guard word(8) == Self.version else {
      throw Damage(problem: "has version \(word(8)), expected \(Self.version)")
    }
    guard word(32) == precision.bits else {
      throw Damage(problem: "has numbers of \(word(32)) bits, expected \(precision.bits)")
    }
    let (rows, columns) = (word(16), word(24))
    let size = rows.multipliedReportingOverflow(by: columns)
    let length = size.partialValue.multipliedReportingOverflow(by: UInt64(precision.bytes))
    guard !size.overflow, !length.overflow,
      length.partialValue == UInt64(count - Self.headerSize)
    else {
      throw Damage(
        problem: "has \(count) bytes, which is not \(rows) frames of \(columns) numbers")
    }
    let header = UnsafeRawBufferPointer(start: start, count: Self.hashedSize)
    let data = start + Self.headerSize
    let digest = Self.digest(
      header, key: key,
      UnsafeRawBufferPointer(start: data, count: count - Self.headerSize))
    guard file.bytes[Self.hashedSize..<Self.headerSize].elementsEqual(digest.utf8) else {
      throw Damage(problem: "was changed after it was written: its SHA-256 differs")
    }
    seconds = Double(bitPattern: word(40))
    bytes = count
    let shape = [Int(rows), Int(columns)]
    switch precision {
    case .float32:
      frames = Tensor(shape: shape, at: data.assumingMemoryBound(to: Float.self), owner: file)
    case .float16:
      frames = withExtendedLifetime(file) {
        Tensor(shape: shape) { reprise_widen_half(data, $0.baseAddress, $0.count) }
      }
    }
  }

  /// Writes frames to `path`, completely or not at all.
  ///
  /// - Throws: `FileError.cannotWrite`.
  static func write(
    _ frames: Tensor, seconds: Double, to path: String, key: String, precision: FramePrecision
  ) throws {
    var file = Data(count: headerSize + frames.count * precision.bytes)
    file.withUnsafeMutableBytes { bytes in
      let words: [UInt64] = [
        version, UInt64(frames.rows), UInt64(frames.columns), UInt64(precision.bits),
        seconds.bitPattern,
      ]
      bytes.copyBytes(from: magic)
      for (index, word) in words.enumerated() {
        bytes.storeBytes(of: word.littleEndian, toByteOffset: 8 * (index + 1), as: UInt64.self)
      }
      let data = UnsafeMutableRawBufferPointer(rebasing: bytes[headerSize...])
      frames.withUnsafeBuffer { values in
        guard let source = values.baseAddress, let target = data.baseAddress else { return }
        switch precision {
        case .float32: data.copyMemory(from: UnsafeRawBufferPointer(values))
        case .float16: reprise_narrow_half(source, target, values.count)
        }
      }
      let digest = digest(
        UnsafeRawBufferPointer(rebasing: bytes[..<hashedSize]), key: key,
        UnsafeRawBufferPointer(data))
      UnsafeMutableRawBufferPointer(rebasing: bytes[hashedSize..<headerSize])
        .copyBytes(from: digest.utf8)
    }
    try file.writeAtomically(to: path)
  }

  private static func digest(
    _ header: UnsafeRawBufferPointer, key: String, _ data: UnsafeRawBufferPointer
  ) -> String {
    var digest = StreamedDigest()
    digest.add(header)
    digest.add(key)
    digest.add(data)
    return digest.hexadecimal
  }
}

extension FrameCache {
  /// Returns what is wrong with a file of frames, or nil if it is intact. The file's name is its
  /// key.
  package static func problem(at path: String) -> String? {
    let key = String((path as NSString).lastPathComponent.dropLast(".frames".count))
    var problem: String?
    for precision in FramePrecision.allCases {
      do {
        _ = try FrameCacheFile(path: path, key: key, precision: precision)
        return nil
      } catch let damage as FrameCacheFile.Damage {
        problem = damage.problem
      } catch {
        problem = "\(error)"
      }
    }
    return problem
  }
}

extension Tensor {
  /// The elements after rounding to half precision, as a file would return them.
  var roundedToHalf: Tensor {
    Tensor(shape: shape) { rounded in
      withUnsafeTemporaryAllocation(byteCount: 2 * count, alignment: 2) { halves in
        guard let start = halves.baseAddress else { return }
        reprise_narrow_half(address, start, count)
        reprise_widen_half(start, rounded.baseAddress, count)
      }
    }
  }
}
