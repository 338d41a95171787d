// Kind: property. One version, and exact versions of everything that is built into the program.
import BuildStamp
import Foundation
import TestSupport
import Testing

private func text(_ file: String) throws -> String {
  try String(contentsOfFile: packageRoot + "/" + file, encoding: .utf8)
}

@Suite struct `The version` {
  @Test func `has three parts, and the cells' version is the first two`() {
    #expect(releaseVersion.wholeMatch(of: /(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)/) != nil)
    #expect(releaseVersion.hasPrefix(programVersion + "."))
    #expect(programVersion.count(where: { $0 == "." }) == 1)
  }

  @Test func `is that of the changelog's first entry`() throws {
    let entries = try text("CHANGELOG.md")
      .matches(of: /(?m)^## ([0-9.]+) – (\d{4}-\d\d-\d\d)$/)
    #expect(entries.first.map { String($0.1) } == releaseVersion)
    // From 0.1 on, each once, newest first.
    let versions = entries.map { $0.1.split(separator: ".").compactMap { Int($0) } }
    #expect(versions.last == [0, 1] && versions.count >= 6)
    #expect(zip(versions, versions.dropFirst()).allSatisfy { $1.lexicographicallyPrecedes($0) })
    let dates = entries.map { String($0.2) }
    #expect(dates == dates.sorted(by: >))
    // Each entry says which numbers changed.
    let sections = try text("CHANGELOG.md").split(separator: "\n## ").dropFirst()
    #expect(sections.dropLast().allSatisfy { $0.contains("### Numbers\n") })
  }

  @Test func `and its date are those of the citation file`() throws {
    let citation = try text("CITATION.cff")
    func value(_ key: String) throws -> String {
      try #require(
        citation.split(separator: "\n").first { $0.hasPrefix(key + ": ") }.map {
          $0.dropFirst(key.count + 2).filter { $0 != "\"" }
        })
    }
    #expect(try value("version") == releaseVersion)
    #expect(
      try text("CHANGELOG.md").contains("## \(releaseVersion) – \(value("date-released"))\n"))
    #expect(try value("license") == "Apache-2.0")
    #expect(try text("LICENSE").contains("Apache License\n                           Version 2.0"))
  }
}

@Suite struct `Packages from elsewhere` {
  /// What Package.swift asks for, by the last part of the address.
  private func asked(_ manifest: String) -> [String: String] {
    manifest.matches(of: /\.package\(\s*url: "[^"]*\/([\w-]+?)(?:\.git)?",\s*exact: "([0-9.]+)"\)/)
      .reduce(into: [:]) { $0[$1.1.lowercased()] = String($1.2) }
  }

  @Test func `have exact versions`() throws {
    let manifest = try text("Package.swift")
    let count = manifest.matches(of: /\.package\(/).count
    #expect(count == 4 && asked(manifest).count == count)
    // A floating version is seen.
    let floating = manifest.replacing("exact: \"6.2.2\"", with: "from: \"6.2.2\"")
    #expect(asked(floating).count == count - 1)
  }

  @Test func `are all that was fetched, in those versions`() throws {
    struct Resolved: Decodable {
      struct Pin: Decodable {
        struct State: Decodable { let version: String }
        let identity: String
        let state: State
      }
      let pins: [Pin]
    }
    // The build writes it; git does not keep it.
    let resolved = try JSONDecoder().decode(
      Resolved.self, from: Data(text("Package.resolved").utf8))
    let pins = resolved.pins.reduce(into: [:]) { $0[$1.identity] = $1.state.version }
    #expect(try pins == asked(text("Package.swift")))
  }
}
