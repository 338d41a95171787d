// The standard streams. A result that cannot be written is an error, and a message that cannot be
// written is lost. Neither ends the program by a signal.
import Foundation

/// Makes the process robust against closed streams and system limits. Call it before opening any
/// file.
///
/// A closed stream is replaced by `/dev/null`. Otherwise the next file would get its number, and
/// messages would be written into that file. Writing to a pipe without a reader, or beyond the file
/// size limit, becomes an ordinary error instead of a signal.
package func prepareStandardStreams() {
  for number: Int32 in 0...2 where fcntl(number, F_GETFD) < 0 && errno == EBADF {
    // Opened for reading only, so that writing fails as on a closed stream.
    if open("/dev/null", O_RDONLY) < 0 { _ = open("/", O_RDONLY | O_DIRECTORY) }
  }
  for number in [SIGPIPE, SIGXFSZ] { signal(number, SIG_IGN) }
}

/// Writes a message for people to standard error. If that fails, only the message is lost.
package func writeMessage(_ text: String) { _ = write(text, to: STDERR_FILENO, patience: 1000) }

/// Writes a complete result to standard output.
///
/// - Throws: `FileError.cannotWrite` with the system's reason.
package func writeResult(_ text: String) throws {
  let code = write(text, to: STDOUT_FILENO, patience: -1)
  guard code == 0 else {
    throw FileError.cannotWrite(path: "standard output", reason: SystemFailure(code: code).words)
  }
}

/// Writes all of `text`.
///
/// - Parameter patience: how long to wait for a blocked stream, in ms; forever if negative.
/// - Returns: 0, or the system's error number.
private func write(_ text: String, to descriptor: Int32, patience: Int32) -> Int32 {
  let bytes = Array(text.utf8)
  var written = 0
  while written < bytes.count {
    let count = bytes[written...].withUnsafeBytes {
      Glibc.write(descriptor, $0.baseAddress, $0.count)
    }
    if count > 0 {
      written += count
      continue
    }
    let code = count < 0 ? errno : EIO
    switch code {
    case EINTR: continue
    case EAGAIN:
      // Another process that shares the stream may have made it non-blocking.
      var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      let ready = poll(&wait, 1, patience)
      if ready == 0 || (ready < 0 && errno != EINTR) { return code }
    default: return code
    }
  }
  return 0
}
