// Reads the lines of a label file as bytes. Latin-1, a byte order mark and both line endings are
// accepted, and only the needed parts are decoded. Encodings with two or four bytes per character
// are detected and rejected. Read as bytes they would contain no labels and give no explanation.
import Files
import Foundation

/// A label file, read whole.
struct LabelFile {
  let path: String
  /// The name of an encoding with two or four bytes per character; nil for a supported one.
  let encoding: String?
  /// The file's bytes, converted to UTF-8 if the encoding is unsupported.
  private let bytes: [UInt8]

  /// More bytes than any label file has; genuine ones have at most 2 MB (our choice).
  private static let greatestSize = 64 << 20

  /// Reads the file at `path`.
  init(path: String) throws {
    self.path = path
    var content = ArraySlice(try Data(readingFile: path, limit: Self.greatestSize))
    if let wide = WideEncoding(of: content) {
      encoding = wide.name
      bytes = wide.utf8(content)
    } else {
      if content.starts(with: [0xEF, 0xBB, 0xBF]) { content = content.dropFirst(3) }
      encoding = nil
      bytes = Array(content)
    }
  }

  /// Whether the file has no bytes.
  var isEmpty: Bool { bytes.isEmpty }

  /// Throws if the file's encoding is unsupported.
  func requireReadableEncoding() throws {
    if let encoding { throw CorpusError.labelEncoding(file: path, encoding: encoding) }
  }

  /// Whether a line begins with `prefix` and satisfies `isLabel`.
  func hasLine(
    beginning prefix: StaticString, where isLabel: (ArraySlice<UInt8>) -> Bool = { _ in true }
  ) -> Bool {
    var found = false
    forEachLine(beginning: prefix) { _, line in found = found || isLabel(line) }
    return found
  }

  /// Calls `body` with the number (from 1) and the bytes of each line that begins with `prefix`,
  /// without the line end (LF, CRLF, or CR in a file without LF).
  func forEachLine(
    beginning prefix: StaticString,
    _ body: (_ number: Int, _ line: ArraySlice<UInt8>) throws -> Void
  ) rethrows {
    let lineFeed = UInt8(ascii: "\n")
    let carriageReturn = UInt8(ascii: "\r")
    let end = bytes.contains(lineFeed) ? lineFeed : carriageReturn
    let start = Array(UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount))
    var rest = bytes[...]
    var number = 1
    while !rest.isEmpty {
      let stop = rest.firstIndex(of: end) ?? rest.endIndex
      var line = rest[rest.startIndex..<stop]
      if line.last == carriageReturn { line.removeLast() }
      if line.starts(with: start) { try body(number, line) }
      rest = rest[stop...].dropFirst()
      number += 1
    }
  }
}

/// UTF-16 or UTF-32, detected by a byte order mark or by the positions of zero bytes in ASCII text.
private struct WideEncoding {
  /// The name that `iconv` uses.
  let name: String
  /// Bytes per code unit.
  private let width: Int
  private let isBigEndian: Bool

  init?(of bytes: ArraySlice<UInt8>) {
    let head = Array(bytes.prefix(2_000))
    /// The share of zeros among every fourth byte from `place` on.
    func zeros(_ place: Int) -> Double {
      let fourths = stride(from: place, to: head.count / 4 * 4, by: 4)
      let count = fourths.reduce(0) { $0 + (head[$1] == 0 ? 1 : 0) }
      return Double(count) / Double(max(1, head.count / 4))
    }
    let shares = (0..<4).map(zeros)
    let isZero = shares.map { $0 > 0.8 }
    func isMarked(_ mark: [UInt8]) -> Bool { head.starts(with: mark) }
    if isMarked([0xFF, 0xFE, 0, 0]) || isZero == [false, true, true, true] {
      self.init(name: "UTF-32LE", width: 4, isBigEndian: false)
    } else if isMarked([0, 0, 0xFE, 0xFF]) || isZero == [true, true, true, false] {
      self.init(name: "UTF-32BE", width: 4, isBigEndian: true)
    } else if isMarked([0xFF, 0xFE]) || isZero == [false, true, false, true] {
      self.init(name: "UTF-16LE", width: 2, isBigEndian: false)
    } else if isMarked([0xFE, 0xFF]) || isZero == [true, false, true, false] {
      self.init(name: "UTF-16BE", width: 2, isBigEndian: true)
    } else {
      return nil
    }
  }

  private init(name: String, width: Int, isBigEndian: Bool) {
    (self.name, self.width, self.isBigEndian) = (name, width, isBigEndian)
  }

  /// Returns text in this encoding as UTF-8 without its mark. Damaged parts are replaced.
  func utf8(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let bytes = Array(bytes)
    let units = stride(from: 0, to: bytes.count / width * width, by: width).map { place in
      let unit = bytes[place..<place + width]
      return (isBigEndian ? Array(unit) : unit.reversed())
        .reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    let text =
      width == 2
      ? String(decoding: units.map { UInt16(truncatingIfNeeded: $0) }, as: UTF16.self)
      : String(decoding: units, as: UTF32.self)
    return Array((text.first == "\u{FEFF}" ? String(text.dropFirst()) : text).utf8)
  }
}

/// Returns bytes as text without blanks at the ends. Invalid UTF-8 is replaced.
func trimmedText(_ bytes: ArraySlice<UInt8>) -> String {
  func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
  var text = bytes.drop(while: isBlank)
  while let last = text.last, isBlank(last) { text.removeLast() }
  return String(decoding: text, as: UTF8.self)
}
