// Results go to standard output whole, or the program says that they did not: `print` would pass
// over a full disk in silence.
import Files
import Foundation

/// Writes `text` and a line end to standard output.
///
/// - Throws: `FileError` with the system's reason.
func tell(_ text: String, terminator: String = "\n") throws {
  let bytes = Array((text + terminator).utf8)
  var written = 0
  while written < bytes.count {
    let count = bytes[written...].withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { continue }
    guard count > 0 else {
      throw FileError.cannotWrite(
        path: "standard output", reason: String(cString: strerror(errno)))
    }
    written += count
  }
}

/// Writes one message to standard error. Where nobody can hear it, it is lost, and nothing else is.
func complain(_ message: String) {
  let bytes = Array("reprise: \(message)\n".utf8)
  var written = 0
  while written < bytes.count {
    let count = bytes[written...].withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { return }
    written += count
  }
}
