// Names from files may contain any characters. Before they are shown, characters with a special
// meaning are escaped: control characters for a terminal, markup for Markdown, brackets for XML.

extension String {
  /// The text for a terminal. Control characters (except line ends and tabs) and characters that
  /// change the writing direction are shown as `\u{1b}`.
  package var terminalSafe: String {
    escapingScalars { $0.isBreak ? nil : $0.shown }
  }

  /// The same on one line: line ends are escaped too.
  package var onOneLine: String {
    escapingScalars { $0.shown }
  }

  /// JSON text in which the characters that `terminalSafe` escapes use JSON's own escapes. The
  /// meaning is unchanged, because they occur only inside JSON strings.
  package var terminalSafeJSON: String {
    escapingScalars {
      guard $0.isHidden, !$0.isBreak else { return nil }
      return String($0).utf16.map { unit in
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }.joined()
    }
  }

  /// The text for XML and HTML: markup as entities, hidden characters as in `terminalSafe`, and
  /// U+FFFD for all others that XML 1.0 does not permit (production 2, `Char`).
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

  /// The same for an attribute value, in which XML treats a line end as a space.
  package var xmlAttribute: String {
    xmlEscaped.replacing("\n", with: "&#10;").replacing("\t", with: "&#9;")
  }

  /// The text as plain words of GitHub Markdown on one line, also inside a table.
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
    // GitHub turns these into links, and sends mail to mentioned people.
    .replacing("://", with: "&#58;//").replacing("www.", with: "www&#46;")
    .replacing("@", with: "&#64;")
  }

  /// The text with some characters replaced; nil keeps a character.
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
  /// Whether the character is invisible and changes how others are shown: C0 and C1 controls,
  /// direction marks and overrides, line and paragraph separators, tags, and byte order marks.
  fileprivate var isHidden: Bool {
    switch value {
    case 0..<0x20, 0x7f..<0xa0, 0x61c, 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfeff,
      0xe0000...0xe007f:
      true
    default: false
    }
  }

  fileprivate var isBreak: Bool { self == "\n" || self == "\t" }

  /// A visible form of a hidden character; nil for all others.
  fileprivate var shown: String? { isHidden ? "\\u{\(String(value, radix: 16))}" : nil }
}
