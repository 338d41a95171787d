// Property: any name is shown as plain text. No control character reaches a terminal, XML is well
// formed, and Markdown contains no markup from it.
import Files
import Foundation
import Testing

/// Names that are special to a terminal, a browser or GitHub.
private let names = [
  "\u{1b}[31mred\u{1b}[0m", "\u{1b}]0;title\u{7}", "\u{9b}2J", "a\rb", "a\nb", "a\tb", "a\0b",
  "a\u{7f}b",
  "abc\u{202e}cba", "\u{2066}x\u{2069}", "a\u{200f}b", "a\u{2028}b", "\u{feff}a", "\u{e0041}",
  "\u{fffe}\u{ffff}", "<script>alert(1)</script>", "a & b", "\"quoted\" 'once'", "]]>", "<!--",
  "a|b", "`code`", "[click](http://evil)", "![x](y)", "www.evil.com", "**bold** _it_ ~~s~~ $x$",
  "@someone", "\\|", "é 😀 👨‍👩‍👧 ü", "",
]

@Suite struct `A name from a file` {
  /// The characters of XML 1.0: production 2.
  private func isXML(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x9, 0xa, 0xd, 0x20...0xd7ff, 0xe000...0xfffd, 0x10000...0x10ffff: true
    default: false
    }
  }

  private func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control || scalar.properties.isBidiControl
      || [0x2028, 0x2029].contains(scalar.value)
  }

  @Test(arguments: names) func `reaches a terminal without what would steer it`(name: String) {
    let shown = name.terminalSafe
    #expect(!shown.unicodeScalars.contains { isControl($0) && $0 != "\n" && $0 != "\t" })
    #expect(!name.onOneLine.unicodeScalars.contains(where: isControl))
    if !name.unicodeScalars.contains(where: isControl), !name.contains("\u{feff}"),
      !name.contains("\u{e0041}")
    {
      #expect(shown == name && name.onOneLine == name)
    }
  }

  @Test func `is shown with its control characters as numbers`() {
    #expect("\u{1b}[31m".terminalSafe == "\\u{1b}[31m")
    #expect("a\nb\u{85}".terminalSafe == "a\nb\\u{85}")
    #expect("a\nb".onOneLine == "a\\u{a}b")
    #expect("x\u{202e}y".terminalSafe == "x\\u{202e}y")
  }

  @Test(arguments: names) func `is the same name in JSON`(name: String) throws {
    let json = String(decoding: try JSONEncoder().encode([name]), as: UTF8.self)
    let safe = json.terminalSafeJSON
    #expect(!safe.unicodeScalars.contains(where: isControl))
    #expect(try JSONDecoder().decode([String].self, from: Data(safe.utf8)) == [name])
  }

  @Test(arguments: names) func `is well formed in XML, and comes back`(name: String) {
    for escaped in [name.xmlEscaped, name.xmlAttribute] {
      #expect(escaped.unicodeScalars.allSatisfy(isXML))
      #expect(!escaped.contains("<") && !escaped.contains(">") && !escaped.contains("\""))
      // Each & begins an entity that XML knows.
      let entities = ["amp;", "lt;", "gt;", "quot;", "#10;", "#9;"]
      for part in escaped.split(separator: "&", omittingEmptySubsequences: false).dropFirst() {
        #expect(entities.contains { part.hasPrefix($0) }, "\(escaped)")
      }
      let back = zip(entities, ["&", "<", ">", "\"", "\n", "\t"]).reversed()
        .reduce(escaped) { $0.replacing("&" + $1.0, with: $1.1) }
      let expected = name.terminalSafe.replacing("\u{fffe}", with: "\u{fffd}")
        .replacing("\u{ffff}", with: "\u{fffd}")
      #expect(back == expected)
    }
    #expect(!name.xmlAttribute.contains("\n"))
  }

  @Test(arguments: names) func `is plain words in Markdown`(name: String) {
    let escaped = name.markdownEscaped
    #expect(!escaped.contains("\n") && !escaped.contains("<"))
    var isEscaped = false
    for scalar in escaped.unicodeScalars {
      if "`|*_[]~$".unicodeScalars.contains(scalar) { #expect(isEscaped, "\(escaped)") }
      isEscaped = scalar == "\\" && !isEscaped
    }
    #expect(!escaped.contains("://") && !escaped.contains("www.") && !escaped.contains("@"))
  }

  @Test func `that is plain stays as it is (negative control)`() {
    for name in ["ravdess full UA vs ravdess-compact full", "mean-pooling", "a+b.c"] {
      #expect(name.markdownEscaped == name && name.xmlEscaped == name)
      #expect(name.terminalSafe == name && name.terminalSafeJSON == name)
    }
    #expect("a|b".markdownEscaped == "a\\|b")
  }
}
