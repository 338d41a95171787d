// A sound file open for reading. Reprise reads the bytes and libsndfile decodes them. Recording
// mixes, resamples and checks the samples.
import CSndFile
import Foundation

/// An open sound file: WAV (8 to 32 bits, float), FLAC and all other formats of libsndfile.
package struct SoundFile: ~Copyable {
  package let path: String
  /// Samples per second, Hz.
  package let sampleRate: Int
  package let channels: Int
  /// The number of samples per channel in the header, or nil if the header has none.
  package let frames: Int?
  /// Whether `frames` is a guess. libsndfile guesses it from the file's size for MPEG audio.
  package let isLengthGuessed: Bool
  /// The comment in the file: `ICMT` in WAV, `COMMENT` in FLAC.
  package let comment: String?
  private let handle: OpaquePointer
  private let bytes: SoundBytes
  private var decoded = 0
  private var digesting: ListeningDigest?

  /// Starts the digest of everything decoded from now on.
  mutating func listen() { digesting = ListeningDigest(rate: sampleRate, channels: channels) }

  /// The digest of the decoded samples.
  var listened: SoundDigest {
    (digesting ?? ListeningDigest(rate: sampleRate, channels: channels))
      .finished(rate: sampleRate, isMarkedSynthetic: isMarkedSynthetic)
  }

  /// Opens the file at `path`.
  ///
  /// Programs that write to a pipe leave the length open. It is then taken from the file's size.
  ///
  /// - Throws: `AudioError` if the file is missing, unreadable, not a regular file, empty, not
  ///   sound, or shorter than its header says. libsndfile itself would ignore the last fault.
  package init(path: String) throws(AudioError) {
    let bytes = try SoundBytes(path: path)
    let length = SoundLength(of: bytes)
    if let failure = bytes.failure { throw failure }
    switch length {
    case .unclaimed, .kept: break
    case .open(let patches): for patch in patches { bytes.apply(patch) }
    case .short(let expected, let found):
      throw .truncated(path: path, expected: expected, found: found, unit: "bytes")
    case .cut(let reason): throw .incomplete(path: path, reason: reason)
    case .none: throw .noSamples(path: path)
    }
    var input = virtualInput
    var info = SF_INFO()
    let handle = sf_open_virtual(
      &input, Int32(SFM_READ), &info, Unmanaged.passUnretained(bytes).toOpaque())
    guard let handle else {
      let reason = String(cString: sf_strerror(nil)).trimmingCharacters(
        in: CharacterSet(charactersIn: " .\n"))
      throw bytes.failure ?? .notAudio(path: path, reason: reason)
    }
    if let failure = bytes.failure {
      sf_close(handle)
      throw failure
    }
    guard info.samplerate <= Self.greatestRate else {
      sf_close(handle)
      throw .notAudio(path: path, reason: "its header says \(info.samplerate) samples per second")
    }
    self.path = path
    self.bytes = bytes
    self.handle = handle
    sampleRate = Int(info.samplerate)
    channels = Int(info.channels)
    let coding = Int(info.format) & Int(SF_FORMAT_SUBMASK)
    isLengthGuessed = Self.mpegLayers.contains(coding)
    comment = sf_get_string(handle, Int32(SF_STR_COMMENT)).map { String(cString: $0) }
    frames = info.frames < Int64.max / 2 ? Int(info.frames) : nil
  }

  /// The highest plausible sampling rate, in Hz. No recorder exceeds it.
  private static let greatestRate: Int32 = 1_000_000
  private static let mpegLayers =
    Int(SF_FORMAT_MPEG_LAYER_I)...Int(SF_FORMAT_MPEG_LAYER_III)

  deinit {
    sf_close(handle)
    withExtendedLifetime(bytes) {}
  }

  /// Whether the file itself says that its sound was computed. Every clip of a stand-in corpus
  /// does, even after it was copied.
  package var isMarkedSynthetic: Bool { comment?.hasPrefix("SYNTHETIC") ?? false }

  /// Decodes up to `frames` more frames into `samples`, channels interleaved, full scale ±1.
  ///
  /// - Parameter samples: room for `frames · channels` values.
  /// - Returns: the number of decoded frames, 0 at the end.
  /// - Throws: `AudioError` if the file cannot be read or its sound is damaged.
  package mutating func read(
    into samples: UnsafeMutablePointer<Float>, frames: Int
  ) throws(AudioError) -> Int {
    let count = Int(sf_readf_float(handle, samples, sf_count_t(frames)))
    if let failure = bytes.failure { throw failure }
    decoded += max(0, count)
    if count > 0 { digesting?.add(samples, frames: count, channels: channels) }
    // Bytes after the last promised frame, such as a tag, are not sound.
    if sf_error(handle) != 0, self.frames.map({ decoded < $0 }) ?? true {
      // The decoder reached the end of the file before the promised number of frames: the file was
      // cut.
      if let frames = self.frames, !isLengthGuessed, bytes.position >= bytes.size {
        throw .truncated(path: path, expected: frames, found: decoded, unit: "frames")
      }
      throw .damaged(
        path: path, frame: decoded, rate: sampleRate, reason: String(cString: sf_strerror(handle)))
    }
    return max(0, count)
  }
}

/// Lets libsndfile read from a `SoundBytes`, which is its `user_data`.
private let virtualInput = SF_VIRTUAL_IO(
  get_filelen: { sf_count_t(soundBytes($0)?.size ?? 0) },
  seek: { offset, origin, data in
    guard let bytes = soundBytes(data) else { return -1 }
    let base =
      switch origin {
      case SEEK_SET: 0
      case SEEK_CUR: bytes.position
      default: bytes.size
      }
    let (place, overflows) = base.addingReportingOverflow(Int(offset))
    guard !overflows, place >= 0 else { return -1 }
    bytes.position = place
    return sf_count_t(place)
  },
  read: { target, count, data in
    guard let bytes = soundBytes(data), let target else { return 0 }
    let copied = bytes.copy(from: bytes.position, count: Int(count), to: target)
    bytes.position += copied
    return sf_count_t(copied)
  },
  write: { _, _, _ in 0 },
  tell: { sf_count_t(soundBytes($0)?.position ?? 0) })

private func soundBytes(_ data: UnsafeMutableRawPointer?) -> SoundBytes? {
  data.map { Unmanaged<SoundBytes>.fromOpaque($0).takeUnretainedValue() }
}
