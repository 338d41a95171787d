// Output that cannot steer a terminal, whatever the names in files are.
import Corpora
import Experiments
import Files

/// Writes a result and a line end to standard output; control characters are shown as numbers.
func tell(_ text: String) throws {
  let isJSON = text.first == "{" || text.first == "["
  try tell(isJSON ? text.terminalSafeJSON : text.terminalSafe, terminator: "\n")
}

extension Reprise {
  /// The message of an error.
  ///
  /// A line end in it is real only for errors that list several things. Elsewhere it comes from a
  /// file's name and is shown as a number.
  static func words(of error: any Error) -> String {
    let text = "\(error)"
    return error is any SeveralLines ? text.terminalSafe : text.onOneLine
  }
}

/// An error whose description has more than one line.
private protocol SeveralLines {}
extension CorpusError: SeveralLines {}
