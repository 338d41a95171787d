import Files
import Foundation
import TestSupport
import Testing

/// Kind: by hand. A stored path stays in its folder, judged by its text and by links on disk.
@Suite struct `A path that stands in a file` {
  @Test(arguments: [
    "a", "a/b", "a..b/c", "...", "a/.hidden", "..a", "naïve name", "a~b",
  ]) func `may be any plain path`(text: String) throws {
    let path = try RelativePath(text)
    #expect(path.components == text.split(separator: "/").map(String.init))
    #expect(path.isName == !text.contains("/"))
    try withTemporaryFolder { folder in
      let full = try path.path(below: folder)
      #expect(full == folder + "/" + text)
    }
  }

  @Test(arguments: [
    ("", RelativePath.Problem.empty), ("/", .leads(out: "/")),
    ("/etc/passwd", .leads(out: "/etc/passwd")),
    ("..", .leads(out: "..")), ("../x", .leads(out: "../x")),
    ("a/../../x", .leads(out: "a/../../x")),
    ("a/..", .leads(out: "a/..")), (".", .malformed(".")), ("./a", .malformed("./a")),
    ("a/./b", .malformed("a/./b")), ("a//b", .malformed("a//b")), ("a/", .malformed("a/")),
    ("a\0b", .malformed("a\0b")), ("\0", .malformed("\0")),
  ]) func `is refused where it leads out or is malformed`(
    text: String, problem: RelativePath.Problem
  ) {
    #expect(throws: problem) { try RelativePath(text) }
    #expect(throws: problem) { try path(text, below: "/tmp") }
    #expect(!"\(problem)".contains("\0"))
  }

  @Test func `is refused where a link lies on its way, and not for a link above`() throws {
    try withTemporaryFolder { outer in
      let folder = outer + "/run", elsewhere = outer + "/elsewhere"
      try makeFolder(folder + "/real/deep")
      try makeFolder(elsewhere)
      for (link, target) in [
        ("run/out", elsewhere), ("run/real/inside", "deep"), ("run/nowhere", "missing"),
        ("alias", folder),
      ] { #expect(symlink(target, outer + "/" + link) == 0) }
      for text in ["out", "out/x", "nowhere", "nowhere/x"] {
        let link = RelativePath.Problem.link(
          text.split(separator: "/").first.map(String.init) ?? "")
        #expect(throws: link) { try path(text, below: folder) }
      }
      #expect(throws: RelativePath.Problem.link("real/inside")) {
        try path("real/inside/x", below: folder)
      }
      #expect(try path("real/deep/x", below: outer + "/alias") == outer + "/alias/real/deep/x")
    }
  }

  @Test func `is refused in a list of checksums, whatever its seal says`() throws {
    try withTemporaryFolder { outer in
      let folder = outer + "/report"
      try makeFolder(folder)
      try Data("key".utf8).write(to: URL(fileURLWithPath: outer + "/key"))
      let lines = "\(sha256("key"))  ../key\n"
      let text = "# sha256 of the lines below: \(sha256(lines))\n" + lines
      try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/SHA256SUMS"))
      let problem = "names \"../key\", which leads out of its folder"
      #expect(
        throws: FileError.damaged(
          path: folder + "/SHA256SUMS", problem: problem, remedy: "create the folder's files again")
      ) { try ChecksumList(of: folder) }
      #expect(ChecksumList.problems(in: folder) == [.badPath(problem: problem)])
    }
  }

  @Test func `is not followed through a link by a list of checksums`() throws {
    try withTemporaryFolder { outer in
      let folder = outer + "/report"
      try makeFolder(folder + "/tables")
      var list = ChecksumList()
      list.add(Data("one".utf8), at: "tables/a")
      list.add(Data("two".utf8), at: "b")
      for (path, text) in [("/tables/a", "one"), ("/b", "two")] {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + path))
      }
      try list.write(to: folder)
      #expect(ChecksumList.problems(in: folder) == [])
      #expect(rename(folder + "/tables", outer + "/tables") == 0)
      #expect(symlink(outer + "/tables", folder + "/tables") == 0)
      #expect(rename(folder + "/b", outer + "/b") == 0)
      #expect(symlink("../b", folder + "/b") == 0)
      #expect(
        ChecksumList.problems(in: folder) == [
          .link(path: "b"), .unlisted(path: "tables"), .link(path: "tables/a"),
        ])
    }
  }
}

/// Kind: by hand. The entries of a folder, without following links.
@Suite struct `What lies in a folder` {
  @Test func `is listed in order, with links, and without what is behind them`() throws {
    try withTemporaryFolder { folder in
      try makeFolder(folder + "/b/c")
      try Data("12".utf8).write(to: URL(fileURLWithPath: folder + "/b/file"))
      #expect(symlink("b", folder + "/a") == 0)
      #expect(mkfifo(folder + "/fifo", 0o600) == 0)
      let found = try entries(below: folder)
      #expect(found.map(\.path) == ["a", "b", "b/c", "b/file", "fifo"])
      #expect(found.map(\.kind) == [.link, .folder, .folder, .file, .other])
      #expect(found[3].size == 2)
      #expect(try entries(below: folder) { $0 != "b" }.map(\.path) == ["a", "b", "fifo"])
      #expect(try fileNames(in: folder) == ["a", "b", "fifo"])
    }
  }

  @Test func `may have names that are no text, which are said to be so`() throws {
    try withTemporaryFolder { folder in
      let name = Array((folder + "/x").utf8) + [0xE4, 0]
      name.withUnsafeBytes { bytes in
        let path = bytes.assumingMemoryBound(to: CChar.self).baseAddress
        #expect(path.map { mkdir($0, 0o755) } == 0)
      }
      let found = try entries(below: folder)
      #expect(found.map(\.isText) == [false] && found.map(\.path) == ["x\u{FFFD}"])
    }
  }

  @Test func `is nothing where there is no folder, and an error where a file is`() throws {
    try withTemporaryFolder { folder in
      #expect(try fileNames(in: folder + "/none") == [])
      try Data().write(to: URL(fileURLWithPath: folder + "/file"))
      #expect(
        throws: FileError.cannotRead(path: folder + "/file", reason: "Not a directory")
      ) { try fileNames(in: folder + "/file") }
    }
  }
}

/// Kind: by hand. The folder that a path lies in, judged by its text.
@Suite struct `The folder above a path` {
  @Test(arguments: [
    ("", ""), ("a", ""), ("ab", ""), ("é", ""), ("a/", ""), ("a//", ""), ("a/b", "a"),
    ("a/b/", "a"), ("a//b", "a"), ("ab/c", "ab"), ("a/b/c", "a/b"), ("./a", "."), ("../a", ".."),
    ("/", "/"), ("//", "/"), ("/a", "/"), ("/a/", "/"), ("//a", "/"), ("/a/b", "/a"),
  ]) func `is the part before the last component`(path: String, folder: String) {
    #expect(parentFolder(of: path) == folder)
  }
}
