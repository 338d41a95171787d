// Ogg and FLAC: streams of pages or frames with their own checksums.

extension SoundLength {
  /// Ogg: the last page must be complete and end its stream.
  static func ogg(_ bytes: SoundBytes) -> SoundLength {
    var (place, isEnd, pages) = (0, false, 0)
    while let head = bytes.bytes(at: place, count: 27),
      head[0..<4] == [0x4f, 0x67, 0x67, 0x53]
    {
      let segments = Int(head[26])
      let table = segments == 0 ? [] : bytes.bytes(at: place + 27, count: segments)
      guard let table else { return .cut(reason: "its last Ogg page is incomplete") }
      let next = place + 27 + segments + table.reduce(0) { $0 + Int($1) }
      guard next <= bytes.size else { return .cut(reason: "its last Ogg page is incomplete") }
      isEnd = head[5] & 4 != 0
      pages += 1
      place = next
    }
    let rest = bytes.bytes(at: place, count: min(4, bytes.size - place))
    // Bytes after an ended stream are not sound, unless they are a page of another stream.
    if let rest, !isEnd || rest.elementsEqual("OggS".utf8.prefix(rest.count)) {
      return .cut(
        reason: "\(bytes.size - place) bytes after page \(pages) are not a complete Ogg page")
    }
    return isEnd ? .kept : .cut(reason: "its last Ogg page does not end the stream")
  }

  /// FLAC of unknown length, as written into a pipe. Its last frame must be complete. If the header
  /// gives the length, the decoded samples are counted instead.
  static func flac(_ bytes: SoundBytes) -> SoundLength {
    // STREAMINFO: block sizes, frame sizes, rate, channels, bits, samples.
    guard let info = bytes.bytes(at: 4, count: 38) else {
      return .cut(reason: "it ends within its header")
    }
    guard info[0] & 0x7f == 0 else { return .unclaimed }
    let samples = info[17..<22].reduce(0) { $0 << 8 | UInt64($1) } & 0xf_ffff_ffff
    guard samples == 0 else { return .unclaimed }
    if let tag = bytes.bytes(at: bytes.size - 128, count: 3), tag == [0x54, 0x41, 0x47] {
      bytes.shorten(to: bytes.size - 128)
    }
    let block = Int(info[6]) << 8 | Int(info[7])
    let channels = Int(info[16] >> 1 & 7) + 1
    let bits = (Int(info[16] & 1) << 4 | Int(info[17] >> 4)) + 1
    guard let first = firstFrame(bytes) else {
      return .cut(reason: "it ends before its sound begins")
    }
    if first == bytes.size { return .none }
    // A frame is hardly longer than its uncompressed samples.
    let most = block * channels * (bits + 1) / 8 + 512
    let from = max(first, bytes.size - most)
    guard let tail = bytes.bytes(at: from, count: bytes.size - from) else { return .unclaimed }
    return endsInFrame(tail) ? .kept : .cut(reason: "its last FLAC frame is incomplete")
  }

  /// Returns the offset of the first frame, or nil if the file ends before it.
  private static func firstFrame(_ bytes: SoundBytes) -> Int? {
    var place = 4
    while let head = bytes.bytes(at: place, count: 4) {
      place += 4 + head[1..<4].reduce(0) { $0 << 8 | Int($1) }
      if head[0] & 0x80 != 0 { return place <= bytes.size ? place : nil }
    }
    return nil
  }

  /// Whether a frame begins in `tail` whose checksum is in the last two bytes.
  private static func endsInFrame(_ tail: [UInt8]) -> Bool {
    var place = tail.count - 6
    while place >= 0 {
      if tail[place] == 0xff, tail[place + 1] & 0xfc == 0xf8, checksum(tail[place...]) == 0 {
        return true
      }
      place -= 1
    }
    return false
  }

  /// FLAC's CRC-16, x¹⁶ + x¹⁵ + x² + 1, high bit first. It is 0 over a frame that includes its
  /// checksum.
  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt16 {
    bytes.reduce(0) { crc, byte in
      crc << 8 ^ checksums[Int(UInt8(truncatingIfNeeded: crc >> 8) ^ byte)]
    }
  }

  private static let checksums: [UInt16] = (0..<256).map { byte in
    (0..<8).reduce(UInt16(byte) << 8) { crc, _ in
      crc & 0x8000 != 0 ? crc << 1 ^ 0x8005 : crc << 1
    }
  }
}
