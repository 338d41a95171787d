// Kind: end to end. Links, files, commands and options in the documentation must exist.
import Foundation
import Testing

@Suite struct `The documentation` {
  @Test(arguments: try pages() + papers)
  func `links to files and headings that exist`(page: String) throws {
    #expect(try brokenLinks(in: text(page), of: page) == [])
  }

  @Test(arguments: try pages())
  func `mentions only files that exist`(page: String) throws {
    #expect(missingFiles(in: try text(page)) == [])
  }

  @Test(arguments: try pages())
  func `shows only commands and options that the program has`(page: String) throws {
    #expect(try unknownWords(in: text(page)) == [])
  }

  @Test func `has no page that nothing links to`() throws {
    let pages = try pages()
    #expect(try unlinked(pages) == [], "add the page to the README's list")
    // Negative control: a page of another page's list.
    let log = packageRoot + "/docs/benchmarks/log.md"
    #expect(pages.contains(log))
    #expect(try unlinked([packageRoot + "/README.md", log]) == [])
    let gate = packageRoot + "/docs/gate.md"
    #expect(try unlinked([gate, log]) == [gate, log])
  }

  @Test(.enabled("git is not there") { program("git", "--version") != nil })
  func `has patches for the trials of the gate that apply`() throws {
    func check(_ path: String) throws -> Int32 {
      try #require(program("git", "-C", packageRoot, "apply", "--check", path)).code
    }
    for fault in ["mask-off", "labels-swapped"] {
      let path = packageRoot + "/docs/gate/\(fault).patch"
      #expect(try check(path) == 0, "\(fault)")
      let stale = scratch + "/\(UUID().uuidString).patch"
      try write(text(path).replacing("\n-    ", with: "\n-    nothing "), to: stale)
      #expect(try check(stale) != 0, "\(fault)")
    }
  }

  // Negative controls.
  @Test func `is read closely enough to find a broken link`() throws {
    let page = packageRoot + "/docs/gate.md"
    let links = "[a](runs.md#plan) [b](nowhere.md) [c](#nothing) [d](runs.md#no) [e](https://e.org)"
    #expect(try brokenLinks(in: links, of: page) == ["nowhere.md", "#nothing", "runs.md#no"])
    let files = "`docs/gate.md`, `docs/gates.md`, `Sources/NAME`, `docs/*.md`"
    #expect(missingFiles(in: files) == ["docs/gates.md"])
  }

  @Test func `is read closely enough to find a wrong command`() throws {
    let wrong = """
      Text with `reprise bake RUN` and `reprise status RUN --lists open`.

          reprise run RUN --jobs 4 --bogus  # --remark
          reprise baseline keep RUN
      """
    #expect(
      try unknownWords(in: wrong) == [
        "reprise bake", "reprise status --lists", "reprise run --bogus", "reprise baseline keep",
      ])
  }
}

/// The pages that people read: the README and all below docs.
private func pages() throws -> [String] {
  [packageRoot + "/README.md"]
    + files(below: packageRoot + "/docs").filter { $0.hasSuffix(".md") }
    .map { packageRoot + "/docs/" + $0 }
}

/// Pages beside the documentation, of which only the links are checked.
private let papers = [
  "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "golden/README.md", "reports/README.md",
].map { packageRoot + "/" + $0 }

/// The pages, the README apart, that none of the others links to.
private func unlinked(_ pages: [String]) throws -> [String] {
  try pages.filter { page in
    guard page != packageRoot + "/README.md" else { return false }
    return try !pages.contains { other in
      guard other != page else { return false }
      let folder = (other as NSString).deletingLastPathComponent
      return try text(other).matches(of: #/\]\(([^)\s#]+)/#).contains {
        (folder + "/" + $0.output.1 as NSString).standardizingPath == page
      }
    }
  }
}

/// The links of a page that lead to no file, or to a heading that its page lacks.
private func brokenLinks(in page: String, of place: String) throws -> [String] {
  let folder = (place as NSString).deletingLastPathComponent
  return try page.matches(of: #/\]\(([^)\s]+)\)/#).map { String($0.output.1) }.filter { link in
    guard !link.contains(":") else { return false }
    let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let path = parts[0].isEmpty ? place : folder + "/" + parts[0]
    guard exists(path) else { return true }
    guard parts.count == 2 else { return false }
    return !headings(of: parts[0].isEmpty ? page : try text(path)).contains(
      String(parts[1]))
  }
}

/// The headings of a page as links name them.
private func headings(of text: String) -> [String] {
  text.split(separator: "\n").filter { $0.hasPrefix("#") }.map { line in
    line.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces).lowercased()
      .filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
      .replacing(" ", with: "-")
  }
}

/// The files of the repository that a page mentions in backquotes and that are not there. Words in
/// capitals, dots and brackets stand for something else.
private func missingFiles(in text: String) -> [String] {
  text.matches(of: #/`((?:Sources|Tests|docs|golden|baselines)/[^`\s]+)`/#)
    .map { String($0.output.1) }
    .filter { path in
      path.firstMatch(of: #/[…{}*<>]|[A-Z]{4}|NAME/#) == nil && !exists(packageRoot + "/" + path)
    }
}

/// The subcommands and options in a page's commands that the program does not have.
private func unknownWords(in text: String) throws -> [String] {
  try commands(in: text).flatMap { words -> [String] in
    guard let first = words.first, first != "help", first.isSubcommandLike else { return [] }
    var path = [first]
    guard try Help.text(of: []).contains(subcommand: first) else { return ["reprise " + first] }
    if try Help.text(of: path).contains("SUBCOMMANDS:"), let second = words.dropFirst().first,
      second.isSubcommandLike
    {
      guard try Help.text(of: path).contains(subcommand: second) else {
        return ["reprise \(first) \(second)"]
      }
      path.append(second)
    }
    let help = try Help.text(of: path)
    return words.filter { $0.hasPrefix("--") }
      .map { String($0.prefix { $0 != "=" }) }
      .filter { !help.contains(option: $0) }
      .map { "reprise \(path.joined(separator: " ")) \($0)" }
  }
}

/// The words after `reprise` in the commands of a page: those in backquotes, and indented lines.
private func commands(in text: String) -> [[String]] {
  let whole = text.replacing("\\\n", with: " ")
  let lines = whole.split(separator: "\n").filter { $0.hasPrefix("    ") }
  let spans = whole.matches(of: #/`([^`]+)`/#).map(\.output.1).filter { $0.hasPrefix("reprise ") }
  return (spans + lines).flatMap { command -> [[String]] in
    let code = command.firstRange(of: " #").map { command[..<$0.lowerBound] } ?? command
    return code.split { "|;&>".contains($0) }.compactMap { part in
      let words = part.split { $0 == " " || $0 == "\n" }.map(String.init)
      guard
        let start = words.firstIndex(where: {
          $0 == "reprise" || $0.hasSuffix("/reprise")
        })
      else { return nil }
      return Array(words[(start + 1)...])
    }
  }
}

/// The program's help, asked for once for each subcommand.
private enum Help {
  private static let kept = Kept()

  static func text(of path: [String]) throws -> String { try kept.text(of: path) }

  private final class Kept: @unchecked Sendable {
    private let lock = NSLock()
    private var texts: [[String]: String] = [:]

    func text(of path: [String]) throws -> String {
      try lock.withLock {
        if let text = texts[path] { return text }
        let help = try reprise(path.isEmpty ? ["--help"] : ["help"] + path)
        let text = help.standardOutput
        texts[path] = text
        return text
      }
    }
  }
}

extension String {
  /// Whether a word can be a subcommand: small letters and hyphens.
  fileprivate var isSubcommandLike: Bool { wholeMatch(of: #/[a-z][a-z-]*/#) != nil }

  /// Whether a help text lists a subcommand.
  fileprivate func contains(subcommand name: String) -> Bool {
    split(separator: "\n").contains { line in
      line.hasPrefix("  \(name) ") || line == "  \(name)"
    }
  }

  /// Whether a help text describes an option, as a whole word.
  fileprivate func contains(option name: String) -> Bool {
    split { !($0.isLetter || $0.isNumber || $0 == "-") }.contains { $0 == name }
  }
}
