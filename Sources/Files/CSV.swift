// Comma-separated values after RFC 4180: a header, then rows with the same number of fields. No
// types and no guessing of separators; the caller interprets the fields.
import Foundation

/// A table of texts with named columns.
package struct CSVTable: Equatable, Sendable {
  /// The names of the columns.
  package var header: [String]
  /// The rows after the header, each as long as the header.
  package var rows: [Row]

  /// One row and its line number.
  package struct Row: Equatable, Sendable {
    /// The line of the file at which the row begins; the header is line 1.
    package var line: Int
    /// The row's texts, without quotes.
    package var fields: [String]

    package init(line: Int, fields: [String]) { (self.line, self.fields) = (line, fields) }
  }

  /// Makes a table of `rows`, with the line numbers that they will have in a file.
  ///
  /// - Precondition: each row has one field per column.
  package init(header: [String], rows: [[String]]) {
    for row in rows {
      precondition(
        row.count == header.count,
        "a CSV row has \(row.count) fields, needs \(header.count)")
    }
    self.header = header
    self.rows = rows.enumerated().map { Row(line: $0.offset + 2, fields: $0.element) }
  }

  /// Reads the table in `text`.
  ///
  /// Lines end in LF or CRLF. A quoted field may contain commas, doubled quotes and line ends. A
  /// byte order mark and empty lines are ignored.
  ///
  /// - Parameters:
  ///   - text: the file's content.
  ///   - file: the file name for errors.
  ///   - separator: the ASCII character between fields.
  /// - Throws: `CSVError`.
  package init(
    parsing text: String, file: String, separator: UInt8 = UInt8(ascii: ",")
  ) throws {
    var scanner = Scanner(bytes: Array(text.utf8), file: file, separator: separator)
    guard let first = try scanner.nextRow() else { throw CSVError.empty(file: file) }
    header = first.fields
    rows = []
    while let row = try scanner.nextRow() {
      guard row.fields.count == header.count else {
        throw CSVError.fieldCount(
          file: file, line: row.line, expected: header.count, found: row.fields.count)
      }
      rows.append(row)
    }
  }

  /// Reads the table in the file at `path`.
  ///
  /// - Throws: `FileError` or `CSVError`.
  package init(readingFile path: String) throws {
    guard let text = String(data: try Data(readingFile: path), encoding: .utf8) else {
      throw CSVError.notUTF8(file: path)
    }
    try self.init(parsing: text, file: path)
  }

  /// The table as text, with LF line ends and quotes only where needed.
  package var text: String {
    var text = ""
    for fields in [header] + rows.map(\.fields) {
      text += fields.map(quoted).joined(separator: ",")
      text += "\n"
    }
    return text
  }
}

/// An error in a CSV file.
package enum CSVError: Error, Equatable, Sendable {
  case empty(file: String)
  case notUTF8(file: String)
  case fieldCount(file: String, line: Int, expected: Int, found: Int)
  case openQuote(file: String, line: Int)
}

extension CSVError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty(let file): "\(file): is empty; expected a CSV header"
    case .notUTF8(let file): "\(file): is not UTF-8 text"
    case .fieldCount(let file, let line, let expected, let found):
      "\(file):\(line): expected \(expected) fields, found \(found)"
    case .openQuote(let file, let line):
      "\(file):\(line): a quoted field begins here and is never closed"
    }
  }
}

/// A field as written to a file: quoted if it contains a separator, a quote or a line end.
private func quoted(_ field: String) -> String {
  let needsQuotes = field.utf8.contains { [0x2C, 0x22, 0x0A, 0x0D].contains($0) }
  return needsQuotes ? "\"" + field.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : field
}

/// Splits bytes into rows. It uses bytes, because "\r\n" is a single character in Swift.
private struct Scanner {
  let bytes: [UInt8]
  let file: String
  let separator: UInt8
  var place = 0
  var line = 1

  init(bytes: [UInt8], file: String, separator: UInt8) {
    (self.bytes, self.file, self.separator) = (bytes, file, separator)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
  }

  /// The next row that is not an empty line; nil at the end.
  mutating func nextRow() throws -> CSVTable.Row? {
    while place < bytes.count, endLine() {}
    guard place < bytes.count else { return nil }
    let start = line
    var fields: [String] = []
    while true {
      fields.append(try nextField())
      guard place < bytes.count else { break }
      if bytes[place] == separator {
        place += 1
        continue
      }
      if endLine() { break }
    }
    return CSVTable.Row(line: start, fields: fields)
  }

  /// Skips one line end, if there is one.
  private mutating func endLine() -> Bool {
    if bytes[place] == 0x0D, place + 1 < bytes.count, bytes[place + 1] == 0x0A { place += 1 }
    guard bytes[place] == 0x0A else { return false }
    place += 1
    line += 1
    return true
  }

  private var atLineEnd: Bool {
    bytes[place] == 0x0A
      || (bytes[place] == 0x0D && place + 1 < bytes.count && bytes[place + 1] == 0x0A)
  }

  private mutating func nextField() throws -> String {
    guard place < bytes.count, bytes[place] == 0x22 else {
      let start = place
      while place < bytes.count, bytes[place] != separator, !atLineEnd { place += 1 }
      return String(decoding: bytes[start..<place], as: UTF8.self)
    }
    var field: [UInt8] = []
    do {
      let start = line
      place += 1
      while true {
        guard place < bytes.count else { throw CSVError.openQuote(file: file, line: start) }
        let byte = bytes[place]
        place += 1
        if byte == 0x22 {
          guard place < bytes.count, bytes[place] == 0x22 else { break }
          place += 1
        }
        if byte == 0x0A { line += 1 }
        field.append(byte)
      }
    }
    while place < bytes.count, bytes[place] != separator, !atLineEnd {
      field.append(bytes[place])
      place += 1
    }
    return String(decoding: field, as: UTF8.self)
  }
}
