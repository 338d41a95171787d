// The help of every command: what it does, its options, then examples that work as typed.
import ArgumentParser
import Foundation

/// Returns a command's discussion: `text`, then the examples under a heading of their own.
///
/// - Parameter examples: what each command line does, and the command line itself.
func help(_ text: String = "", examples: KeyValuePairs<String, String>) -> String {
  let blocks = examples.map { purpose, command in "  # \(purpose)\n  \(command)" }
  return (text.isEmpty ? "" : text + "\n\n") + examplesHeading + "\n"
    + blocks.joined(separator: "\n\n")
}

private let examplesHeading = "EXAMPLES:"

/// Returns ArgumentParser's help screen with the examples at its end and a usage that fits.
func arranged(_ screen: String, columns: Int) -> String {
  withExamplesLast(
    screen.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      // "TOOLS SUBCOMMANDS:"; a group's name is title enough.
      line.hasSuffix(" SUBCOMMANDS:")
        ? line.dropLast(" SUBCOMMANDS:".count) + ":"
        : line.hasPrefix("USAGE: ") ? wrappedUsage(line, columns) : String(line)
    }.joined(separator: "\n"))
}

/// Breaks a line of usage between arguments, never within brackets.
private func wrappedUsage(_ line: Substring, _ columns: Int) -> String {
  var (lines, depth) = ([""], 0)
  var argument = ""
  func end() {
    let isFull = lines[lines.count - 1].count + 1 + argument.count > columns
    if lines == [""] {
      lines = [argument]
    } else if isFull {
      lines.append("         " + argument)
    } else {
      lines[lines.count - 1] += " " + argument
    }
    argument = ""
  }
  // An option and its value stay together.
  let text = line.replacing(" <", with: "\u{0}<")
  for character in text {
    if character == "[" { depth += 1 }
    if character == "]" { depth -= 1 }
    if character == " ", depth == 0 { end() } else { argument.append(character) }
  }
  end()
  return lines.joined(separator: "\n").replacing("\u{0}", with: " ")
}

/// Returns a help screen with the examples at its end, where a terminal shows them.
private func withExamplesLast(_ screen: String) -> String {
  guard let start = screen.range(of: "\n" + examplesHeading + "\n"),
    let end = screen.range(of: "\n\nUSAGE: ", range: start.upperBound..<screen.endIndex)
  else { return screen }
  let examples = screen[start.lowerBound..<end.lowerBound]
  let rest = screen[..<start.lowerBound] + screen[end.lowerBound...]
  guard let tail = rest.range(of: "\n\n  See '", options: .backwards) else {
    return trimmed(String(rest)) + "\n" + examples
  }
  return trimmed(String(rest[..<tail.lowerBound])) + "\n" + examples + rest[tail.lowerBound...]
}

private func trimmed(_ text: String) -> String {
  var text = text[...]
  while text.last?.isNewline == true { text = text.dropLast() }
  // The blank line that stood between the text and its examples.
  return String(text).replacing("\n\n\nUSAGE: ", with: "\n\nUSAGE: ")
}

/// Parses a command line and runs nothing; the tests check the examples of the help with it.
struct ParseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parse-arguments",
    abstract: "Parse the arguments of another command without running it.",
    discussion: help(
      "Exit code 64 means that the arguments are wrong.",
      examples: [
        "Check the spelling of a command before it goes into a script:":
          "reprise parse-arguments run --profile quick --out runs/reproduce"
      ]),
    shouldDisplay: false)

  @Argument(
    parsing: .captureForPassthrough,
    help: ArgumentHelp("A command and its arguments.", valueName: "argument"))
  var arguments: [String] = []

  func run() throws { _ = try Reprise.parseAsRoot(arguments) }
}
