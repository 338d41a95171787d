// Writes files atomically: a reader sees the old bytes or the new ones, never a part.
package import Foundation
import Glibc

/// A file that is written under a temporary name and renamed at the end. Unless it is finished,
/// nothing is left behind and the old file stays untouched.
package struct AtomicFile: ~Copyable {
  package let path: String
  /// Bytes written so far.
  package private(set) var size = 0
  private let temporary: String
  private let descriptor: Int32
  private var isFinished = false

  /// - Throws: `FileError.cannotWrite`, also if `path` is something other than a regular file.
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

  /// Appends bytes.
  ///
  /// - Throws: `FileError.cannotWrite` with the system's reason (no space, no permission …).
  package mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
    try put(bytes, at: size)
    size += bytes.count
  }

  /// Overwrites bytes that were written before.
  package mutating func overwrite(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
    precondition(
      offset >= 0 && offset + bytes.count <= size,
      "bytes \(offset) to \(offset + bytes.count) of \(size)")
    try put(bytes, at: offset)
  }

  /// Syncs to disk and renames the file.
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
  /// - Throws: `FileError` with the system's reason. The old file then stays untouched.
  package func writeAtomically(to path: String) throws {
    var file = try AtomicFile(path)
    try withUnsafeBytes { try file.write($0) }
    try file.finish()
  }

  /// Writes these bytes to a new file without a sync. `syncFiles` syncs many of them at once.
  ///
  /// - Throws: `FileError` with the system's reason.
  package func writeUnsynced(to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { throw FileError.cannotWrite(path: path, reason: systemReason()) }
    defer { close(descriptor) }
    try withUnsafeBytes { bytes in
      var written = 0
      while written < bytes.count {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
        let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw FileError.cannotWrite(path: path, reason: systemReason()) }
        written += count
      }
    }
  }

  /// Appends these bytes to the file at `path` in one system call, so that lines from several
  /// threads or processes do not mix. Creates the file if needed.
  ///
  /// - Parameter waitsForDisk: whether to return only after a sync to disk.
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

/// Makes the folder `path` and its parents.
///
/// - Throws: `FileError` with the system's reason, or if a file is in the way.
package func makeFolder(_ path: String) throws {
  if try makesFolder(path) { return }
  let above = parentFolder(of: path)
  // Another process may create the parent meanwhile, so try to create it instead of checking.
  if !above.isEmpty, above != path { try makeFolder(above) }
  guard try makesFolder(path) else {
    throw FileError.cannotWrite(path: path, reason: String(cString: strerror(ENOENT)))
  }
}

/// Makes the folder `path` unless it exists; returns false if its parent is missing.
private func makesFolder(_ path: String) throws -> Bool {
  if mkdir(path, 0o755) == 0 { return true }
  switch errno {
  case ENOENT: return false
  case EEXIST:
    guard isFolder(path) else {
      throw FileError.cannotWrite(path: path, reason: "a file is in the way, expected a folder")
    }
    return true
  case let code: throw FileError.cannotWrite(path: path, reason: String(cString: strerror(code)))
  }
}

/// Waits until everything that was written is on disk.
package func syncFiles() { Glibc.sync() }

/// Syncs the entries of the folder `path` to disk, as far as the file system supports that.
package func syncFolder(_ path: String) throws {
  let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  defer { close(descriptor) }
  guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else {
    throw FileError.cannotWrite(path: path, reason: systemReason())
  }
}

/// Removes the file `path` if it exists.
package func removeFile(_ path: String) throws {
  guard unlink(path) != 0, errno != ENOENT else { return }
  throw FileError.cannotWrite(path: path, reason: systemReason())
}

/// Throws if `path` is something other than a regular file. A rename would replace a device or a
/// FIFO, and a write would wait for its reader.
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

/// The system's message for the last failed call.
private func systemReason() -> String { String(cString: strerror(errno)) }
