// Results and messages. A result that cannot be written is an error; Swift's `print` would hide a
// full disk.
import Files

/// Writes `text` and a line end to standard output.
///
/// - Throws: `FileError` with the system's reason.
func tell(_ text: String, terminator: String = "\n") throws {
  StatusLine.clear()
  try writeResult(text + terminator)
}

/// Writes a message to standard error. A message that cannot be written is lost; nothing else is.
func complain(_ message: String) { StatusLine.write("reprise: \(message.terminalSafe)\n") }
