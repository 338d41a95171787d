// Where something was written that is wrong.

/// A line of a file, or a command line flag.
package struct Place: Hashable, Sendable, CustomStringConvertible {
  /// The file's path, or the flag.
  package let file: String
  /// The line, counted from 1; nil if there is none.
  package let line: Int?

  package init(file: String, line: Int?) {
    self.file = file
    self.line = line
  }

  package var description: String { line.map { "\(file):\($0)" } ?? file }
}
