// Quotes text for a shell and for `#SBATCH` lines, and splits a command line into words.

/// Returns `text` as one word for a POSIX shell. It is put in single quotes, in which only `'` is
/// special, unless it needs no quotes.
package func shellQuoted(_ text: String) -> String {
  let plain = text.utf8.allSatisfy { byte in
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "_-./:,+@%=".utf8.contains(byte)
  }
  // A first word with `=` would be an assignment.
  if plain, !text.isEmpty, !text.contains("=") { return text }
  return "'" + replaced("'", by: #"'\''"#, in: text) + "'"
}

/// Returns `words` as a command for a POSIX shell.
package func shellCommand(_ words: [String]) -> String {
  words.map(shellQuoted).joined(separator: " ")
}

/// Returns `text` as one value for an `#SBATCH` line: in double quotes, with `\` and `"` escaped by
/// `\`. Nothing else is special to sbatch there (`get_argument` in its opt.c, 22.05 and 26.05).
func sbatchQuoted(_ text: String) -> String {
  "\"" + replaced("\"", by: "\\\"", in: replaced("\\", by: "\\\\", in: text)) + "\""
}

/// Splits a command line into words like a shell, without expansions.
///
///     apptainer exec --bind '/data/my corpora' reprise.sif reprise
///
/// Single quotes keep everything. Double quotes keep everything except `\"` and `\\`. Outside
/// quotes, `\` keeps the next character.
///
/// - Throws: `SlurmError.badValue` for an unclosed quote, and if there is no word.
package func shellWords(_ line: String) throws(SlurmError) -> [String] {
  var (words, word, quote) = ([String](), String?.none, Character?.none)
  var rest = Substring(line)
  while let character = rest.popFirst() {
    switch (quote, character) {
    case (nil, "'"), (nil, "\""):
      quote = character
      word = word ?? ""
    case (let open?, character) where open == character: quote = nil
    case ("\"", "\\") where rest.first == "\"" || rest.first == "\\", (nil, "\\"):
      word = (word ?? "") + (rest.popFirst().map(String.init) ?? "\\")
    case (nil, _) where character.isWhitespace:
      if let whole = word { words.append(whole) }
      word = nil
    default: word = (word ?? "") + String(character)
    }
  }
  guard quote == nil else {
    throw .badValue(name: "program", value: line, expected: "a closing quote")
  }
  if let word { words.append(word) }
  guard !words.isEmpty else {
    throw .badValue(name: "program", value: line, expected: "a program, such as /opt/reprise")
  }
  return words
}

private func replaced(_ mark: Character, by other: String, in text: String) -> String {
  text.split(separator: mark, omittingEmptySubsequences: false).joined(separator: other)
}
