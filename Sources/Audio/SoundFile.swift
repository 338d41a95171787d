// A sound file open for reading. Reprise reads the bytes and libsndfile decodes them. Recording
// mixes, resamples and checks the samples.
import CSndFile
import Files
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
  /// Whether only a range of the file is read, of `frames` frames.
  private let isRange: Bool
  private var digesting: ListeningDigest?

  /// Starts the digest of everything decoded from now on.
  mutating func listen() { digesting = ListeningDigest(rate: sampleRate, channels: channels) }

  /// The digest of the decoded samples.
  var listened: SoundDigest {
    (digesting ?? ListeningDigest(rate: sampleRate, channels: channels))
      .finished(rate: sampleRate, isMarkedSynthetic: isMarkedSynthetic)
  }

  /// Opens the file at `path`, or the part of it that the path names: see `SoundRange`.
  ///
  /// Programs that write to a pipe leave the length open. It is then taken from the file's size.
  ///
  /// - Throws: `AudioError` if the file is missing, unreadable, not a regular file, empty, not
  ///   sound, or shorter than its header says. libsndfile itself would ignore the last fault.
  package init(path: String) throws(AudioError) {
    let range = SoundRange(path)
    let bytes = try SoundBytes(path: range?.file ?? path)
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
    let coding = Int(info.format) & Int(SF_FORMAT_SUBMASK)
    let isGuessed = Self.mpegLayers.contains(coding)
    var frames = info.frames < Int64.max / 2 ? Int(info.frames) : nil
    if let range {
      do {
        frames = try Self.enter(range, handle, info, of: isGuessed ? nil : frames, path: path)
      } catch {
        sf_close(handle)
        throw bytes.failure ?? error
      }
    }
    self.path = path
    self.bytes = bytes
    self.handle = handle
    sampleRate = Int(info.samplerate)
    channels = Int(info.channels)
    comment = sf_get_string(handle, Int32(SF_STR_COMMENT)).map { String(cString: $0) }
    isRange = range != nil
    isLengthGuessed = isGuessed && range == nil
    self.frames = frames
  }

  /// Moves to the beginning of a range and returns its number of frames.
  ///
  /// - Parameter whole: the frames of the file; nil if unknown.
  private static func enter(
    _ range: SoundRange, _ handle: OpaquePointer, _ info: SF_INFO, of whole: Int?, path: String
  ) throws(AudioError) -> Int {
    let rate = Double(info.samplerate)
    let first = Int((range.start * rate).rounded())
    var end = Int((range.end * rate).rounded())
    if let whole, end > whole {
      // Lists of segments round the end to a hundredth of a second.
      guard end - whole <= Int(rate) / 100, first < whole else {
        throw .truncated(path: path, expected: end, found: whole, unit: "frames")
      }
      end = whole
    }
    guard end > first else { throw .noSamples(path: path) }
    let found = skip(handle, first, channels: Int(info.channels), canSeek: whole != nil)
    guard found == first else {
      throw .truncated(path: path, expected: end, found: found, unit: "frames")
    }
    return end - first
  }

  /// Moves to a frame and returns the frame that was reached. MPEG audio is decoded from its
  /// beginning, because seeking in it is not exact.
  private static func skip(
    _ handle: OpaquePointer, _ frame: Int, channels: Int, canSeek: Bool
  ) -> Int {
    if canSeek, sf_seek(handle, sf_count_t(frame), Int32(SEEK_SET)) == sf_count_t(frame) {
      return frame
    }
    if canSeek { sf_seek(handle, 0, Int32(SEEK_SET)) }
    let block = 16_384
    let samples = UnsafeMutablePointer<Float>.allocate(capacity: block * max(1, channels))
    defer { samples.deallocate() }
    var reached = 0
    while reached < frame {
      let count = Int(sf_readf_float(handle, samples, sf_count_t(min(block, frame - reached))))
      guard count > 0 else { break }
      reached += count
    }
    return reached
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
    let wanted = isRange ? min(frames, (self.frames ?? 0) - decoded) : frames
    guard wanted > 0 else { return 0 }
    let count = Int(sf_readf_float(handle, samples, sf_count_t(wanted)))
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
