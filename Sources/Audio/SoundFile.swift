// One sound file open for reading, by libsndfile. It decodes; mixing, resampling and the judgement
// of what was decoded are in Recording.
import CSndFile
import Foundation

/// An open sound file: WAV (8 to 32 bits, float), FLAC and whatever else libsndfile reads.
package struct SoundFile: ~Copyable {
  package let path: String
  /// Samples per second, Hz.
  package let sampleRate: Int
  package let channels: Int
  /// Samples per channel that the header promises; nil where it does not say.
  package let frames: Int?
  private let handle: OpaquePointer

  /// Opens the file at `path`.
  ///
  /// - Throws: `AudioError` when it is missing, unreadable, empty, no sound, or, for RIFF WAVE,
  ///   shorter than its `data` chunk says. libsndfile itself would pass over the last in silence.
  package init(path: String) throws(AudioError) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw errno == ENOENT || errno == ENOTDIR
        ? .missing(path: path) : .cannotRead(path: path, reason: String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw .cannotRead(path: path, reason: "it is a folder")
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .cannotRead(path: path, reason: String(cString: strerror(errno)))
    }
    guard status.st_size > 0 else {
      close(descriptor)
      throw .empty(path: path)
    }
    let promise = promisedWaveData(descriptor: descriptor, fileSize: Int(status.st_size))
    if let promise, promise.found < promise.expected {
      close(descriptor)
      throw .truncated(
        path: path, expected: promise.expected, found: promise.found, unit: "bytes")
    }
    lseek(descriptor, 0, SEEK_SET)
    var info = SF_INFO()
    // From here on the descriptor is libsndfile's, also where this fails: it closes what it cannot open even if told
    // not to. Closing it once more would hit whatever another thread has opened under that number meanwhile.
    guard let handle = sf_open_fd(descriptor, Int32(SFM_READ), &info, Int32(SF_TRUE)) else {
      let reason = String(cString: sf_strerror(nil)).trimmingCharacters(
        in: CharacterSet(charactersIn: " .\n"))
      throw promise?.expected == 0 ? .noSamples(path: path) : .notAudio(path: path, reason: reason)
    }
    self.path = path
    self.handle = handle
    sampleRate = Int(info.samplerate)
    channels = Int(info.channels)
    frames = info.frames < Int64.max / 2 ? Int(info.frames) : nil
  }

  deinit { sf_close(handle) }

  /// Decodes up to `frames` further frames into `samples`, channels interleaved, full scale ±1.
  ///
  /// - Parameter samples: room for `frames · channels` values.
  /// - Returns: How many frames were decoded; 0 at the end, or where decoding fails.
  package mutating func read(into samples: UnsafeMutablePointer<Float>, frames: Int) -> Int {
    Int(sf_readf_float(handle, samples, sf_count_t(frames)))
  }
}

/// Returns how many bytes the `data` chunk of a RIFF WAVE file promises and how many the file has
/// from the chunk's start on; nil for any other file, and where the size is left open (0xFFFFFFFF,
/// as programs that write to a pipe do; RF64).
private func promisedWaveData(
  descriptor: Int32, fileSize: Int
) -> (expected: Int, found: Int)? {
  var bytes = [UInt8](repeating: 0, count: 12)
  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
  guard pread(descriptor, &bytes, 12, 0) == 12, text(0..<4) == "RIFF", text(8..<12) == "WAVE"
  else { return nil }
  var place = 12
  while pread(descriptor, &bytes, 8, off_t(place)) == 8 {
    let size = (0..<4).reduce(0) { $0 | Int(bytes[4 + $1]) << (8 * $1) }
    place += 8
    if text(0..<4) == "data" {
      return size == 0xffff_ffff ? nil : (size, max(0, fileSize - place))
    }
    place += size + size % 2
  }
  return nil
}
