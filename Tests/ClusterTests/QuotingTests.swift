// Texts that must pass through a shell unchanged.
import Cluster
import Foundation
import TestSupport
import Testing

/// Names that are special to shells, Slurm or printf.
let oddNames = [
  "plain", "two words", " both ends ", "it's", "a\"b", "$HOME", "`date`", "$(date)", "back\\slash",
  "ends\\", "100%x %j%%", "#1", "a;b&c|d", "*?[a]~", "!x", "é-日本", "-n", "{a,b}", "tab\tx",
  "=", "a=b",
]

/// Those that are valid for a run's folder.
let oddFolders = oddNames.filter { !$0.contains("\\") }

/// Kind: property.
@Suite struct `A quoted word` {
  @Test func `comes through bash as it was`() throws {
    try withTemporaryFolder { folder in
      let words = oddNames + ["", "two\nlines", "'", "''\\''"]
      let script = "printf '%s\\0' \(shellCommand(words))"
      let ended = try bash(["-c", script], in: folder)
      #expect(ended.output == words.map { $0 + "\0" }.joined())
    }
  }

  @Test func `can be a command, however it is spelt`() throws {
    // Negative control: without quotes bash takes this for an assignment.
    #expect(shellQuoted("a=b") == "'a=b'")
    #expect(shellQuoted("/opt/reprise-1.0/reprise") == "/opt/reprise-1.0/reprise")
  }

  @Test func `is taken apart again`() throws {
    let words = oddNames + ["", "two\nlines", "'", "\\\""]
    #expect(try shellWords(shellCommand(words)) == words)
  }

  @Test(arguments: [
    (#"apptainer exec --bind '/my data' x.sif reprise"#, 6), (#"a "b \" c \\ d \e""#, 2),
    (#"  a\ b   c"d"'e'  "#, 2), ("''", 1), ("a\\", 1),
  ])
  func `is taken apart as bash does it`(line: String, count: Int) throws {
    let words = try shellWords(line)
    #expect(words.count == count)
    guard line.last != "\\" else { return }
    try withTemporaryFolder { folder in
      let ended = try bash(["-c", "printf '%s\\0' \(line)"], in: folder)
      #expect(ended.output == words.map { $0 + "\0" }.joined())
    }
  }

  @Test(arguments: ["a 'b", "\"", "a \"b\\\"", "", "  "])
  func `is missed where a quote stays open or nothing stands`(line: String) {
    #expect(throws: SlurmError.self) { try shellWords(line) }
  }
}
