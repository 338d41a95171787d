// The terminal: its width, whether it can redraw a line and show colour, and the line of progress.
import Execution
import Files
import Foundation
import Synchronization

/// Returns the width of a stream's terminal: `COLUMNS`, else what the terminal says, else 80.
func terminalWidth(of descriptor: Int32) -> Int {
  if let text = getenv("COLUMNS"), let columns = Int(String(cString: text)), columns > 0 {
    return columns
  }
  var size = winsize()
  guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
  return Int(size.ws_col)
}

/// Whether a stream goes to a terminal that understands control sequences.
func isTerminal(_ descriptor: Int32) -> Bool {
  guard isatty(descriptor) == 1 else { return false }
  return getenv("TERM").map { String(cString: $0) } != "dumb"
}

/// The colour of a failure, on a terminal and without `NO_COLOR` (no-color.org).
///
/// - Parameter text: safe for a terminal.
func inRed(_ text: String, on descriptor: Int32) -> String {
  let isForbidden = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
  return isForbidden || !isTerminal(descriptor) ? text : "\u{1b}[31m\(text)\u{1b}[0m"
}

/// The one line on the terminal that shows progress. Messages and results go past it.
enum StatusLine {
  private enum State { case none, shown, closed }
  private static let state = Mutex(State.none)
  private static let erase = "\r\u{1b}[K"

  /// Shows the line in place of the last one.
  static func show(_ text: String) {
    state.withLock {
      guard $0 != .closed else { return }
      writeMessage(erase + text.onOneLine)
      $0 = .shown
    }
  }

  /// Removes the line.
  static func clear() { write("") }

  /// Removes the line for good.
  static func close() { state.withLock { close(&$0) } }

  /// Removes the line for good, unless a thread is just writing it.
  static func closeIfFree() { _ = state.withLockIfAvailable { close(&$0) } }

  private static func close(_ state: inout State) {
    if state == .shown { writeMessage(erase) }
    state = .closed
  }

  /// Removes the line and writes a message in its place.
  ///
  /// - Parameter message: safe for a terminal, with its line end.
  static func write(_ message: String) {
    state.withLock {
      let text = ($0 == .shown ? erase : "") + message
      if !text.isEmpty { writeMessage(text) }
      if $0 == .shown { $0 = .none }
    }
  }
}
