// Reading and writing CSV, by hand.
import Files
import Foundation
import TestSupport
import Testing

@Suite struct `A CSV table` {
  @Test func `reads back what it wrote, separators and quotes and line ends included`() throws {
    let table = CSVTable(
      header: ["id", "text"],
      rows: [
        ["a", "plain"], ["b", "one, two"], ["c", "say \"x\""], ["d", "two\r\nlines"], ["", "é"],
      ])
    let read = try CSVTable(parsing: table.text, file: "t.csv")
    #expect(read.header == table.header)
    #expect(read.rows.map(\.fields) == table.rows.map(\.fields))
  }

  @Test func `is written with LF and with quotes only where they are needed`() {
    let table = CSVTable(header: ["a", "b"], rows: [["1", "x,y"], ["2", "\""]])
    #expect(table.text == "a,b\n1,\"x,y\"\n2,\"\"\"\"\n")
  }

  @Test func `takes CRLF, a byte order mark, empty lines and a missing last line end`() throws {
    let read = try CSVTable(parsing: "\u{FEFF}a,b\r\n\r\n1,2\r\n\n3,", file: "t.csv")
    #expect(read.header == ["a", "b"])
    #expect(read.rows.map(\.fields) == [["1", "2"], ["3", ""]])
    #expect(read.rows.map(\.line) == [3, 5])
  }

  @Test func `counts lines within quoted fields`() throws {
    let read = try CSVTable(parsing: "a\n\"1\n2\"\n3\n", file: "t.csv")
    #expect(read.rows.map(\.line) == [2, 4])
  }

  @Test func `names file and line of a row of the wrong length`() {
    #expect(throws: CSVError.fieldCount(file: "t.csv", line: 3, expected: 2, found: 3)) {
      try CSVTable(parsing: "a,b\n1,2\n1,2,3\n", file: "t.csv")
    }
  }

  @Test func `names the line where an unclosed quote begins`() {
    #expect(throws: CSVError.openQuote(file: "t.csv", line: 2)) {
      try CSVTable(parsing: "a,b\n1,\"2\n3,4\n", file: "t.csv")
    }
  }

  @Test func `refuses an empty file and bytes that are not UTF-8`() throws {
    #expect(throws: CSVError.empty(file: "t.csv")) { try CSVTable(parsing: "\n\n", file: "t.csv") }
    try withTemporaryFolder { folder in
      let path = folder + "/latin1.csv"
      try Data([0x61, 0x0A, 0xE9, 0x0A]).writeAtomically(to: path)
      #expect(throws: CSVError.notUTF8(file: path)) { try CSVTable(readingFile: path) }
    }
  }
}
