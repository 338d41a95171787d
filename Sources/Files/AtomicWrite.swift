// Writing files so that a reader sees the old bytes or the new ones, never a part.
package import Foundation
import Glibc

extension Data {
  /// Writes these bytes to `path` through a temporary file beside it, `fsync` and a rename.
  ///
  /// - Throws: `FileError` with the system's reason (no space, no permission …); the old file is
  ///   then untouched and the temporary one removed.
  package func writeAtomically(to path: String) throws {
    let temporary = "\(path).\(getpid())-\(UInt64.random(in: 0 ... .max)).partial"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError.cannotWrite(path: path, reason: systemReason()) }
    do {
      defer { close(descriptor) }
      try withUnsafeBytes { bytes in
        var written = 0
        while written < bytes.count {
          let count = Glibc.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
          if count < 0, errno == EINTR { continue }
          guard count > 0 else {
            throw FileError.cannotWrite(path: path, reason: systemReason())
          }
          written += count
        }
      }
      guard fsync(descriptor) == 0, rename(temporary, path) == 0 else {
        throw FileError.cannotWrite(path: path, reason: systemReason())
      }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// Reads the whole file at `path`.
  package init(readingFile path: String) throws {
    do {
      self = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw FileError.cannotRead(path: path, reason: fileReason(path))
    }
  }
}

/// Makes the folder `path` and those above it.
package func makeFolder(_ path: String) throws {
  do {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  } catch {
    throw FileError.cannotWrite(path: path, reason: systemReason())
  }
}

/// What went wrong with a file.
package enum FileError: Error, Equatable, Sendable {
  case cannotRead(path: String, reason: String)
  case cannotWrite(path: String, reason: String)
}

extension FileError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .cannotRead(let path, let reason): "\(path): cannot be read: \(reason)"
    case .cannotWrite(let path, let reason):
      "\(path): cannot be written: \(reason); free some space or choose another place with --out"
    }
  }
}

/// The system's words for the last failed call.
private func systemReason() -> String { String(cString: strerror(errno)) }

/// Why `path` cannot be opened, in the system's words.
private func fileReason(_ path: String) -> String {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return systemReason() }
  close(descriptor)
  return "reading failed"
}
