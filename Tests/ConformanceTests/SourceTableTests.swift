// Kind: property. docs/verification.md says for every fixture where its expected numbers come from,
// and golden/README.md lists every fixture.
import Conformance
import Foundation
import Golden
import TestSupport
import Testing

/// The rows of the table of sources: the fixtures of each, and the source.
private func rows(of page: String) -> [(fixtures: [String], source: String)] {
  let section = page.components(separatedBy: "\n## ").first {
    $0.hasPrefix("Where do the expected numbers come from?")
  }
  return (section ?? "").split(separator: "\n").compactMap { line in
    let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    guard cells.count == 3, cells[1].hasPrefix("`") else { return nil }
    return (
      cells[1].split(separator: " ").map { $0.trimmingCharacters(in: ["`"]) }, cells[2]
    )
  }
}

/// The fixtures that no row has, and the rows that are not of a fixture or have no kind of source.
private func faults(in page: String, fixtures: [String]) -> [String] {
  let rows = rows(of: page)
  let listed = Set(rows.flatMap(\.fixtures))
  let kinds = ["library", "published", "second writing", "signals known"]
  return fixtures.filter { !listed.contains($0) } + listed.subtracting(fixtures).sorted()
    + rows.filter { row in !kinds.contains { row.source.contains($0) } }.map(\.source)
}

@Suite struct `The table of sources` {
  private let fixtures = allChecks.map(\.fixture)

  @Test func `has every fixture, and a kind of source in each row`() throws {
    let page = try String(contentsOfFile: packageRoot + "/docs/verification.md", encoding: .utf8)
    #expect(faults(in: page, fixtures: fixtures) == [])
    // Controls: a missing fixture, an unknown one, and a source of no kind.
    let fewer = page.replacing("| `lam` |", with: "| lam |")
    #expect(faults(in: fewer, fixtures: fixtures) == ["lam"])
    let other = page.replacing("`fidelity`", with: "`trust`")
    #expect(faults(in: other, fixtures: fixtures) == ["fidelity", "trust"])
    let vague = page.replacing("| library: librosa |", with: "| librosa |")
    #expect(faults(in: vague, fixtures: fixtures) == ["librosa"])
  }

  @Test func `has a library exactly where a manifest lists one beside NumPy`() throws {
    let page = try String(contentsOfFile: packageRoot + "/docs/verification.md", encoding: .utf8)
    for fixture in fixtures {
      let manifest = try Fixture(folder: packageRoot + "/golden/" + fixture).manifest
      let sources = rows(of: page).filter { $0.fixtures.contains(fixture) }.map(\.source)
      let names = [
        "SciPy", "librosa", "PyTorch", "transformers", "scikit-learn", "openTSNE", "soxr",
      ]
      if manifest.references.map(\.name) == ["numpy"] {
        #expect(
          !sources.contains { source in names.contains { source.contains($0) } }, "\(fixture)")
      } else {
        #expect(
          sources.contains { source in
            source.contains("NumPy") || names.contains { source.contains($0) }
          }, "\(fixture)")
      }
    }
  }

  @Test func `has its fixtures in golden/README.md`() throws {
    let index = try String(contentsOfFile: packageRoot + "/golden/README.md", encoding: .utf8)
    let listed = index.split(separator: "\n").filter { $0.hasPrefix("| `") }.compactMap {
      $0.split(separator: "`").dropFirst().first.map(String.init)
    }
    #expect(listed == fixtures.sorted())
  }
}
