// Kind: property. Package.swift matches the imports of the sources.
import Foundation
import TestSupport
import Testing

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
