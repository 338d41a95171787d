// Kind: worked by hand. Where the program looks for golden/ and baselines/, in which order.
import Experiments
import Foundation
import TestSupport
import Testing

/// Lays out the landmarks of a data folder.
private func furnish(_ home: String, _ names: String...) throws {
  for name in names {
    let file = home + (name == "golden" ? "/golden/random/manifest.json" : "/\(name)/paper.json")
    let url = URL(fileURLWithPath: file)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data("{}".utf8).write(to: url)
  }
}

@Suite struct `The folder of the program's data` {
  @Test func `is share/reprise of an installed program`() throws {
    try withTemporaryFolder { root in
      try furnish(root + "/usr/share/reprise", "golden", "baselines")
      let home = DataHome(override: nil, program: root + "/usr/bin/reprise")
      #expect(home.golden == root + "/usr/share/reprise/golden")
      #expect(home.baselines == root + "/usr/share/reprise/baselines")
      try home.check()
    }
  }

  @Test func `is the checkout of a program that was built in it`() throws {
    try withTemporaryFolder { root in
      let program = root + "/checkout/.build/x86_64/release/reprise"
      try furnish(root + "/checkout", "golden", "baselines")
      // Without Package.swift it is just a folder above.
      #expect(DataHome(override: nil, program: program).golden != root + "/checkout/golden")
      try Data().write(to: URL(fileURLWithPath: root + "/checkout/Package.swift"))
      let home = DataHome(override: nil, program: program)
      #expect(home.golden == root + "/checkout/golden")
      #expect(home.baselines == root + "/checkout/baselines")
      // An installed program's own data come first.
      try furnish(root + "/checkout/.build/x86_64/share/reprise", "golden")
      let beside = DataHome(override: nil, program: program)
      #expect(beside.golden == root + "/checkout/.build/x86_64/share/reprise/golden")
      #expect(beside.baselines == root + "/checkout/baselines")
    }
  }

  @Test func `is what REPRISE_HOME says, and nothing else`() throws {
    try withTemporaryFolder { root in
      try furnish(root + "/usr/share/reprise", "golden", "baselines")
      try furnish(root + "/own", "golden")
      let program = root + "/usr/bin/reprise"
      let home = DataHome(override: root + "/own", program: program)
      #expect(home.golden == root + "/own/golden")
      #expect(home.baselines == root + "/own/baselines")
      let error = #expect(throws: DataHomeError.self) { try home.check() }
      let words = try #require(error).description
      #expect(words.hasPrefix("REPRISE_HOME=\(root)/own: "))
      #expect(words.contains("found no baselines/paper.json; unset REPRISE_HOME"))
      try furnish(root + "/own", "baselines")
      try DataHome(override: root + "/own", program: program).check()
      // An empty value is no value.
      let unset = DataHome(override: "", program: program)
      #expect(unset.golden == root + "/usr/share/reprise/golden")
      try unset.check()
    }
  }

  @Test func `is the working folder where nothing else has it`() throws {
    try withTemporaryFolder { root in
      let program = root + "/bin/reprise"
      try furnish(root + "/checkout", "golden")
      let home = DataHome(override: nil, program: program, workingFolder: root + "/checkout")
      #expect(try home.requireGolden() == root + "/checkout/golden")
      // Baselines are in none of the places: their place is beside the program.
      #expect(home.baselines == root + "/share/reprise/baselines")
      try home.check()
    }
  }

  @Test func `is asked for by all its places where it is in none`() throws {
    try withTemporaryFolder { root in
      let lone = DataHome(
        override: nil, program: root + "/bin/reprise", workingFolder: root + "/checkout")
      #expect(lone.golden == root + "/share/reprise/golden")
      let error = #expect(throws: DataHomeError.self) { try lone.requireGolden() }
      let words = try #require(error).description
      #expect(words.contains("may be: \(root)/share/reprise, \(root)/checkout; install"))
    }
  }
}
