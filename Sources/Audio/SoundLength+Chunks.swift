// Containers that consist of chunks: WAV, RF64, W64, AIFF, CAF.

/// The layout of the chunks of a container.
private struct ChunkLayout {
  /// The length of a chunk's name in bytes. The first four bytes identify it.
  var name = 4
  /// The width of its size in bytes.
  var width = 4
  var bigEndian = false
  /// Whether the size includes the chunk's header.
  var countsHeader = false
  /// Chunks start at multiples of this.
  var alignment = 2

  var header: Int { name + width }
}

/// A chunk: its name, the offset of its contents, and its stated size.
private struct Chunk {
  let name: String
  let contents: Int
  let size: UInt64
}

extension SoundBytes {
  /// Calls `body` with each chunk until it returns true or no chunk follows.
  ///
  /// - Returns: where the chunks end, which is the end of the file if it consists of chunks only;
  ///   nil if `body` ended the loop.
  fileprivate func walk(
    from start: Int, _ layout: ChunkLayout, until body: (Chunk) -> Bool
  ) -> Int? {
    var place = start
    // A limit for damaged files, which may consist of millions of 8-byte chunks. No good file has
    // so many.
    for _ in 0..<10_000 {
      guard place < size, let name = bytes(at: place, count: layout.name),
        name[..<4].allSatisfy({ (0x20..<0x7f).contains($0) || $0 == 0xa9 }),
        let given = number(
          at: place + layout.name, width: layout.width, bigEndian: layout.bigEndian)
      else { return place }
      let contents = place + layout.header
      let chunk = Chunk(
        name: String(decoding: name[..<4], as: UTF8.self), contents: contents, size: given)
      if body(chunk) { return nil }
      let overhead = layout.countsHeader ? layout.header : 0
      let length = Int(clamping: given)
      guard length >= overhead, length < Int.max / 4 else { return place }
      let end = contents + length - overhead
      place = (end + layout.alignment - 1) / layout.alignment * layout.alignment
    }
    return place
  }

  /// Whether everything from `start` on consists of complete chunks.
  fileprivate func isChunks(from start: Int, _ layout: ChunkLayout) -> Bool {
    var fits = true
    let last = walk(from: start, layout) { chunk in
      let header = layout.countsHeader ? layout.header : 0
      let left = max(0, size + layout.alignment - 1 - chunk.contents + header)
      fits = fits && chunk.size <= UInt64(left)
      return !fits
    }
    return fits && last.map { $0 >= size } ?? false
  }
}

extension SoundLength {
  static let noSound = SoundLength.cut(reason: "it ends before its sound begins")

  /// RIFF WAVE, or RIFX with big-endian numbers.
  static func wave(_ bytes: SoundBytes, bigEndian: Bool) -> SoundLength {
    let layout = ChunkLayout(bigEndian: bigEndian)
    var field: Field?
    let end = bytes.walk(from: 12, layout) { chunk in
      guard chunk.name == "data" else { return false }
      field = Field(
        place: chunk.contents - 4, width: 4, bigEndian: bigEndian, value: chunk.size,
        start: chunk.contents)
      return true
    }
    guard let field else { return end.map { $0 >= bytes.size } ?? false ? noSound : .unclaimed }
    return judge(field, in: bytes) { bytes.isChunks(from: $0, layout) }
  }

  /// RF64 and BW64. The chunk `ds64` gives the size of the sound.
  static func wave64(_ bytes: SoundBytes, name: String) -> SoundLength {
    let layout = ChunkLayout()
    var (long, field): (Chunk?, Field?)
    let end = bytes.walk(from: 12, layout) { chunk in
      if chunk.name == "ds64" { long = chunk }
      guard chunk.name == "data" else { return false }
      if let long, let value = bytes.number(at: long.contents + 8, width: 8, bigEndian: false) {
        field = Field(
          place: long.contents + 8, width: 8, bigEndian: false, value: value,
          start: chunk.contents)
      } else {
        field = Field(
          place: chunk.contents - 4, width: 4, bigEndian: false, value: chunk.size,
          start: chunk.contents)
      }
      return true
    }
    guard let field else { return end.map { $0 >= bytes.size } ?? false ? noSound : .unclaimed }
    let length = judge(field, in: bytes) { bytes.isChunks(from: $0, layout) }
    guard name == "BW64" else { return length }
    // libsndfile knows this layout only by its older name.
    let older = Patch(offset: 0, bytes: Array("RF64".utf8))
    return switch length {
    case .open(let patches): .open(patches: patches + [older])
    case .kept: .open(patches: [older])
    default: length
    }
  }

  /// Sony's Wave64. Names are GUIDs, and sizes include the header.
  static func sonyWave64(_ bytes: SoundBytes) -> SoundLength {
    let layout = ChunkLayout(name: 16, width: 8, countsHeader: true, alignment: 8)
    var field: Field?
    let end = bytes.walk(from: 40, layout) { chunk in
      guard chunk.name == "data" else { return false }
      field = Field(
        place: chunk.contents - 8, width: 8, bigEndian: false, value: chunk.size,
        overhead: layout.header, start: chunk.contents)
      return true
    }
    guard let field else { return end.map { $0 >= bytes.size } ?? false ? noSound : .unclaimed }
    return judge(field, in: bytes) { bytes.isChunks(from: $0, layout) }
  }

  /// AIFF and AIFF-C (sound in `SSND`, frames in `COMM`), 8SVX and 16SV (sound in `BODY`).
  static func interchange(_ bytes: SoundBytes, kind: String) -> SoundLength {
    let isAIFF = kind == "AIFF" || kind == "AIFC"
    guard isAIFF || kind == "8SVX" || kind == "16SV" else { return .unclaimed }
    let layout = ChunkLayout(bigEndian: true)
    var field: Field?
    var promised = 0
    let end = bytes.walk(from: 12, layout) { chunk in
      if chunk.name == "COMM" {
        promised = commonSize(bytes, chunk, isCompressible: kind == "AIFC")
      }
      guard chunk.name == (isAIFF ? "SSND" : "BODY") else { return false }
      let extra = isAIFF ? 8 : 0
      field = Field(
        place: chunk.contents - 4, width: 4, bigEndian: true, value: chunk.size, overhead: extra,
        start: chunk.contents + extra)
      return true
    }
    guard let field else { return end.map { $0 >= bytes.size } ?? false ? noSound : .unclaimed }
    return judge(field, in: bytes, atLeast: promised) { bytes.isChunks(from: $0, layout) }
  }

  /// Returns the number of bytes of sound that `COMM` promises, or 0 if it does not say or leaves
  /// it open.
  private static func commonSize(
    _ bytes: SoundBytes, _ chunk: Chunk, isCompressible: Bool
  ) -> Int {
    guard let channels = bytes.number(at: chunk.contents, width: 2, bigEndian: true),
      let frames = bytes.number(at: chunk.contents + 2, width: 4, bigEndian: true),
      let bits = bytes.number(at: chunk.contents + 6, width: 2, bigEndian: true)
    else { return 0 }
    if isCompressible {
      let plain = ["NONE", "twos", "sowt", "raw ", "fl32", "fl64", "FL32", "FL64", "in24", "in32"]
      guard let kind = bytes.bytes(at: chunk.contents + 18, count: 4),
        plain.contains(String(decoding: kind, as: UTF8.self))
      else { return 0 }
    }
    let size = frames * channels * ((bits + 7) / 8)
    return size >= 0x7f00_0000 ? 0 : Int(size)
  }

  /// Apple's Core Audio Format. A size of -1 leaves the length open.
  static func coreAudio(_ bytes: SoundBytes) -> SoundLength {
    let layout = ChunkLayout(width: 8, bigEndian: true, alignment: 1)
    var field: Field?
    let end = bytes.walk(from: 8, layout) { chunk in
      guard chunk.name == "data" else { return false }
      // The sound comes after an edit count of 4 bytes.
      field = Field(
        place: chunk.contents - 8, width: 8, bigEndian: true, value: chunk.size, overhead: 4,
        start: chunk.contents + 4)
      return true
    }
    guard let field else { return end.map { $0 >= bytes.size } ?? false ? noSound : .unclaimed }
    return judge(field, in: bytes) { bytes.isChunks(from: $0, layout) }
  }
}
