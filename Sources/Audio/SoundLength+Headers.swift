// Containers with a single header before the sound, or with their own kind of blocks: AU, NIST
// SPHERE, VOC.

extension SoundLength {
  /// Sun's and NeXT's AU.
  static func sun(_ bytes: SoundBytes, bigEndian: Bool) -> SoundLength {
    guard let begin = bytes.number(at: 4, width: 4, bigEndian: bigEndian),
      let size = bytes.number(at: 8, width: 4, bigEndian: bigEndian)
    else { return .cut(reason: "it ends within its header") }
    guard Int(begin) <= bytes.size else { return noSound }
    let field = Field(
      place: 8, width: 4, bigEndian: bigEndian, value: size, start: Int(begin))
    return judge(field, in: bytes) { _ in false }
  }

  /// NIST SPHERE, whose header is text.
  static func sphere(_ bytes: SoundBytes) -> SoundLength {
    guard let head = bytes.bytes(at: 0, count: min(16, bytes.size)),
      let begin = String(decoding: head, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        .dropFirst().first.flatMap({ Int($0) }), (16...65_536).contains(begin)
    else { return .unclaimed }
    guard let header = bytes.bytes(at: 0, count: begin) else {
      return .cut(reason: "it ends within its header")
    }
    var fields: [String: Int] = [:]
    for line in String(decoding: header, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count == 3, words[1] == "-i" { fields[String(words[0])] = Int(words[2]) }
    }
    guard let count = fields["sample_count"], let width = fields["sample_n_bytes"],
      let channels = fields["channel_count"], count >= 0, (1...8).contains(width),
      (1...1_024).contains(channels), count < 1 << 40
    else { return .unclaimed }
    let (expected, found) = (count * width * channels, bytes.size - begin)
    return expected > found ? .short(expected: expected, found: found) : .kept
  }

  /// Creative's VOC. Each block starts with one byte of kind and three of size. Kind 0 ends the
  /// file.
  static func creative(_ bytes: SoundBytes) -> SoundLength {
    guard let begin = bytes.number(at: 20, width: 2, bigEndian: false) else {
      return .cut(reason: "it ends within its header")
    }
    var place = Int(begin)
    while place < bytes.size {
      guard let kind = bytes.number(at: place, width: 1, bigEndian: false), kind != 0 else { break }
      guard let size = bytes.number(at: place + 1, width: 3, bigEndian: false) else {
        return .cut(reason: "it ends within a block's header")
      }
      let found = bytes.size - place - 4
      if Int(size) > found {
        return .short(expected: Int(size), found: max(0, found))
      }
      place += 4 + Int(size)
    }
    return .kept
  }
}
