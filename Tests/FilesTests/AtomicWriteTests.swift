// Atomic writes, and digests of files.
import Files
import Foundation
import TestSupport
import Testing

@Suite struct `An atomic write` {
  @Test func `replaces the old file and leaves nothing beside it`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/value"
      try Data("old".utf8).writeAtomically(to: path)
      try Data("new".utf8).writeAtomically(to: path)
      #expect(try Data(readingFile: path) == Data("new".utf8))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["value"])
    }
  }

  @Test func `says why it cannot write, naming the path`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/absent/value"
      let error = #expect(throws: FileError.self) { try Data("x".utf8).writeAtomically(to: path) }
      #expect(
        error == .cannotWrite(path: path, reason: "No such file or directory"))
    }
  }
}

@Suite struct `A file written piece by piece` {
  private func add(_ text: String, to file: inout AtomicFile) throws {
    try Data(text.utf8).withUnsafeBytes { try file.write($0) }
  }

  @Test func `has its name and its bytes when it is finished, and not before`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/value"
      try Data("old".utf8).writeAtomically(to: path)
      var file = try AtomicFile(path)
      try add("....", to: &file)
      try add("5678", to: &file)
      try Data("1234".utf8).withUnsafeBytes { try file.overwrite($0, at: 0) }
      try add("9", to: &file)
      #expect(file.size == 9)
      #expect(try Data(readingFile: path) == Data("old".utf8))
      try file.finish()
      #expect(try Data(readingFile: path) == Data("123456789".utf8))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["value"])
    }
  }

  @Test func `leaves nothing behind, and the old file, if it is not finished`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/value"
      try Data("old".utf8).writeAtomically(to: path)
      func begin() throws -> [String] {
        var file = try AtomicFile(path)
        try add("new", to: &file)
        return try FileManager.default.contentsOfDirectory(atPath: folder)
      }
      #expect(try begin().count == 2)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["value"])
      #expect(try Data(readingFile: path) == Data("old".utf8))
    }
  }

  @Test func `takes nobody else's place`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/fifo"
      #expect(mkfifo(path, 0o600) == 0)
      let error = #expect(throws: FileError.self) { _ = try AtomicFile(path) }
      #expect(
        error == .cannotWrite(path: path, reason: "it is a FIFO, expected a regular file"))
    }
  }
}

@Suite struct `A digest` {
  @Test func `is SHA-256, as FIPS 180-2 works it for "abc"`() {
    #expect(
      sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test func `is taken of JSON with sorted snake-case keys`() throws {
    struct Value: Codable, Equatable {
      var zebraCount = 1
      var apple = "a/b"
    }
    let data = try canonicalJSON(Value())
    #expect(String(decoding: data, as: UTF8.self) == #"{"apple":"a/b","zebra_count":1}"#)
    #expect(try decodeJSON(Value.self, from: data) == Value())
  }
}
