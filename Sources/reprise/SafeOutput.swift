// What leaves the program for a terminal is text: names from files cannot steer it.
import Corpora
import Experiments
import Files

/// Writes a result and a line end to standard output, with control characters shown as numbers.
func tell(_ text: String) throws {
  let isJSON = text.first == "{" || text.first == "["
  try tell(isJSON ? text.terminalSafeJSON : text.terminalSafe, terminator: "\n")
}

extension Reprise {
  /// What the program says of an error: its own lines, in which names from files cannot steer a terminal.
  ///
  /// Errors that list several things have lines of their own; a line end within any other error came from a
  /// name, and is shown as a number.
  static func words(of error: any Error) -> String {
    let text = "\(error)"
    return error is any SeveralLines ? text.terminalSafe : text.onOneLine
  }
}

/// An error whose description has more than one line.
private protocol SeveralLines {}
extension CorpusError: SeveralLines {}
