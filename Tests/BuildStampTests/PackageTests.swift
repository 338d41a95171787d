// Kind: property. Package.swift matches the imports of the sources.
import Foundation
import TestSupport
import Testing

/// A target of Package.swift: its folder and its dependencies.
private struct DeclaredTarget {
  let name: String
  let folder: String
  let uses: Set<String>

  /// The modules of other packages, by the constants that hold their products.
  private static let products = [
    "arguments": "ArgumentParser", "crypto": "Crypto", "yams": "CYaml",
  ]

  init(name: String, folder: String, uses: Set<String>) {
    (self.name, self.folder, self.uses) = (name, folder, uses)
  }

  /// All targets except system libraries, C code and the plugin.
  static func all() throws -> [DeclaredTarget] {
    let text = try String(contentsOfFile: packageRoot + "/Package.swift", encoding: .utf8)
      .replacing(/\/\/[^\n]*/, with: "").replacing(/func \w+\(/, with: "")
    return text.matches(of: /\b(module|tests|target|executableTarget|testTarget)\(([^()]*)/)
      .compactMap { match in
        let (kind, arguments) = (String(match.1), String(match.2))
        let lists = arguments.firstMatch(of: /dependencies: \[([^\]]*)\]/)
        guard kind == "module" || kind == "tests" || lists != nil else { return nil }
        // Constants and quoted names, in the order of the file.
        let words = (lists.map { String($0.1) } ?? arguments)
          .matches(of: /"(\w+)"|(\w+)/).map { String($0.1 ?? $0.2 ?? "") }
        let uses = words.map { products[$0] ?? $0 }.filter { $0 != "onlyPinned" }
        if lists != nil {
          guard let name = arguments.firstMatch(of: /name: "(\w+)"/)?.1 else { return nil }
          let path = arguments.firstMatch(of: /path: "([\w\/]+)"/).map { String($0.1) }
          let parent = kind == "testTarget" ? "Tests/" : "Sources/"
          return DeclaredTarget(
            name: String(name), folder: path ?? parent + name, uses: Set(uses))
        }
        guard let name = words.first else { return nil }
        return kind == "module"
          ? DeclaredTarget(name: name, folder: "Sources/" + name, uses: Set(uses.dropFirst()))
          : DeclaredTarget(
            name: name + "Tests", folder: "Tests/\(name)Tests", uses: Set(uses + ["TestSupport"]))
      }
  }

  /// The modules that its sources import.
  func imports() throws -> Set<String> {
    let files = try #require(FileManager.default.enumerator(atPath: packageRoot + "/" + folder))
    var found: Set<String> = []
    for case let file as String in files where file.hasSuffix(".swift") {
      let text = try String(contentsOfFile: "\(packageRoot)/\(folder)/\(file)", encoding: .utf8)
      for match in text.matches(of: /(?m)^(?:@\w+ )?(?:package )?import (?:\w+ )?(\w+)$/) {
        found.insert(String(match.1))
      }
    }
    return found
  }
}

@Suite struct `The package` {
  /// Modules of the system or of Swift.
  static let given: Set = [
    "Dispatch", "Foundation", "FoundationXML", "Glibc", "Synchronization", "Testing",
  ]

  @Test func `lists for each module what it imports, and nothing else`() throws {
    let targets = try DeclaredTarget.all()
    let names = Set(targets.map(\.name))
    #expect(names.isSuperset(of: ["Threads", "Files", "reprise", "TestSupport", "FilesTests"]))
    for target in targets {
      let imports = try target.imports().subtracting(Self.given)
      #expect(!imports.isEmpty || target.uses.isEmpty, "\(target.name)")
      #expect(
        imports.subtracting(target.uses).isEmpty,
        "\(target.name) imports what Package.swift does not list for it")
      // Every test target may use TestSupport.
      let idle = target.uses.subtracting(imports).subtracting(["TestSupport"])
      #expect(idle.isEmpty, "\(target.name) never imports what Package.swift lists for it")
    }
  }

  /// Things that at most one module may do.
  @Test(arguments: [
    ("concurrentPerform", "none"), ("import CFFTW", "Fourier"), ("posix_spawn(", "none"),
    ("posix_spawnp(", "Files"), (" Process()", "none"), ("mmap(nil", "Files"),
    ("&quot;", "Files"), ("data_offsets", "Tensors"),
  ])
  func `does in one module what is to be done in one way`(words: String, module: String) throws {
    let sources = packageRoot + "/Sources"
    let files = try #require(FileManager.default.enumerator(atPath: sources))
    var found: Set<String> = []
    for case let file as String in files where file.hasSuffix(".swift") {
      let text = try String(contentsOfFile: sources + "/" + file, encoding: .utf8)
      if text.contains(words) {
        found.formUnion(file.split(separator: "/").prefix(1).map(String.init))
      }
    }
    #expect(found == (module == "none" ? [] : [module]))
  }
}
