import Files
import Foundation
import TestSupport
import Testing

/// Kind: by hand. Only regular files are opened. A file that grows or shrinks, or is not regular,
/// is reported.
@Suite(.timeLimit(.minutes(30))) struct `A file that is opened` {
  func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  /// Makes a FIFO and a socket in `folder`, beside a folder and a device.
  func oddities(in folder: String) throws -> [(path: String, kind: String)] {
    #expect(mkfifo(folder + "/fifo", 0o644) == 0)
    let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = folder + "/socket"
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    #expect(bound == 0)
    #expect(symlink(folder + "/fifo", folder + "/link") == 0)
    return [
      (folder + "/fifo", "a FIFO"), (path, "a socket"), (folder, "a folder"),
      ("/dev/zero", "a device"), (folder + "/link", "a FIFO"),
    ]
  }

  @Test func `is a regular file, and nothing else is waited for`() throws {
    try withTemporaryFolder { folder in
      for (path, kind) in try oddities(in: folder) {
        let refusal = FileError.cannotRead(
          path: path, reason: "it is \(kind), expected a regular file")
        #expect(throws: refusal) { try Data(readingFile: path) }
        #expect(throws: refusal) { try MappedFile(path) }
        #expect(throws: refusal) { try sha256(ofFile: path) }
        #expect(throws: refusal) { try CSVTable(readingFile: path) }
        #expect(throws: refusal) { try readJSON([Int].self, from: path, remedy: "") }
      }
    }
  }

  @Test func `may be behind a symbolic link`() throws {
    try withTemporaryFolder { folder in
      try write("text", to: folder + "/file")
      #expect(symlink("file", folder + "/link") == 0)
      #expect(try Data(readingFile: folder + "/link") == Data("text".utf8))
      #expect(try sha256(ofFile: folder + "/link") == sha256("text"))
      try write("", to: folder + "/empty")
      #expect(try Data(readingFile: folder + "/empty").isEmpty)
    }
  }

  @Test func `is not written where something else stands`() throws {
    try withTemporaryFolder { folder in
      for (path, kind) in try oddities(in: folder) {
        let refusal = FileError.cannotWrite(
          path: path, reason: "it is \(kind), expected a regular file")
        #expect(throws: refusal) { try Data("x".utf8).writeAtomically(to: path) }
        #expect(throws: refusal) { try Data("x".utf8).append(to: path) }
      }
      #expect(!FileManager.default.fileExists(atPath: folder + ".partial"))
    }
  }

  @Test func `is named where its size changes while it is read`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/file"
      for after in ["longer", "s"] {
        try write("text", to: path)
        let file = try RegularFile(path)
        #expect(throws: Never.self) { try file.requireEnd() }
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.truncate(atOffset: UInt64(after.utf8.count))
        let refusal = FileError.cannotRead(
          path: path,
          reason: "it had 4 bytes when it was opened and \(after.utf8.count) while it was read; "
            + "something writes it: wait until that is done")
        #expect(throws: refusal) { try file.forEachPiece { _ in } }
      }
    }
  }

  @Test func `may grow where it is a log`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/log"
      try write("a\n", to: path)
      try Data("b\n".utf8).append(to: path)
      #expect(try Data(readingFile: path, mayGrow: true) == Data("a\nb\n".utf8))
    }
  }

  @Test func `has no more bytes than its reader takes`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/large"
      try write("12345", to: path)
      #expect(try Data(readingFile: path, limit: 5).count == 5)
      #expect(
        throws: FileError.cannotRead(path: path, reason: "it has 5 bytes, expected at most 4")
      ) { try Data(readingFile: path, limit: 4) }
      // A file of 8 TiB that takes no disk space.
      #expect(truncate(path, 8 << 40) == 0)
      #expect(throws: FileError.self) { try Data(readingFile: path) }
    }
  }

  @Test(arguments: [
    (ENOSPC, "free some space"), (EDQUOT, "free some space"), (EMFILE, "ulimit -n"),
    (ENFILE, "too many files open"), (EACCES, "permissions"), (EPERM, "permissions"),
    (EIO, "dmesg"), (EROFS, "can only be read"), (EFBIG, "ulimit -f"),
    (ENAMETOOLONG, "shorter"), (ELOOP, "circle"), (ENOENT, "check the path"),
  ]) func `has advice of its own for each failure`(code: Int32, advice: String) {
    let words = SystemFailure(code: code).words
    for error in [
      FileError.cannotWrite(path: "a", reason: words), .cannotRead(path: "a", reason: words),
    ] {
      #expect("\(error)".contains(words + "; "))
      #expect("\(error)".contains(advice))
      #expect("\(error)".contains("free some space") == [ENOSPC, EDQUOT].contains(code))
    }
  }
}
