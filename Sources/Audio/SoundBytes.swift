// Reads the bytes of a sound file for libsndfile. libsndfile cannot tell a failed read from the end
// of the file, so it never reads the file itself.
import Files
import Foundation

/// An open regular file, read through a window. It remembers the first failure.
///
/// It belongs to one `SoundFile`, and one thread uses it at a time.
final class SoundBytes {
  let path: String
  /// The number of bytes shown to libsndfile: the file's size when it was opened, or less after
  /// `shorten`.
  private(set) var size: Int
  /// The offset of libsndfile's next read.
  var position = 0
  /// The first error while reading.
  private(set) var failure: AudioError?

  private static let capacity = 131_072
  private let file: RegularFile
  /// The number of bytes before those shown to libsndfile.
  private var skipped = 0
  private let window: UnsafeMutableRawPointer
  private var windowStart = 0
  private var windowCount = 0
  private var patches: [SoundLength.Patch] = []

  /// - Throws: `AudioError` if the file is missing, cannot be opened, is empty or is not a regular
  ///   file.
  init(path: String) throws(AudioError) {
    self.path = path
    do throws(FileError) { file = try RegularFile(path) } catch {
      guard case .cannotRead(_, let reason) = error else {
        throw .cannotRead(path: path, reason: "\(error)")
      }
      let isMissing = [ENOENT, ENOTDIR].contains { reason == SystemFailure(code: $0).words }
      throw isMissing ? .missing(path: path) : .cannotRead(path: path, reason: reason)
    }
    guard file.size > 0 else { throw .empty(path: path) }
    size = file.size
    window = .allocate(byteCount: Self.capacity, alignment: 64)
  }

  deinit { window.deallocate() }

  /// Shows `patch` instead of the file's own bytes.
  func apply(_ patch: SoundLength.Patch) { patches.append(patch) }

  /// Hides the first `count` bytes of the file.
  func skip(_ count: Int) {
    (skipped, size, windowCount) = (skipped + count, max(0, size - count), 0)
  }

  /// Shows only the first `count` bytes.
  func shorten(to count: Int) { size = max(0, min(size, count)) }

  /// Copies bytes starting at `offset`.
  ///
  /// - Returns: the number of copied bytes. It is less than `count` only at the end of the file or
  ///   after a read error.
  func copy(from offset: Int, count: Int, to target: UnsafeMutableRawPointer) -> Int {
    guard offset >= 0, count > 0, offset < size, failure == nil else { return 0 }
    let end = offset + min(count, size - offset)
    var place = offset
    while place < end {
      if place < windowStart || place >= windowStart + windowCount {
        guard fill(from: place) else { break }
      }
      let taken = min(end, windowStart + windowCount) - place
      memcpy(target + (place - offset), window + (place - windowStart), taken)
      place += taken
    }
    for patch in patches {
      for (index, byte) in patch.bytes.enumerated() {
        let spot = patch.offset + index
        if spot >= offset, spot < place {
          target.storeBytes(of: byte, toByteOffset: spot - offset, as: UInt8.self)
        }
      }
    }
    return place - offset
  }

  /// Returns `count` bytes starting at `offset`, or nil if the file has fewer.
  func bytes(at offset: Int, count: Int) -> [UInt8]? {
    guard count > 0, offset >= 0, offset <= size, count <= size - offset else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    let copied = bytes.withUnsafeMutableBytes { buffer in
      buffer.baseAddress.map { copy(from: offset, count: count, to: $0) } ?? 0
    }
    return copied == count ? bytes : nil
  }

  /// Fills the window from `offset` on, as far as the file goes.
  private func fill(from offset: Int) -> Bool {
    (windowStart, windowCount) = (offset, 0)
    let wanted = min(Self.capacity, size - offset)
    do throws(FileError) {
      windowCount = try file.read(
        into: UnsafeMutableRawBufferPointer(start: window, count: wanted), at: skipped + offset)
    } catch {
      guard case .cannotRead(_, let reason) = error else { return false }
      failure = .cannotRead(path: path, reason: reason)
      return false
    }
    guard windowCount == wanted else {
      failure = .incomplete(
        path: path,
        reason: "it was shortened while it was read: \(file.size) bytes, then "
          + "\(skipped + offset + windowCount)")
      return false
    }
    return true
  }
}
