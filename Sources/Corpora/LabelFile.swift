// The lines of a label file, as bytes: Latin-1, a byte order mark and either line ending do no
// harm, and nothing is decoded that is not needed.
import Files
import Foundation

/// A label file, read whole.
struct LabelFile {
  let path: String
  private let bytes: [UInt8]

  /// Reads the file at `path`.
  init(path: String) throws {
    self.path = path
    var content = ArraySlice(try Data(readingFile: path))
    if content.starts(with: [0xEF, 0xBB, 0xBF]) { content = content.dropFirst(3) }
    bytes = Array(content)
  }

  /// Calls `body` with the number (from 1) and the bytes of each line that begins with `prefix`,
  /// the ends of line (LF, CRLF; CR alone in a file without LF) taken off.
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

/// Returns bytes as text, what is not UTF-8 replaced, without blanks at the ends.
func trimmedText(_ bytes: ArraySlice<UInt8>) -> String {
  func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
  var text = bytes.drop(while: isBlank)
  while let last = text.last, isBlank(last) { text.removeLast() }
  return String(decoding: text, as: UTF8.self)
}
