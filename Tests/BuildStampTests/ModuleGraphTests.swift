// Kind: property. docs/architecture.md describes every module, and its drawing is that of
// Package.swift.
import Foundation
import TestSupport
import Testing

/// Modules without a list of what they use.
private let leaves = ["BuildStamp", "CDevice", "CKernels"]

/// What each module of a manifest uses.
private func uses(in manifest: String) -> [String: Set<String>] {
  var uses: [String: Set<String>] = [:]
  for leaf in leaves { uses[leaf] = [] }
  for target in DeclaredTarget.all(in: manifest) where target.folder.hasPrefix("Sources/") {
    uses[target.name] = target.uses
  }
  return uses
}

/// The areas of docs/architecture.md: its headings of third order, each with a table of modules.
private func areas(in page: String) -> [(name: String, modules: [String])] {
  page.split(separator: "\n### ").dropFirst().map { section in
    let name = section.prefix { $0 != "\n" }
    return (
      String(name),
      section.matches(of: /(?m)^\| `(\w+)` \| \S.* \|$/).map { String($0.1) }
    )
  }.filter { !$0.modules.isEmpty }
}

@Suite struct `The drawing of the modules` {
  static let drawing = packageRoot + "/docs/modules.svg"
  /// Set to anything, this variable makes the test write the drawing.
  static let writing = "REPRISE_WRITE_DRAWING"
  static let remedy = "\(writing)=1 swift test -c release --filter BuildStampTests"

  private func manifest() throws -> String {
    try String(contentsOfFile: packageRoot + "/Package.swift", encoding: .utf8)
  }

  private func page() throws -> String {
    try String(contentsOfFile: packageRoot + "/docs/architecture.md", encoding: .utf8)
  }

  private func svg(of manifest: String) throws -> String {
    ModuleDrawing(ModuleGraph(uses: uses(in: manifest), areas: areas(in: try page()))).svg
  }

  @Test func `is that of Package.swift`() throws {
    let drawn = try svg(of: try manifest())
    if ProcessInfo.processInfo.environment[Self.writing] != nil {
      try drawn.write(toFile: Self.drawing, atomically: true, encoding: .utf8)
      Issue.record("docs/modules.svg was written; run the tests again without \(Self.writing)")
      return
    }
    let kept = try String(contentsOfFile: Self.drawing, encoding: .utf8)
    #expect(kept == drawn, "docs/modules.svg is out of date; run: \(Self.remedy)")
  }

  /// Negative control.
  @Test(arguments: [
    ("module(\"Cluster\", \"Files\")", "module(\"Cluster\", \"Files\", \"Randomness\")"),
    ("module(\"Threads\"),", "module(\"Threads\"), module(\"Newcomer\", \"Threads\"),"),
    ("module(\"Settings\", \"Files\")", "module(\"Settings\")"),
  ])
  func `is another one once a dependency or a module changes`(old: String, new: String) throws {
    let manifest = try manifest()
    let changed = manifest.replacing(old, with: new)
    #expect(changed != manifest)
    #expect(try svg(of: changed) != svg(of: manifest))
  }

  @Test func `is described module by module`() throws {
    let described = areas(in: try page()).flatMap(\.modules)
    let modules = uses(in: try manifest()).keys.sorted()
    #expect(modules.count > 30)
    #expect(
      described.sorted() == modules,
      "docs/architecture.md needs one row for each module of Package.swift, and no other")
  }

  @Test func `leaves out what a module reaches through another one`() {
    let graph = ModuleGraph(
      uses: ["top": ["middle", "low", "CFFTW"], "middle": ["low"], "low": []],
      areas: [("all", ["top", "middle"])])
    #expect(graph.modules.map(\.name) == ["low", "middle", "top"])
    #expect(graph.modules.map(\.uses) == [[], ["low"], ["middle"]])
    #expect(graph.modules.map(\.libraries) == [[], [], ["CFFTW"]])
    #expect(graph.modules.map(\.area) == [1, 0, 0])
    #expect(graph.levels() == ["low": 0, "middle": 1, "top": 2])
  }

  @Test func `puts every module above what it uses`() throws {
    let graph = ModuleGraph(uses: uses(in: try manifest()), areas: [])
    let levels = graph.levels()
    for module in graph.modules {
      for used in module.uses {
        #expect((levels[module.name] ?? 0) > (levels[used] ?? 0), "\(module.name), \(used)")
      }
    }
  }
}
