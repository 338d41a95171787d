// Kind: golden. The kept reports: complete, unchanged since they were drawn, and equal to the
// recorded results.
import Files
import Foundation
import TestSupport
import Testing

private let folders = ["ravdess-compact", "ravdess-ablations"].map {
  "\(packageRoot)/reports/\($0)"
}

private func bytes(_ path: String) throws -> Data {
  try Data(contentsOf: URL(fileURLWithPath: path))
}

private func text(_ path: String) throws -> String {
  String(decoding: try bytes(path), as: UTF8.self)
}

/// The files of a folder that every kept report has.
private func common(_ folder: String) throws -> [String] {
  try FileManager.default.subpathsOfDirectory(atPath: folder)
    .filter { !$0.hasPrefix("tables") }.sorted()
}

@Suite struct `The kept reports` {
  @Test(arguments: folders) func `have the checksums that were written with them`(
    folder: String
  ) throws {
    let list = try text("\(folder)/SHA256SUMS")
    let lines = list.split(separator: "\n")
    #expect(lines.count > 30)
    for line in lines {
      let parts = line.split(separator: "  ")
      try #require(parts.count == 2)
      #expect(sha256(try bytes("\(folder)/\(parts[1])")) == parts[0], "\(parts[1])")
    }
    let tables = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/tables")
    for name in tables.map({ "tables/\($0)" }) + ["report.pdf", "index.html", "summary.md"] {
      #expect(list.contains("  \(name)\n"), "\(name)")
      // Negative control: the list does not hold every name.
      #expect(!list.contains("  \(name)x\n"))
    }
  }

  @Test func `have the same set of files, and no path of a machine`() throws {
    #expect(try common(folders[0]) == common(folders[1]))
    #expect(try common(folders[0]).contains("index.html"))
    for folder in folders {
      let audit = try text("\(folder)/audits/ravdess.json")
      #expect(audit.contains("\"path\" : \"PATH\"") && !audit.contains("\"path\" : \"/"))
    }
  }

  /// The figures of the first page are those of `results.json`, which the run wrote.
  @Test(arguments: folders) func `give the scores of their results`(folder: String) throws {
    struct Document: Decodable {
      struct Corpus: Decodable { let variants: [Variant] }
      struct Variant: Decodable {
        let variant: String
        let pooled: [Pooled]
      }
      struct Pooled: Decodable { let ua: Double }
      let corpora: [Corpus]
    }
    let document = try JSONDecoder().decode(
      Document.self, from: try bytes("\(folder)/results.json"))
    let full = try #require(document.corpora[0].variants.first { $0.variant == "full" })
    let mean = full.pooled.reduce(0) { $0 + $1.ua } / Double(full.pooled.count)
    let page = try text("\(folder)/summary.md")
    #expect(page.contains(String(format: "of %.1f %%", 100 * mean)))
    #expect(!page.contains(String(format: "of %.1f %%", 100 * mean + 1)))
    let table = try CSVTable(parsing: try text("\(folder)/tables/scores.csv"), file: "scores.csv")
    let row = try #require(
      table.rows.first { row in
        row.fields[1] == "full" && row.fields[3] == "score" && row.fields[4].hasPrefix("unweighted")
      })
    #expect(abs((Double(row.fields[5]) ?? 0) - mean) < 1e-12)
  }
}
