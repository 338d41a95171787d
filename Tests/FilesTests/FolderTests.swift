import Files
import Foundation
import Synchronization
import TestSupport
import Testing

/// Kind: by hand. Folders made and cleaned up, and damaged JSON files.
@Suite struct `A folder` {
  func file(_ path: String) throws { try Data("x".utf8).write(to: URL(fileURLWithPath: path)) }

  @Test func `is made by several at once, whoever makes which of those above it`() throws {
    try withTemporaryFolder { folder in
      let failures = Mutex<[String]>([])
      for round in 0..<200 {
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
          do { try makeFolder("\(folder)/\(round)/a/b/c/d") } catch {
            failures.withLock { $0.append("\(error)") }
          }
        }
      }
      #expect(failures.withLock { $0 } == [])
    }
  }

  @Test func `is made with those above it, and may be there`() throws {
    try withTemporaryFolder { folder in
      for _ in 1...2 { try makeFolder(folder + "/a/b/c") }
      try file(folder + "/a/b/c/file")
      #expect(throws: Never.self) { try makeFolder(folder + "/a/b/c/") }
    }
  }

  @Test func `is not made where a file stands`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/file"
      try file(path)
      #expect(
        throws: FileError.cannotWrite(
          path: path, reason: "a file is in the way, expected a folder")
      ) { try makeFolder(path) }
      #expect(
        throws: FileError.cannotWrite(path: path + "/a/b", reason: "Not a directory")
      ) { try makeFolder(path + "/a/b") }
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "x")
    }
  }

  @Test func `loses what dead processes left, and nothing else`() throws {
    try withTemporaryFolder { folder in
      // No process has this number, which exceeds Linux's limit.
      let dead = "a.json.\(machineMark)-2147483646-77.partial"
      let alive = "a.json.\(machineMark)-\(getpid())-77.partial"
      let elsewhere = "a.json.00000000-2147483646-77.partial"
      let others = ["a.json", "mine.partial", ".partial", alive, elsewhere]
      for name in others + [dead] { try file(folder + "/" + name) }
      try removeLeftovers(in: folder)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left.sorted() == others.sorted())
      #expect(throws: Never.self) { try removeLeftovers(in: folder + "/nowhere") }
    }
  }

  @Test func `is removed from without complaint when the file is gone`() throws {
    try withTemporaryFolder { folder in
      try file(folder + "/a")
      for _ in 1...2 { try removeFile(folder + "/a") }
      #expect(throws: FileError.self) { try removeFile(folder) }
    }
  }
}

/// Kind: by hand. Errors of a JSON file, in words for people.
@Suite struct `A JSON file` {
  struct Point: Codable, Equatable { let firstPlace: Int }

  @Test(arguments: [
    ("{", "is not JSON, or has a number that does not fit"),
    (#"{"first_place": 1.5}"#, "is not JSON, or has a number that does not fit"),
    ("{}", "expected the key firstPlace, found none"),
    (#"{"first_place": "a"}"#, "at firstPlace: expected a value of type Int, found another"),
    (#"{"first_place": null}"#, "at firstPlace: expected a value of type Int, found none"),
  ]) func `may be damaged`(_ text: String, _ problem: String) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.json"
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      #expect(throws: FileError.damaged(path: path, problem: problem, remedy: "copy it")) {
        try readJSON(Point.self, from: path, remedy: "copy it")
      }
    }
  }

  @Test func `reads back what was written`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.json"
      try canonicalJSON(Point(firstPlace: 3)).writeAtomically(to: path)
      #expect(try readJSON(Point.self, from: path, remedy: "") == Point(firstPlace: 3))
    }
  }
}
