import Files
import Foundation
import TestSupport
import Testing

/// Kind: by hand. The list's form, and a folder checked against it.
@Suite struct `A list of checksums` {
  /// Digests of `printf one | sha256sum`, of an empty file, and of `printf three | sha256sum`.
  static let one = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
  static let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  static let three = "8b5b9db0c13db24256c829aa364aa90c6d2eba318b9232a4ab9313b954d3555f"
  static let files = ["b/one": "one", "a empty": "", "b-three": "three"]

  func write(_ text: String, _ path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  /// Calls `body` with a folder of three files and their list.
  func withFolder(_ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      var list = ChecksumList()
      try makeFolder(folder + "/b")
      for (path, text) in Self.files {
        try write(text, folder + "/" + path)
        list.add(Data(text.utf8), at: path)
      }
      try list.write(to: folder)
      try body(folder)
    }
  }

  @Test func `is sorted by the bytes of paths, under the digest of its lines`() throws {
    try withFolder { folder in
      let lines = "\(Self.empty)  a empty\n\(Self.three)  b-three\n\(Self.one)  b/one\n"
      let text = try String(contentsOfFile: folder + "/SHA256SUMS", encoding: .utf8)
      #expect(text == "# sha256 of the lines below: \(sha256(lines))\n" + lines)
      let read = try ChecksumList(of: folder)
      #expect(read.text == text)
      #expect(read.digests == ["a empty": Self.empty, "b-three": Self.three, "b/one": Self.one])
      #expect(try sha256(ofFile: folder + "/a empty") == Self.empty)
      #expect(try sha256(ofFile: folder + "/b/one") == Self.one)
      #expect(ChecksumList.problems(in: folder) == [])
    }
  }

  @Test func `may be empty`() throws {
    try withTemporaryFolder { folder in
      try ChecksumList().write(to: folder)
      #expect(try ChecksumList(of: folder) == ChecksumList())
      #expect(ChecksumList.problems(in: folder) == [])
    }
  }

  @Test func `names what is changed, missing or added`() throws {
    try withFolder { folder in
      try write("onE", folder + "/b/one")
      #expect(ChecksumList.problems(in: folder) == [.changed(path: "b/one")])
      try write("x", folder + "/a empty")
      try removeFile(folder + "/b-three")
      try write("new", folder + "/b/.new")
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/link", withDestinationPath: "nowhere")
      let problems = ChecksumList.problems(in: folder)
      #expect(
        problems == [
          .changed(path: "a empty"), .missing(path: "b-three"), .unlisted(path: "b/.new"),
          .changed(path: "b/one"), .unlisted(path: "link"),
        ])
      #expect(
        problems.map(\.description) == [
          "a empty: is not as it was written", "b-three: is missing",
          "b/.new: is not in SHA256SUMS", "b/one: is not as it was written",
          "link: is not in SHA256SUMS",
        ])
      // A folder in place of a file cannot be read, so it counts as changed.
      try removeFile(folder + "/b/one")
      try makeFolder(folder + "/b/one")
      #expect(ChecksumList.problems(in: folder).contains(.changed(path: "b/one")))
    }
  }

  @Test func `is damaged by a change of any byte, an end cut off, a line gone or twice`() throws {
    try withFolder { folder in
      let path = folder + "/SHA256SUMS"
      let good = try Data(readingFile: path)
      func expectDamage(_ data: Data, _ what: String) throws {
        try data.write(to: URL(fileURLWithPath: path))
        #expect(ChecksumList.problems(in: folder) == [.damagedList], "\(what)")
        #expect(throws: FileError.self) { try ChecksumList(of: folder) }
      }
      for index in good.indices {
        var data = good
        data[index] ^= 1
        try expectDamage(data, "byte \(index)")
      }
      for count in 0..<good.count { try expectDamage(good.prefix(count), "\(count) bytes") }
      try expectDamage(good + Data("\n".utf8), "an empty line")
      let lines = String(decoding: good, as: UTF8.self).split(separator: "\n")[...]
      for lines in [lines.dropFirst(), lines.dropLast(), lines + lines.suffix(1)] {
        try expectDamage(Data(lines.map { $0 + "\n" }.joined().utf8), "\(lines.count) lines")
      }
      try good.write(to: URL(fileURLWithPath: path))
      #expect(ChecksumList.problems(in: folder) == [])
      try removeFile(path)
      #expect(ChecksumList.problems(in: folder) == [.unguarded])
    }
  }

  @Test func `takes what another says of the same file, and leaves out files that are gone`() throws
  {
    try withFolder { folder in
      var list = try ChecksumList(of: folder)
      var other = ChecksumList()
      other.add(Data("three".utf8), at: "b/one")
      list.add(other)
      #expect(list.digests["b/one"] == Self.three && list.digests.count == 3)
      #expect(list.damage(in: folder) == [.changed(path: "b/one")])
      try removeFile(folder + "/b-three")
      #expect(list.present(in: folder).digests.keys.sorted() == ["a empty", "b/one"])
    }
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/sha256sum")))
  func `is understood by sha256sum, its first line being a comment`() throws {
    func status(in folder: String) throws -> Int32 {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
      process.arguments = ["--check", "--strict", "--quiet", "SHA256SUMS"]
      process.currentDirectoryURL = URL(fileURLWithPath: folder)
      process.standardError = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      return process.terminationStatus
    }
    try withFolder { folder in
      #expect(try status(in: folder) == 0)
      try write("onE", folder + "/b/one")
      #expect(try status(in: folder) == 1)
    }
  }

  @Test(arguments: ["", "a\nb", "a\rb", "a\\b"])
  func `holds no path that sha256sum would write otherwise`(path: String) async {
    await #expect(processExitsWith: .failure) { [path] in
      var list = ChecksumList()
      list.add(Data(), at: path)
    }
  }
}
