// The standard streams: a result that cannot be written is an error, a message that cannot be
// written is lost, and neither ends the program by a signal.
import Foundation

/// Settles what the standard streams and limits of the system may do to the process. It is called
/// before any file is opened.
///
/// A stream that was closed is taken up by `/dev/null`: the next file would get its number, and
/// messages would be written into it. Writing to a pipe without a reader, or beyond the limit for
/// the size of a file, is an error like any other, not a signal.
package func prepareStandardStreams() {
  for number: Int32 in 0...2 where fcntl(number, F_GETFD) < 0 && errno == EBADF {
    // Only to be read, so that writing fails as it does on a closed stream.
    if open("/dev/null", O_RDONLY) < 0 { _ = open("/", O_RDONLY | O_DIRECTORY) }
  }
  for number in [SIGPIPE, SIGXFSZ] { signal(number, SIG_IGN) }
}

/// Writes a message for people to standard error. Where that fails, the message is lost and nothing
/// else.
package func writeMessage(_ text: String) { _ = write(text, to: STDERR_FILENO, patience: 1000) }

/// Writes a result to standard output, whole.
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
/// - Parameter patience: ms for which a stream that takes nothing is waited for; for ever where
///   negative.
/// - Returns: 0, or the system's number for what went wrong.
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
      // Somebody else who has the stream open lets nobody wait in `write`.
      var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      let ready = poll(&wait, 1, patience)
      if ready == 0 || (ready < 0 && errno != EINTR) { return code }
    default: return code
    }
  }
  return 0
}
