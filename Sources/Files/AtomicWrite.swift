// Writing files so that a reader sees the old bytes or the new ones, never a part.
package import Foundation
import Glibc

/// A file that is being written under a name of its own, and takes its final name last of all.
/// Unless it is finished nothing stays behind, and what had the name before is untouched.
package struct AtomicFile: ~Copyable {
  package let path: String
  /// Bytes written so far.
  package private(set) var size = 0
  private let temporary: String
  private let descriptor: Int32
  private var isFinished = false

  /// - Throws: `FileError.cannotWrite`, also where something lies at `path` that is no regular
  ///   file.
  package init(_ path: String) throws {
    try requireRegular(path)
    let temporary = partialPath(of: path)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError.cannotWrite(path: path, reason: systemReason()) }
    self.init(path: path, temporary: temporary, descriptor: descriptor)
  }

  private init(path: String, temporary: String, descriptor: Int32) {
    (self.path, self.temporary, self.descriptor) = (path, temporary, descriptor)
  }

  deinit {
    close(descriptor)
    if !isFinished { unlink(temporary) }
  }

  /// Adds bytes at the end.
  ///
  /// - Throws: `FileError.cannotWrite` with the system's reason (no space, no permission …).
  package mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
    try put(bytes, at: size)
    size += bytes.count
  }

  /// Writes bytes over others that were written before.
  package mutating func overwrite(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
    precondition(
      offset >= 0 && offset + bytes.count <= size,
      "bytes \(offset) to \(offset + bytes.count) of \(size)")
    try put(bytes, at: offset)
  }

  /// Waits for the disk, and gives the file its name.
  package mutating func finish() throws {
    guard fsync(descriptor) == 0, rename(temporary, path) == 0 else {
      throw FileError.cannotWrite(path: path, reason: systemReason())
    }
    isFinished = true
  }

  private func put(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
    guard let start = bytes.baseAddress else { return }
    var written = 0
    while written < bytes.count {
      let count = pwrite(
        descriptor, start + written, bytes.count - written, off_t(offset + written))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw FileError.cannotWrite(path: path, reason: systemReason()) }
      written += count
    }
  }
}

extension Data {
  /// Writes these bytes to `path` as an `AtomicFile`.
  ///
  /// - Throws: `FileError` with the system's reason; the old file is then untouched.
  package func writeAtomically(to path: String) throws {
    var file = try AtomicFile(path)
    try withUnsafeBytes { try file.write($0) }
    try file.finish()
  }

  /// Adds these bytes at the end of the file at `path` in one call to the system, so that lines
  /// added by several threads or processes do not mix; makes the file if there is none.
  ///
  /// - Parameter waitsForDisk: whether to return only when the disk has them.
  /// - Throws: `FileError` with the system's reason.
  package func append(to path: String, waitsForDisk: Bool = false) throws {
    try requireRegular(path)
    let descriptor = open(
      path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0o644)
    guard descriptor >= 0 else { throw FileError.cannotWrite(path: path, reason: systemReason()) }
    defer { close(descriptor) }
    let written = withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    guard written == count else {
      throw FileError.cannotWrite(
        path: path, reason: written < 0 ? systemReason() : "only a part could be written")
    }
    guard !waitsForDisk || fsync(descriptor) == 0 || errno == EINVAL else {
      throw FileError.cannotWrite(path: path, reason: systemReason())
    }
  }
}

/// Makes the folder `path` and those above it.
///
/// - Throws: `FileError` with the system's reason, or that a file stands in the way.
package func makeFolder(_ path: String) throws {
  if try makesFolder(path) { return }
  let above = (path as NSString).deletingLastPathComponent
  // Another process may make the folder above meanwhile: it is made, not looked for.
  if !above.isEmpty, above != path { try makeFolder(above) }
  guard try makesFolder(path) else {
    throw FileError.cannotWrite(path: path, reason: String(cString: strerror(ENOENT)))
  }
}

/// Makes the folder `path` unless it is there; returns false where the folder above is not.
private func makesFolder(_ path: String) throws -> Bool {
  if mkdir(path, 0o755) == 0 { return true }
  switch errno {
  case ENOENT: return false
  case EEXIST:
    guard isFolder(path) else {
      throw FileError.cannotWrite(path: path, reason: "a file stands there, expected a folder")
    }
    return true
  case let code: throw FileError.cannotWrite(path: path, reason: String(cString: strerror(code)))
  }
}

/// Waits until the disk has the names in the folder `path`, so far as the file system can say so.
package func syncFolder(_ path: String) throws {
  let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  defer { close(descriptor) }
  guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else {
    throw FileError.cannotWrite(path: path, reason: systemReason())
  }
}

/// Removes the file `path` if it is there.
package func removeFile(_ path: String) throws {
  guard unlink(path) != 0, errno != ENOENT else { return }
  throw FileError.cannotWrite(path: path, reason: systemReason())
}

/// Throws where something lies at `path` that is no regular file: a rename would replace a device
/// or a FIFO, and a write would wait for its reader.
private func requireRegular(_ path: String) throws {
  var status = stat()
  guard stat(path, &status) == 0, let problem = fileKindProblem(status) else { return }
  throw FileError.cannotWrite(path: path, reason: problem)
}

private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

private func isFolder(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// The system's words for the last failed call.
private func systemReason() -> String { String(cString: strerror(errno)) }
