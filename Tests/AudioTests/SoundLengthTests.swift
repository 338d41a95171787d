import Audio
import CSndFile
import Foundation
import TestSupport
import Testing

/// Kinds: by hand, property. Compares the length that a file claims with the bytes it has.
@Suite struct `The length of a sound file` {
  struct Container: Sendable, CustomTestStringConvertible {
    let name: String
    let format: Int
    var coding = SF_FORMAT_PCM_16
    var testDescription: String { name }

    /// 2 s of a tone in this container.
    func bytes() throws -> [UInt8] {
      try withTemporaryFolder { folder in
        var info = SF_INFO()
        (info.samplerate, info.channels) = (16_000, 1)
        info.format = Int32(format | coding)
        let path = folder + "/a"
        let handle = try #require(sf_open(path, Int32(SFM_WRITE), &info))
        let samples = tone(200, sampleRate: 16_000, seconds: 2)
        #expect(sf_writef_float(handle, samples, 32_000) == 32_000)
        sf_close(handle)
        return try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
      }
    }
  }
  static let plain = [
    Container(name: "WAV", format: SF_FORMAT_WAV), Container(name: "RF64", format: SF_FORMAT_RF64),
    Container(name: "WAVEX", format: SF_FORMAT_WAVEX),
    Container(name: "RIFX", format: SF_FORMAT_WAV | Int(SF_ENDIAN_BIG)),
    Container(name: "W64", format: SF_FORMAT_W64), Container(name: "AIFF", format: SF_FORMAT_AIFF),
    Container(name: "AU", format: SF_FORMAT_AU), Container(name: "CAF", format: SF_FORMAT_CAF),
    Container(name: "NIST", format: SF_FORMAT_NIST), Container(name: "VOC", format: SF_FORMAT_VOC),
    Container(name: "8SVX", format: SF_FORMAT_SVX),
    Container(name: "AIFF-C", format: SF_FORMAT_AIFF, coding: SF_FORMAT_FLOAT),
  ]
  static let coded = [
    Container(name: "FLAC", format: SF_FORMAT_FLAC),
    Container(name: "Vorbis", format: SF_FORMAT_OGG, coding: SF_FORMAT_VORBIS),
    Container(name: "Opus", format: SF_FORMAT_OGG, coding: SF_FORMAT_OPUS),
    Container(name: "WAV of µ-law", format: SF_FORMAT_WAV, coding: SF_FORMAT_ULAW),
    Container(name: "WAV of ADPCM", format: SF_FORMAT_WAV, coding: SF_FORMAT_IMA_ADPCM),
    Container(name: "AIFF-C of µ-law", format: SF_FORMAT_AIFF, coding: SF_FORMAT_ULAW),
    Container(name: "AU of A-law", format: SF_FORMAT_AU, coding: SF_FORMAT_ALAW),
  ]

  /// Reads `bytes` as a recording.
  func read(_ bytes: some Sequence<UInt8>) throws -> [Float] {
    try withTemporaryFolder { folder in
      try Data(bytes).write(to: URL(fileURLWithPath: folder + "/a"))
      return try Recording.readMono(path: folder + "/a")
    }
  }

  func isTruncated(_ bytes: some Sequence<UInt8>) -> Bool {
    do {
      _ = try read(bytes)
      return false
    } catch let error as AudioError {
      return "\(error)".contains(": truncated: ") && "\(error)".contains("; copy it again")
    } catch { return false }
  }

  @Test(arguments: plain + coded) func `is seen when the end is missing`(_ item: Container) throws {
    let bytes = try item.bytes()
    #expect(try read(bytes).count >= 32_000)
    for share in [0.3, 0.5, 0.75, 0.9, 0.99] {
      #expect(isTruncated(bytes.prefix(Int(share * Double(bytes.count)))), "\(share)")
    }
    // FLAC and Ogg end with their sound, and so do the others if no chunk follows.
    #expect(isTruncated(bytes.dropLast(8)) || item.name == "VOC")
  }

  @Test(arguments: plain) func `is the same behind a tag`(_ item: Container) throws {
    let tag = Array("ID3".utf8) + [4, 0, 0, 0, 0, 0, 20] + [UInt8](repeating: 0, count: 20)
    let bytes = try item.bytes()
    guard item.name != "VOC" else { return }
    #expect(try read(tag + bytes) == read(bytes))
  }

  struct Size: Sendable, CustomTestStringConvertible {
    let container: Container
    /// The bytes right before the size.
    let mark: String
    /// The number of bytes from the start of the mark to the size.
    let distance: Int
    let width: Int
    let bigEndian: Bool
    var testDescription: String { container.name }
  }
  static let sizes = [
    Size(container: plain[0], mark: "data", distance: 4, width: 4, bigEndian: false),
    Size(container: plain[1], mark: "ds64", distance: 16, width: 8, bigEndian: false),
    Size(container: plain[2], mark: "data", distance: 4, width: 4, bigEndian: false),
    Size(container: plain[3], mark: "data", distance: 4, width: 4, bigEndian: true),
    Size(container: plain[4], mark: "data", distance: 16, width: 8, bigEndian: false),
    Size(container: plain[5], mark: "SSND", distance: 4, width: 4, bigEndian: true),
    Size(container: plain[6], mark: ".snd", distance: 8, width: 4, bigEndian: true),
    Size(container: plain[7], mark: "data", distance: 4, width: 8, bigEndian: true),
  ]

  /// The sizes that SoX, ffmpeg and others write if they cannot seek back, and 0, which stays after
  /// a crash.
  @Test(arguments: sizes) func `may be left open, and all samples are read`(_ item: Size) throws {
    let bytes = try item.container.bytes()
    let place = try #require(position(of: item.mark, in: bytes)) + item.distance
    let expected = try read(bytes)
    let short: [UInt64] = [
      0, 0x7f00_0008, 0x7fff_f000, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_ffff,
    ]
    let long: [UInt64] = item.width == 8 ? [0x7fff_ffff_ffff_ffff, .max] : []
    for size in short + long {
      let read = try read(replacing(item, at: place, with: size, in: bytes))
      // Bytes after the sound cannot be told from sound in this case.
      #expect(read.count >= expected.count && read.count < expected.count + 64, "\(size)")
      #expect(Array(read.prefix(expected.count)) == expected, "\(size)")
    }
    // Negative control: a wrong size that could be true does not leave the length open.
    for size: UInt64 in [70_000, 0x1000_0000, 0x7e00_0000] {
      #expect(isTruncated(replacing(item, at: place, with: size, in: bytes)), "\(size)")
    }
  }

  private func replacing(
    _ item: Size, at place: Int, with size: UInt64, in bytes: [UInt8]
  ) -> [UInt8] {
    var bytes = bytes
    for index in 0..<item.width {
      let shift = 8 * (item.bigEndian ? item.width - 1 - index : index)
      bytes[place + index] = UInt8(truncatingIfNeeded: size >> UInt64(shift))
    }
    return bytes
  }

  private func position(of mark: String, in bytes: [UInt8]) -> Int? {
    let mark = Array(mark.utf8)
    return (0..<bytes.count - mark.count).first { bytes[$0..<$0 + mark.count].elementsEqual(mark) }
  }

  @Test func `is zero where chunks follow an empty one`() throws {
    var bytes = WaveFile(samples: []).bytes
    #expect(throws: AudioError.self) { try read(bytes) }
    bytes += [1, 2]
    // Two bytes that are not a chunk count as a sample.
    let last = bytes.count - 2 - 12
    #expect(try read(bytes[..<last] + [0, 64, 0, 64]) == [0.5, 0.5])
  }

  @Test func `of BW64 is that of RF64`() throws {
    let bytes = try Self.plain[1].bytes()
    let renamed = Array("BW64".utf8) + bytes[4...]
    #expect(try read(renamed) == read(bytes))
    #expect(isTruncated(renamed.dropLast(100)))
  }

  @Test func `of AIFF is also that of its frames`() throws {
    var bytes = try Self.plain[5].bytes()
    let place = try #require(position(of: "COMM", in: bytes)) + 10
    bytes.replaceSubrange(place..<place + 4, with: [0, 1, 0, 0])
    #expect(isTruncated(bytes))
  }

  /// FLAC written into a pipe does not know its number of samples.
  @Test func `of streamed FLAC ends with a whole frame`() throws {
    let bytes = try Self.coded[0].bytes()
    var streamed = bytes
    // STREAMINFO: the low half of byte 13 and the four after it; then the digest.
    streamed[21] &= 0xf0
    streamed.replaceSubrange(22..<42, with: [UInt8](repeating: 0, count: 20))
    let expected = try read(bytes)
    #expect(try read(streamed) == expected)
    for count in [1, 2, 7, 100, bytes.count / 3, bytes.count / 2] {
      #expect(isTruncated(streamed.dropLast(count)), "\(count)")
    }
    let tag = Array("TAG".utf8) + [UInt8](repeating: 0, count: 125)
    #expect(try read(streamed + tag) == expected)
    #expect(try read(bytes + tag) == expected)
  }

  @Test(arguments: [true, false]) func `of damaged FLAC is not all that counts`(
    isStreamed: Bool
  ) throws {
    var bytes = try Self.coded[0].bytes()
    if isStreamed {
      bytes[21] &= 0xf0
      bytes.replaceSubrange(22..<26, with: [0, 0, 0, 0])
    }
    bytes[bytes.count / 2] ^= 0x55
    let error = try #require(throws: AudioError.self) { try read(bytes) }
    #expect("\(error)".contains("damaged") || "\(error)".contains("truncated"))
  }

  /// Frames of MPEG 1 layer III, 64 kbit/s at 32 kHz: 288 bytes each, silence after the header. The
  /// test checks only the length, not the decoded sound.
  @Test func `of MP3 ends with a whole frame`() throws {
    let frame: [UInt8] = [0xff, 0xfb, 0x58, 0xc4] + [UInt8](repeating: 0, count: 284)
    let bytes = (0..<50).flatMap { _ in frame }
    #expect(!isTruncated(bytes))
    #expect(!isTruncated(bytes + Array("TAG".utf8) + [UInt8](repeating: 0, count: 125)))
    for count in [1, 100, 280, 287] { #expect(isTruncated(bytes.dropLast(count)), "\(count)") }
  }

  @Test func `that shrinks while the file is read is an error`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.wav"
      try WaveFile(samples: tone(200, sampleRate: 16_000, seconds: 60)).write(to: path)
      var file = try SoundFile(path: path)
      var samples = [Float](repeating: 0, count: 8_192)
      #expect(try file.read(into: &samples, frames: 8_192) == 8_192)
      #expect(truncate(path, 400_000) == 0)
      var failure: AudioError?
      do throws(AudioError) {
        while try file.read(into: &samples, frames: 8_192) > 0 {}
      } catch { failure = error }
      let text = failure.map { "\($0)" } ?? "none"
      #expect(text.contains("it was shortened while it was read: 1920056 bytes, then 400000"))
    }
  }

  @Test func `is not asked of what is no regular file`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.wav"
      #expect(mkfifo(path, 0o600) == 0)
      for path in [path, "/dev/zero"] {
        let error = try #require(throws: AudioError.self) { try Recording.readMono(path: path) }
        #expect("\(error)".contains("expected a regular file"))
      }
    }
  }

  /// With any bytes in its header, a file is either read or gives an error.
  @Test(arguments: plain + coded) func `of a header with wrong bytes stops nothing`(
    _ item: Container
  ) throws {
    let bytes = try item.bytes().prefix(4_000)
    try withTemporaryFolder { folder in
      for place in 0..<min(160, bytes.count) {
        for value: UInt8 in [0, 0x7f, 0x80, 0xff] {
          var changed = bytes
          changed[place] = value
          let path = folder + "/a"
          try Data(changed).write(to: URL(fileURLWithPath: path))
          do { _ = try Recording.readMono(path: path) } catch let error as AudioError {
            #expect("\(error)".hasPrefix(path))
          }
        }
      }
    }
  }
}
