// By hand and property: a sealed file is intact as written, and broken after a change of any byte.
import Files
import Foundation
import TestSupport
import Testing

private struct Document: Codable, Equatable {
  var name = "é \"x\""
  var value = 0.1
}

@Suite struct `A seal` {
  @Test(arguments: [true, false]) func `is in the JSON object that it guards`(pretty: Bool) throws {
    let data = try canonicalJSON(Document(), pretty: pretty)
    let sealed = data.sealed
    #expect(sealed.sealState == .intact && data.sealState == .unsealed)
    #expect(try decodeJSON(Document.self, from: sealed) == Document())
    let object = try #require(
      JSONSerialization.jsonObject(with: sealed) as? [String: Any])
    #expect(object["checksum"] as? String == sha256(data))
    // The result of sealing by hand.
    let digest = sha256(data)
    let start = pretty ? "{\n  \"checksum\" : \"\(digest)\",\n" : "{\"checksum\":\"\(digest)\",\""
    #expect(String(decoding: sealed, as: UTF8.self).hasPrefix(start))
  }

  @Test(arguments: [true, false]) func `breaks with any bit`(pretty: Bool) throws {
    let sealed = try canonicalJSON(Document(), pretty: pretty).sealed
    for index in sealed.indices {
      for bit in 0..<8 {
        var damaged = sealed
        damaged[index] ^= 1 << bit
        // If the key itself is damaged, the object has no seal.
        #expect(damaged.sealState != .intact, "byte \(index), bit \(bit)")
      }
    }
    for length in 0..<sealed.count { #expect(sealed.prefix(length).sealState != .intact) }
  }

  @Test func `is looked at by readJSON`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/file.json"
      try writeSealedJSON(Document(), to: path)
      #expect(try readJSON(Document.self, from: path, remedy: "") == Document())
      let text = try String(contentsOfFile: path, encoding: .utf8)
      try Data(text.replacing("0.1", with: "0.2").utf8).writeAtomically(to: path)
      #expect(
        throws: FileError.damaged(
          path: path, problem: "has changed: its checksum differs", remedy: "copy it")
      ) { try readJSON(Document.self, from: path, remedy: "copy it") }
    }
  }

  @Test func `guards lines and bytes`() throws {
    let line = try canonicalJSON(Document()).sealedLine
    #expect(line.last == 0x0a)
    let text = Data(line.dropLast())
    #expect(text.lineSealState == .intact)
    #expect(try canonicalJSON(Document()).lineSealState == .unsealed)
    #expect(try decodeJSON(Document.self, from: text) == Document())
    let bytes = sealedBytes(Data("state".utf8))
    #expect(unsealedBytes(bytes) == Data("state".utf8))
    for index in text.indices {
      var damaged = text
      damaged[index] ^= 4
      #expect(damaged.lineSealState != .intact)
      #expect(text.prefix(index).lineSealState == .broken)
    }
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= 4
      #expect(unsealedBytes(damaged) == nil && unsealedBytes(bytes.prefix(index)) == nil)
    }
  }
}
