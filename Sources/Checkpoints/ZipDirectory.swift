// The directory of a zip file, believed only where the file itself bears it out. Entries must be stored
// as they are: a compressed one has no place in a file that is mapped.
import Files

/// Where the entries of a zip file lie.
struct ZipDirectory {
  /// The bytes of each entry, by its name.
  let entries: [String: Range<Int>]

  /// - Throws: `CheckpointError.malformed`, or `.refused` for compressed or encrypted entries and names
  ///   that lead out of the archive.
  init(_ file: MappedFile) throws {
    let reader = ZipReader(file: file)
    let (count, range) = try reader.directory()
    var (entries, places): ([String: Range<Int>], [Range<Int>]) = ([:], [])
    var position = range.lowerBound
    for _ in 0..<count {
      let entry = try reader.entry(at: &position, before: range.upperBound)
      guard entries.updateValue(entry.bytes, forKey: entry.name) == nil else {
        throw reader.malformed("two entries are named \(entry.name)")
      }
      places.append(entry.whole)
    }
    guard position == range.upperBound else {
      throw reader.malformed(
        "the zip's directory has \(range.upperBound - position) bytes too many")
    }
    places.sort { $0.lowerBound < $1.lowerBound }
    for (place, next) in zip(places, places.dropFirst()) where place.upperBound > next.lowerBound {
      throw reader.malformed("entries of the zip overlap at byte \(next.lowerBound)")
    }
    if let last = places.last, last.upperBound > range.lowerBound {
      throw reader.malformed("an entry of the zip reaches into its directory")
    }
    self.entries = entries
  }
}

/// Numbers and names at checked places of a zip file.
private struct ZipReader {
  let file: MappedFile

  func malformed(_ problem: String) -> CheckpointError {
    .malformed(path: file.path, problem: problem)
  }

  /// Returns the little-endian number of `size` bytes at `offset`.
  func number(_ offset: Int, _ size: Int) throws -> Int {
    guard offset >= 0, offset <= file.bytes.count - size else {
      throw malformed("the zip ends within a record at byte \(offset)")
    }
    var value: UInt64 = 0
    for index in (0..<size).reversed() { value = value << 8 | UInt64(file.bytes[offset + index]) }
    guard let number = Int(exactly: value) else {
      throw malformed("a size of \(value) bytes at byte \(offset)")
    }
    return number
  }

  /// Returns the number of entries, and where their records lie.
  func directory() throws -> (count: Int, range: Range<Int>) {
    let size = file.bytes.count
    let lowest = max(0, size - 22 - 65_535)
    guard size >= 22,
      let end = try stride(from: size - 22, through: lowest, by: -1).first(where: {
        try number($0, 4) == 0x0605_4b50 && number($0 + 20, 2) == size - $0 - 22
      })
    else { throw malformed("expected a zip, found no end of its directory") }
    var (count, length, start) = (
      try number(end + 10, 2), try number(end + 12, 4), try number(end + 16, 4)
    )
    var limit = end
    if end >= 20, try number(end - 20, 4) == 0x0706_4b50 {
      let large = try number(end - 12, 8)
      guard large <= end - 20 - 56, try number(large, 4) == 0x0606_4b50 else {
        throw malformed("the zip's 64-bit directory is not where it should be")
      }
      (count, length, start) = (
        try number(large + 32, 8), try number(large + 40, 8), try number(large + 48, 8)
      )
      limit = large
    }
    guard start <= limit, length <= limit - start else {
      throw malformed("the zip's directory, \(length) bytes at \(start), is not within the file")
    }
    // A record has 46 bytes at least.
    guard count <= length / 46 else {
      throw malformed("\(count) entries in a directory of \(length) bytes")
    }
    return (count, start..<start + length)
  }

  /// Reads the directory's record at `position`, and holds the entry's own header to it.
  func entry(
    at position: inout Int, before end: Int
  ) throws -> (name: String, bytes: Range<Int>, whole: Range<Int>) {
    let record = position
    guard try number(record, 4) == 0x0201_4b50 else {
      throw malformed("no record of the zip's directory at byte \(record)")
    }
    let lengths = try [28, 30, 32].map { try number(record + $0, 2) }
    position = record + 46 + lengths.reduce(0, +)
    guard position <= end else { throw malformed("the zip's directory ends within a record") }
    let name = try name(record + 46, lengths[0])
    guard try number(record + 8, 2) & 1 == 0, try number(record + 10, 2) == 0 else {
      throw CheckpointError.refused(
        path: file.path, what: "the entry \(name), compressed or encrypted,")
    }
    var sizes = try [24, 20, 42].map { try number(record + $0, 4) }
    try widen(&sizes, from: record + 46 + lengths[0], lengths[1])
    guard sizes[0] == sizes[1] else {
      throw malformed("entry \(name): \(sizes[1]) bytes stored of \(sizes[0])")
    }
    let header = sizes[2]
    guard try number(header, 4) == 0x0403_4b50 else {
      throw malformed("entry \(name): no header at byte \(header)")
    }
    let (nameLength, extra) = (try number(header + 26, 2), try number(header + 28, 2))
    guard try self.name(header + 30, nameLength) == name else {
      throw malformed("entry \(name): its own header names another")
    }
    let start = header + 30 + nameLength + extra
    guard start <= file.bytes.count, sizes[0] <= file.bytes.count - start else {
      throw malformed("entry \(name): \(sizes[0]) bytes at \(start) are not within the file")
    }
    let own = try number(header + 22, 4)
    let isSizedLater = try number(header + 6, 2) & 8 != 0
    // PyTorch leaves sizes to a record behind the data where they were not known before.
    guard own == sizes[0] || own == 0xffff_ffff || own == 0 && isSizedLater else {
      throw malformed("entry \(name): \(own) bytes in its own header, \(sizes[0]) in the directory")
    }
    return (name, start..<start + sizes[0], header..<start + sizes[0])
  }

  /// Puts the 64-bit sizes of an extra field in place of those that say "see there".
  private func widen(_ sizes: inout [Int], from start: Int, _ length: Int) throws {
    var field = start
    while field + 4 <= start + length {
      let (kind, size) = (try number(field, 2), try number(field + 2, 2))
      if kind == 1 {
        var place = field + 4
        for index in sizes.indices where sizes[index] == 0xffff_ffff {
          guard place + 8 <= min(field + 4 + size, start + length) else {
            throw malformed("a 64-bit size is missing at byte \(field)")
          }
          sizes[index] = try number(place, 8)
          place += 8
        }
      }
      field += 4 + size
    }
  }

  private func name(_ offset: Int, _ length: Int) throws -> String {
    guard offset <= file.bytes.count, length <= file.bytes.count - offset,
      let name = String(validating: file.bytes[offset..<offset + length], as: UTF8.self)
    else { throw malformed("a name of \(length) bytes at byte \(offset)") }
    guard !name.isEmpty, !name.hasPrefix("/"), !name.contains("\\"),
      !name.split(separator: "/").contains("..")
    else {
      throw CheckpointError.refused(
        path: file.path, what: "an entry whose name leads out of the archive")
    }
    return name
  }
}
