// Results go to standard output whole, or the program says that they did not: `print` would pass
// over a full disk in silence.
import Files

/// Writes `text` and a line end to standard output.
///
/// - Throws: `FileError` with the system's reason.
func tell(_ text: String, terminator: String = "\n") throws {
  try writeResult(text + terminator)
}

/// Writes one message to standard error. Where nobody can hear it, it is lost, and nothing else is.
func complain(_ message: String) { writeMessage("reprise: \(message.terminalSafe)\n") }
