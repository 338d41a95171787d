// Kind: property. The recorded baselines give the tables of the README and of docs/results.md.
import Evaluation
import Foundation
import TestSupport
import Testing

@Suite struct `The tables that quote baselines` {
  private func lint(_ texts: [String]) throws -> BaselineLint {
    try BaselineLint(folder: packageRoot + "/baselines", texts: texts)
  }

  @Test func `are what the baselines give`() throws {
    let lint = try lint([packageRoot + "/README.md", packageRoot + "/docs/results.md"])
    #expect(lint.complaints.isEmpty, "run: reprise baseline lint --write")
    #expect(lint.mendedTexts.map(\.tables) == [1, 8])
  }

  /// Negative control.
  @Test func `are not what the baselines give once a digit is changed`() throws {
    try withTemporaryFolder { folder in
      for name in ["README.md", "docs/results.md"] {
        let text = try String(contentsOfFile: packageRoot + "/" + name, encoding: .utf8)
        let path = folder + "/text.md"
        try text.replacing("| full | 71.3", with: "| full | 71.4")
          .write(toFile: path, atomically: true, encoding: .utf8)
        let complaint = try #require(try lint([path]).complaints.first)
        #expect(complaint.contains("expected the row | full | 71.3"), "\(name)")
      }
    }
  }

  @Test func `show the difference of the first system in the small table`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/text.md"
      try "<!-- reprise-summary:ravdess-compact -->\n<!-- end -->\n"
        .write(toFile: path, atomically: true, encoding: .utf8)
      let text = try #require(try lint([path]).mendedTexts.first).text
      let rows = text.split(separator: "\n").filter { $0.hasPrefix("| ") }
      #expect(rows.count == 4)
      #expect(rows.last?.hasPrefix("| full − plain, points (95 % interval) | ") == true)
      #expect(rows.last?.hasSuffix(" | -0.50 (-2.26 to +1.26) |") == true)
    }
  }
}
