// Names from files may hold anything. Before they are shown somewhere, what would mean something
// there is written out: control characters for a terminal, marks for Markdown, brackets for XML.

extension String {
  /// The text for a terminal: control characters but line ends and tabs, and characters that turn
  /// the direction of writing, shown as `\u{1b}`.
  package var terminalSafe: String {
    escapingScalars { $0.isBreak ? nil : $0.shown }
  }

  /// The same on one line: what was a line end is shown as well.
  package var onOneLine: String {
    escapingScalars { $0.shown }
  }

  /// The text of a JSON document with the characters that `terminalSafe` shows in JSON's own form.
  /// It says the same: outside of texts JSON has none of them.
  package var terminalSafeJSON: String {
    escapingScalars {
      guard $0.isHidden, !$0.isBreak else { return nil }
      return String($0).utf16.map { unit in
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }.joined()
    }
  }

  /// The text for XML and HTML: marks as entities, hidden characters as `terminalSafe` shows them,
  /// and U+FFFD for what else XML 1.0 does not have (its production 2, `Char`).
  package var xmlEscaped: String {
    escapingScalars { scalar in
      switch scalar {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      case "\u{fffe}", "\u{ffff}": "\u{fffd}"
      default: scalar.isBreak ? nil : scalar.shown
      }
    }
  }

  /// The same for the value of an attribute, where XML takes a line end for a space.
  package var xmlAttribute: String {
    xmlEscaped.replacing("\n", with: "&#10;").replacing("\t", with: "&#9;")
  }

  /// The text as plain words of GitHub's Markdown, on one line, also within a table.
  package var markdownEscaped: String {
    onOneLine.escapingScalars { scalar in
      switch scalar {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\\", "`", "|", "*", "_", "[", "]", "~", "$": "\\" + String(scalar)
      default: nil
      }
    }
    // GitHub makes links of these, and mails to people.
    .replacing("://", with: "&#58;//").replacing("www.", with: "www&#46;")
    .replacing("@", with: "&#64;")
  }

  /// The text with some characters replaced; nil leaves one as it is.
  private func escapingScalars(_ replacement: (Unicode.Scalar) -> String?) -> String {
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if let other = replacement(scalar) {
        result.append(contentsOf: other.unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }
}

extension Unicode.Scalar {
  /// Whether the character shows nothing, and changes how others are shown: C0 and C1 controls,
  /// marks and overrides of direction, separators of lines and paragraphs, tags, and a byte order
  /// mark.
  fileprivate var isHidden: Bool {
    switch value {
    case 0..<0x20, 0x7f..<0xa0, 0x61c, 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfeff,
      0xe0000...0xe007f:
      true
    default: false
    }
  }

  fileprivate var isBreak: Bool { self == "\n" || self == "\t" }

  /// A hidden character as people can see it; nil for all others.
  fileprivate var shown: String? { isHidden ? "\\u{\(String(value, radix: 16))}" : nil }
}
