// The bytes of a sound file, read by us and checked. libsndfile takes them from here and never
// reads the file itself, since it takes a failed read for the end of the file.
import Files
import Foundation

/// An open regular file that is read in windows; the first failure is kept.
///
/// One thread uses it at a time: it belongs to one `SoundFile`.
final class SoundBytes {
  let path: String
  /// Bytes that are presented: the file's size when it was opened, or less after `shorten`.
  private(set) var size: Int
  /// Where libsndfile reads next.
  var position = 0
  /// The first thing that went wrong while reading.
  private(set) var failure: AudioError?

  private static let capacity = 131_072
  private let file: RegularFile
  /// Bytes of the file before those that are presented.
  private var skipped = 0
  private let window: UnsafeMutableRawPointer
  private var windowStart = 0
  private var windowCount = 0
  private var patches: [SoundLength.Patch] = []

  /// - Throws: `AudioError` where the file is missing, cannot be opened, is empty or no regular
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

  /// Presents `patch` in place of the bytes that the file has there.
  func apply(_ patch: SoundLength.Patch) { patches.append(patch) }

  /// Presents the file from its byte `count` on, as if that were its first.
  func skip(_ count: Int) {
    (skipped, size, windowCount) = (skipped + count, max(0, size - count), 0)
  }

  /// Presents only the first `count` bytes.
  func shorten(to count: Int) { size = max(0, min(size, count)) }

  /// Copies bytes from `offset` on.
  ///
  /// - Returns: How many were copied: fewer than `count` only at the end, or where reading failed.
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

  /// Returns `count` bytes from `offset` on, nil where the file has fewer.
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
        reason: "it became shorter while it was read: \(file.size) bytes, then "
          + "\(skipped + offset + windowCount)")
      return false
    }
    return true
  }
}
