// The only way to open a file for reading. A FIFO, a socket or a device in place of a file would
// block the program forever, so only regular files are opened.
package import Foundation

/// A regular file that is open for reading.
package struct RegularFile: ~Copyable {
  package let path: String
  /// The descriptor, which is closed when this value ends.
  package let descriptor: Int32
  /// The file's size in bytes when it was opened.
  package let size: Int

  /// The most bytes per system call.
  private static let piece = 16 << 20

  /// Opens the file at `path`, which may be a symbolic link to a regular file.
  ///
  /// - Throws: `FileError.cannotRead` with the system's reason, or with the kind of file if it is
  ///   not a regular one.
  package init(_ path: String) throws(FileError) {
    self.path = path
    guard !path.utf8.contains(0) else {
      throw .cannotRead(path: path, reason: "its name has a NUL character")
    }
    // Opening a device may have side effects, so check first. O_NONBLOCK covers a replacement
    // between the two calls.
    var status = stat()
    guard stat(path, &status) == 0 else { throw Self.failure(path) }
    if let problem = fileKindProblem(status) { throw .cannotRead(path: path, reason: problem) }
    var file: Int32
    repeat {
      file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    } while file < 0 && errno == EINTR
    guard file >= 0 else { throw Self.failure(path) }
    guard fstat(file, &status) == 0 else {
      let failure = Self.failure(path)
      close(file)
      throw failure
    }
    if let problem = fileKindProblem(status) {
      close(file)
      throw .cannotRead(path: path, reason: problem)
    }
    descriptor = file
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Reads bytes from `offset` on until `buffer` is full or the file ends.
  ///
  /// - Returns: the number of bytes read. It is less than the buffer's size only at the end of the
  ///   file.
  /// - Throws: `FileError.cannotRead` with the system's reason.
  package borrowing func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(FileError) -> Int {
    guard let start = buffer.baseAddress, offset >= 0 else { return 0 }
    var count = 0
    while count < buffer.count {
      let wanted = min(Self.piece, buffer.count - count)
      let found = pread(descriptor, start + count, wanted, off_t(offset + count))
      if found < 0, errno == EINTR { continue }
      guard found >= 0 else { throw Self.failure(path) }
      if found == 0 { break }
      count += found
    }
    return count
  }

  /// Passes all bytes to `body`, in order and in pieces.
  ///
  /// - Throws: `FileError.cannotRead`, also if the file grows or shrinks meanwhile.
  package borrowing func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Void) throws(FileError) {
    let piece = UnsafeMutableRawBufferPointer.allocate(
      byteCount: min(1 << 20, max(1, size)), alignment: 16)
    defer { piece.deallocate() }
    var place = 0
    while place < size {
      let rest = UnsafeMutableRawBufferPointer(rebasing: piece[..<min(piece.count, size - place)])
      let count = try read(into: rest, at: place)
      guard count == rest.count else { throw changed(to: place + count) }
      body(UnsafeRawBufferPointer(rest))
      place += count
    }
    try requireEnd()
  }

  /// Throws unless the file still has the size that it had when opened.
  ///
  /// - Throws: `FileError.cannotRead`.
  package borrowing func requireEnd() throws(FileError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.failure(path) }
    guard Int(status.st_size) == size else { throw changed(to: Int(status.st_size)) }
  }

  /// The error for a file whose size changed since it was opened.
  package borrowing func changed(to now: Int) -> FileError {
    .cannotRead(
      path: path,
      reason: "it had \(size) bytes when it was opened and \(now) while it was read; "
        + "something writes it: wait until that is done")
  }

  private static func failure(_ path: String) -> FileError {
    .cannotRead(path: path, reason: String(cString: strerror(errno)))
  }
}

/// What is at a path instead of a regular file, and what was expected; nil for a regular file.
package func fileKindProblem(_ status: stat) -> String? {
  let kind: String
  switch status.st_mode & S_IFMT {
  case S_IFREG: return nil
  case S_IFDIR: kind = "a folder"
  case S_IFIFO: kind = "a FIFO"
  case S_IFSOCK: kind = "a socket"
  case S_IFCHR, S_IFBLK: kind = "a device"
  default: kind = "no file"
  }
  return "it is \(kind), expected a regular file"
}

extension Data {
  /// The default limit for reading a file into memory: 4 GiB.
  package static let readingLimit = 4 << 30

  /// Reads the whole regular file at `path`.
  ///
  /// - Parameters:
  ///   - limit: the most bytes that the file may have.
  ///   - mayGrow: whether others may append meanwhile, as to a log. Then the content at the time of
  ///     opening is read.
  /// - Throws: `FileError.cannotRead` with the system's reason, or if there is no regular file, its
  ///   size changes while it is read, or it exceeds `limit` bytes.
  package init(
    readingFile path: String, limit: Int = Data.readingLimit, mayGrow: Bool = false
  ) throws {
    let file = try RegularFile(path)
    let size = file.size
    guard size <= limit else {
      throw FileError.cannotRead(
        path: path, reason: "it has \(size) bytes, expected at most \(limit)")
    }
    guard size > 0 else {
      if !mayGrow { try file.requireEnd() }
      self = Data()
      return
    }
    guard let memory = malloc(size) else {
      throw FileError.cannotRead(
        path: path, reason: "its \(size) bytes do not fit into the memory that is left")
    }
    do {
      let count = try file.read(
        into: UnsafeMutableRawBufferPointer(start: memory, count: size), at: 0)
      guard count == size else { throw file.changed(to: count) }
      if !mayGrow { try file.requireEnd() }
    } catch {
      free(memory)
      throw error
    }
    self = Data(bytesNoCopy: memory, count: size, deallocator: .free)
  }
}
