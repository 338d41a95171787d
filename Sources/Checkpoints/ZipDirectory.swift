// The directory of a zip file with uncompressed entries, as `torch.save` writes it (PKWARE's
// APPNOTE 6.3, including 64-bit records). Nothing is unpacked: an entry is a range of the mapped
// file.
import Files

/// The ranges of the entries of a zip file, by name.
struct ZipDirectory {
  /// An entry's range, and its CRC-32 according to the directory.
  struct Entry {
    let range: Range<Int>
    let checksum: UInt32
  }

  let entries: [String: Entry]

  /// The most entries we accept. No checkpoint has so many.
  private static let greatestCount = 1 << 20
  /// The value of a 32-bit field whose actual value is in a 64-bit record.
  private static let elsewhere = Int(UInt32.max)

  /// Reads the directory at the end of the file and compares every entry with its own header.
  /// Entries must be uncompressed and unencrypted, have plain and distinct names, and must not
  /// overlap.
  ///
  /// - Throws: `CheckpointError.malformed`.
  init(_ file: MappedFile) throws {
    let bytes = FileBytes(file)
    let directory = try Self.directory(bytes)
    var (place, entries) = (directory.range.lowerBound, [String: Entry]())
    var spans: [(header: Int, end: Int, name: String)] = []
    for _ in 0..<directory.count {
      let found = try Self.entry(bytes, at: place, before: directory.range)
      place = found.next
      guard entries.updateValue(found.entry, forKey: found.name) == nil else {
        throw bytes.malformed("two zip entries have the name \(found.name)")
      }
      spans.append((found.header, found.entry.range.upperBound, found.name))
    }
    guard place == directory.range.upperBound else {
      throw bytes.malformed(
        "expected the zip directory to end at byte \(directory.range.upperBound), found \(place)")
    }
    spans.sort { $0.header < $1.header }
    for (span, next) in zip(spans, spans.dropFirst()) where span.end > next.header {
      throw bytes.malformed("the zip entries \(span.name) and \(next.name) overlap")
    }
    self.entries = entries
  }

  /// Finds the directory through the record at the end of the file.
  private static func directory(_ bytes: FileBytes) throws -> (range: Range<Int>, count: Int) {
    let end = bytes.count - 22
    guard end >= 0, try bytes.number(UInt32.self, end) == 0x0605_4b50 else {
      throw bytes.malformed(
        "expected a zip directory at the end, found none; the file may be truncated")
    }
    var count = try bytes.number(UInt16.self, end + 10)
    var size = try bytes.number(UInt32.self, end + 12)
    var start = try bytes.number(UInt32.self, end + 16)
    var disks = try [4, 6].map { try bytes.number(UInt16.self, end + $0) } + [0]
    var limit = end
    if end >= 76, try bytes.number(UInt32.self, end - 20) == 0x0706_4b50 {
      limit = end - 76
      guard try bytes.number(UInt64.self, end - 12) == limit,
        try bytes.number(UInt32.self, limit) == 0x0606_4b50
      else { throw bytes.malformed("the 64-bit zip record is missing from its place") }
      count = try bytes.number(UInt64.self, limit + 32)
      size = try bytes.number(UInt64.self, limit + 40)
      start = try bytes.number(UInt64.self, limit + 48)
      disks =
        try [16, 20].map { try bytes.number(UInt32.self, limit + $0) }
        + [bytes.number(UInt32.self, end - 16)]
    }
    guard disks.allSatisfy({ $0 == 0 }), try bytes.number(UInt16.self, end + 20) == 0 else {
      throw bytes.malformed("the zip has several parts or a comment at its end")
    }
    guard start <= limit, limit - start == size, count <= min(greatestCount, size / 46) else {
      throw bytes.malformed(
        "a zip directory of \(count) entries in \(size) bytes from byte \(start), expected to end "
          + "at byte \(limit)")
    }
    return (start..<limit, count)
  }

  private typealias Found = (name: String, entry: Entry, header: Int, next: Int)

  /// Reads one entry of the directory and the entry's own header.
  private static func entry(
    _ bytes: FileBytes, at place: Int, before directory: Range<Int>
  ) throws -> Found {
    guard place + 46 <= directory.upperBound, try bytes.number(UInt32.self, place) == 0x0201_4b50
    else { throw bytes.malformed("expected an entry of the zip directory at byte \(place)") }
    let lengths = try [28, 30, 32].map { try bytes.number(UInt16.self, place + $0) }
    let extra = place + 46 + lengths[0]
    let next = extra + lengths[1] + lengths[2]
    guard next <= directory.upperBound else {
      throw bytes.malformed("the zip directory is truncated at byte \(place)")
    }
    let name = try plainName(bytes, place + 46..<extra)
    guard try bytes.number(UInt16.self, place + 10) == 0,
      try bytes.number(UInt16.self, place + 8) & 1 == 0
    else {
      throw bytes.malformed("the zip entry \(name) is compressed or encrypted, expected stored")
    }
    // Size in the file, unpacked size, offset of the header. Each may be in the 64-bit field
    // instead.
    var values = try [24, 20, 42].map { try bytes.number(UInt32.self, place + $0) }
    var wide = try extended(bytes, extra..<extra + lengths[1])
    for index in values.indices where values[index] == elsewhere {
      guard let value = wide.popFirst() else {
        throw bytes.malformed("the zip entry \(name) lacks its 64-bit sizes")
      }
      values[index] = value
    }
    guard values[0] == values[1] else {
      throw bytes.malformed("the zip entry \(name) has sizes \(values[0]) and \(values[1])")
    }
    let start = try dataStart(bytes, header: values[2], name: place + 46..<extra, text: name)
    guard values[0] <= directory.lowerBound, start <= directory.lowerBound - values[0] else {
      throw bytes.malformed(
        "the zip entry \(name) of \(values[0]) bytes from byte \(start) runs into the directory")
    }
    let checksum = UInt32(truncatingIfNeeded: try bytes.number(UInt32.self, place + 16))
    return (
      name, Entry(range: start..<start + values[0], checksum: checksum), values[2], next
    )
  }

  /// Checks an entry's own header and returns the offset of its bytes.
  private static func dataStart(
    _ bytes: FileBytes, header: Int, name: Range<Int>, text: String
  ) throws -> Int {
    guard header <= bytes.count - 30, try bytes.number(UInt32.self, header) == 0x0403_4b50,
      try bytes.number(UInt16.self, header + 8) == 0,
      try bytes.number(UInt16.self, header + 26) == name.count
    else {
      throw bytes.malformed("the zip entry \(text) has no header of its own at byte \(header)")
    }
    let extra = try bytes.number(UInt16.self, header + 28)
    let own = header + 30..<header + 30 + name.count
    guard try bytes.slice(own).elementsEqual(try bytes.slice(name)) else {
      throw bytes.malformed("the zip entry \(text) has another name in its own header")
    }
    return own.upperBound + extra
  }

  /// The 64-bit numbers in an entry's extra field.
  private static func extended(_ bytes: FileBytes, _ range: Range<Int>) throws -> ArraySlice<Int> {
    var place = range.lowerBound
    while place + 4 <= range.upperBound {
      let kind = try bytes.number(UInt16.self, place)
      let end = place + 4 + (try bytes.number(UInt16.self, place + 2))
      guard end <= range.upperBound else { break }
      if kind == 1 {
        let starts = stride(from: place + 4, through: end - 8, by: 8)
        return try starts.map { try bytes.number(UInt64.self, $0) }[...]
      }
      place = end
    }
    return []
  }

  /// An entry's name. It must be a relative path without `..`.
  private static func plainName(_ bytes: FileBytes, _ range: Range<Int>) throws -> String {
    let name = try bytes.text(range)
    let isPlain =
      name.split(separator: "/", omittingEmptySubsequences: false)
      .allSatisfy { !["", ".", ".."].contains($0) }
      && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "\\" && $0.value != 0x7F }
    guard isPlain else {
      throw bytes.malformed("a zip entry has the name \(name), not a plain path")
    }
    return name
  }
}
