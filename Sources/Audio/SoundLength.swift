// Compares the length that a file claims with the bytes it has. libsndfile reads a truncated file
// to its end without an error; this code detects it.

/// What a container claims about the length of its sound, and whether it is true.
enum SoundLength: Equatable {
  /// Bytes to show instead of those in the file.
  struct Patch: Equatable {
    let offset: Int
    let bytes: [UInt8]
  }

  /// The container makes no claim that can be checked here.
  case unclaimed
  /// All promised bytes are there.
  case kept
  /// The writer did not know the length. The patches put the actual length into the header.
  case open(patches: [Patch])
  /// The file has fewer bytes of sound than promised.
  case short(expected: Int, found: Int)
  /// The end is missing, by an unknown number of bytes.
  case cut(reason: String)
  /// The file says that it holds no sound, and it holds none.
  case none

  /// Reads the headers of a file.
  init(of bytes: SoundBytes) {
    // A tag may come first.
    let tag = Self.tagLength(bytes)
    let name = bytes.bytes(at: tag, count: 4).map { String(decoding: $0, as: UTF8.self) } ?? ""
    guard Self.names.contains(name) else {
      self =
        name == "Crea" ? Self.creative(bytes) : Self.mpeg(bytes, from: tag)
      return
    }
    if tag > 0 { bytes.skip(tag) }
    guard let head = bytes.bytes(at: 0, count: 12) else {
      self = .cut(reason: "it ends within its header")
      return
    }
    let kind = String(decoding: head[8..<12], as: UTF8.self)
    self =
      switch name {
      case "RIFF" where kind == "WAVE": Self.wave(bytes, bigEndian: false)
      case "RIFX" where kind == "WAVE": Self.wave(bytes, bigEndian: true)
      case "RF64", "BW64": Self.wave64(bytes, name: name)
      case "riff": Self.sonyWave64(bytes)
      case "FORM": Self.interchange(bytes, kind: kind)
      case "caff": Self.coreAudio(bytes)
      case ".snd": Self.sun(bytes, bigEndian: true)
      case "dns.": Self.sun(bytes, bigEndian: false)
      case "NIST": Self.sphere(bytes)
      case "OggS": Self.ogg(bytes)
      case "fLaC": Self.flac(bytes)
      default: .unclaimed
      }
  }

  /// The first bytes of all files whose headers are checked here.
  private static let names: Set<String> = [
    "RIFF", "RIFX", "RF64", "BW64", "riff", "FORM", "caff", ".snd", "dns.", "NIST", "OggS", "fLaC",
  ]

  /// Returns the length of an ID3v2 tag at the start of a file, or 0 without a tag.
  private static func tagLength(_ bytes: SoundBytes) -> Int {
    guard let tag = bytes.bytes(at: 0, count: 10), tag[0..<3] == [0x49, 0x44, 0x33],
      tag[6..<10].allSatisfy({ $0 < 128 })
    else { return 0 }
    return 10 + tag[6..<10].reduce(0) { $0 << 7 | Int($1) }
  }
}

extension SoundLength {
  /// A header field with the number of bytes of sound that follow.
  struct Field {
    /// The offset of the field.
    let place: Int
    /// The width of the field, 4 or 8 bytes.
    let width: Int
    let bigEndian: Bool
    /// The value of the field.
    let value: UInt64
    /// The number of bytes other than sound that the value includes.
    var overhead = 0
    /// The offset of the sound.
    let start: Int
  }

  /// The least 32-bit size that may mean "not known yet". SoX writes 0x7F000000 (AIFF) and
  /// 0x7FFFF000 (WAV) into a pipe. Other programs write 0x80000000, 0xFFFFFFF0 or 0xFFFFFFFF.
  private static let leastPlaceholder: UInt64 = 0x7f00_0000
  /// The least 64-bit size that may mean "not known yet": 1 TiB. No recording is that long.
  private static let leastLongPlaceholder: UInt64 = 1 << 40

  /// Compares a promised size with the bytes of the file.
  ///
  /// - Parameters:
  ///   - atLeast: bytes of sound that another field promises.
  ///   - endsInChunks: whether everything from an offset on consists of chunks. If so, an empty
  ///     sound chunk before it is meant to be empty.
  static func judge(
    _ field: Field, in bytes: SoundBytes, atLeast other: Int = 0, endsInChunks: (Int) -> Bool
  ) -> SoundLength {
    let found = max(0, bytes.size - field.start)
    let overhead = UInt64(field.overhead)
    let isPlaceholder =
      field.width == 4
      ? field.value >= leastPlaceholder
      : field.value >= leastLongPlaceholder
        || (leastPlaceholder...0xffff_ffff + overhead).contains(field.value)
    if isPlaceholder, field.value / 2 > UInt64(found) {
      return .open(patches: [patch(field, found)])
    }
    if field.value <= overhead {
      guard found > 0, !endsInChunks(field.start) else {
        return other > 0 ? .short(expected: other, found: 0) : .none
      }
      return .open(patches: [patch(field, found)])
    }
    let expected = Int(clamping: field.value - overhead)
    if expected > found { return .short(expected: max(expected, other), found: found) }
    return other > expected ? .short(expected: other, found: expected) : .kept
  }

  /// Returns the field with the actual number of bytes.
  static func patch(_ field: Field, _ found: Int) -> Patch {
    let value = UInt64(found + field.overhead)
    let most: UInt64 = field.width == 4 ? 0xffff_ffff : .max
    return Patch(
      offset: field.place,
      bytes: (0..<field.width).map { index in
        let shift = 8 * (field.bigEndian ? field.width - 1 - index : index)
        return UInt8(truncatingIfNeeded: min(value, most) >> UInt64(shift))
      })
  }
}

extension SoundBytes {
  /// Returns an unsigned whole number, or nil past the end of the file.
  func number(at offset: Int, width: Int, bigEndian: Bool) -> UInt64? {
    bytes(at: offset, count: width).map { bytes in
      (bigEndian ? bytes : bytes.reversed()).reduce(0) { $0 << 8 | UInt64($1) }
    }
  }
}
