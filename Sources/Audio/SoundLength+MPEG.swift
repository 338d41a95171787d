// MPEG audio (MP3) consists of frames without a common header. libsndfile guesses their number from
// the file's size, so this code visits the frames instead.

extension SoundLength {
  /// Checks the frames of MPEG 1, 2 and 2.5, layers I to III. The last frame must be complete. If
  /// the first frame gives their number, all of them must be there.
  static func mpeg(_ bytes: SoundBytes, from start: Int) -> SoundLength {
    guard let first = MPEGFrame(bytes, at: start),
      let second = MPEGFrame(bytes, at: start + first.length), first.isLike(second)
    else { return .unclaimed }
    let promised = first.frameCount(bytes, at: start)
    var (place, frames) = (start, 0)
    while let frame = MPEGFrame(bytes, at: place), frame.isLike(first) {
      guard frame.length <= bytes.size - place else {
        return .cut(reason: "its last MPEG frame, number \(frames + 1), is incomplete")
      }
      place += frame.length
      frames += 1
    }
    // The frame that gives the number of frames does not count itself.
    if let promised, frames - 1 < promised {
      return .cut(reason: "expected \(promised) MPEG frames, found \(frames - 1)")
    }
    // A truncated frame header starts like other headers. A tag does not.
    if bytes.size - place < 4, let rest = bytes.bytes(at: place, count: 1), rest[0] == 0xff {
      return .cut(reason: "it ends within the header of MPEG frame \(frames + 1)")
    }
    return .kept
  }
}

/// The header of one frame.
private struct MPEGFrame {
  /// Version, layer and rate. They are the same in all frames of a file.
  let kind: UInt32
  /// The length of the frame in bytes, including its header.
  let length: Int
  private let isFirstVersion: Bool
  private let isMono: Bool

  func isLike(_ other: MPEGFrame) -> Bool { kind == other.kind }

  /// Reads the header at `place`. Fails if there is none or if it is of free format.
  init?(_ bytes: SoundBytes, at place: Int) {
    guard let word = bytes.number(at: place, width: 4, bigEndian: true), word >> 21 == 0x7ff
    else { return nil }
    let (version, layer) = (Int(word >> 19 & 3), 4 - Int(word >> 17 & 3))
    let (rateIndex, sampling) = (Int(word >> 12 & 15), Int(word >> 10 & 3))
    guard version != 1, layer < 4, rateIndex > 0, rateIndex < 15, sampling < 3 else { return nil }
    isFirstVersion = version == 3
    isMono = word >> 6 & 3 == 3
    kind = UInt32(truncatingIfNeeded: word & 0xfffe_0c00)
    let table = isFirstVersion ? layer - 1 : layer == 1 ? 3 : 4
    let bits = 1_000 * Self.rates[table][rateIndex - 1]
    let hertz = [44_100, 48_000, 32_000][sampling] >> (version == 3 ? 0 : version == 2 ? 1 : 2)
    let padding = Int(word >> 9 & 1)
    length =
      switch layer {
      case 1: (12 * bits / hertz + padding) * 4
      case 3 where !isFirstVersion: 72 * bits / hertz + padding
      default: 144 * bits / hertz + padding
      }
  }

  /// Returns the number of frames after this one if this is a "Xing" or "Info" frame that gives it.
  func frameCount(_ bytes: SoundBytes, at place: Int) -> Int? {
    let side = isFirstVersion ? (isMono ? 17 : 32) : (isMono ? 9 : 17)
    guard let tag = bytes.bytes(at: place + 4 + side, count: 12), tag[7] & 1 == 1,
      ["Xing", "Info"].contains(String(decoding: tag[..<4], as: UTF8.self))
    else { return nil }
    return tag[8..<12].reduce(0) { $0 << 8 | Int($1) }
  }

  /// Kilobits per second: MPEG 1 layers I, II, III; MPEG 2 layer I; MPEG 2 layers II and III.
  private static let rates = [
    [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  ]
}
