// Package.swift as tests read it.
import Foundation
import TestSupport
import Testing

/// A target of Package.swift: where its sources are, and what it may use.
struct DeclaredTarget {
  let name: String
  let folder: String
  let uses: Set<String>

  /// The modules of other packages, by the constants that hold their products.
  static let products = [
    "arguments": "ArgumentParser", "crypto": "Crypto", "yams": "CYaml",
  ]

  /// Every target of Package.swift, except system libraries, C and the plugin.
  static func all() throws -> [DeclaredTarget] {
    all(in: try String(contentsOfFile: packageRoot + "/Package.swift", encoding: .utf8))
  }

  /// Every target of a manifest, except system libraries, C and the plugin.
  static func all(in manifest: String) -> [DeclaredTarget] {
    let text =
      manifest
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
    for case let file as String in files where file.hasSuffix(".swift") || file.hasSuffix(".c") {
      let text = try String(contentsOfFile: "\(packageRoot)/\(folder)/\(file)", encoding: .utf8)
      for match in text.matches(of: /(?m)^(?:@\w+ )?(?:package )?import (?:\w+ )?(\w+)$/) {
        found.insert(String(match.1))
      }
      for match in text.matches(of: /(?m)^#include "(C[A-Z]\w+)\.h"$/) {
        found.insert(String(match.1))
      }
    }
    return found.subtracting([name])
  }
}
