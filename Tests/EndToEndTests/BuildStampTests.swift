// Kind: end to end. The program reports its own build, whatever git would say now.
import Foundation
import Testing

@Suite struct `The program's stamp` {
  @Test func `has version, commit and digest`() throws {
    let said = try reprise("--version")
    #expect(said.code == 0)
    let lines = said.standardOutput.split(separator: "\n")
    try #require(lines.count == 3)
    #expect(lines[0].wholeMatch(of: /reprise [0-9]+\.[0-9]+\.[0-9]+/) != nil)
    let commit = lines[1].wholeMatch(of: /commit [0-9a-f]{40,64}, (clean|dirty): .*/) != nil
    #expect(commit || lines[1].hasPrefix("commit not known: "))
    #expect(lines[2].wholeMatch(of: /sources SHA-256 [0-9a-f]{64}/) != nil)
  }

  @Test func `stays when the repository's commit moves without a build`() throws {
    try withFolder { folder in
      // A git that answers as after a commit.
      let (moved, asked) = (String(repeating: "fade", count: 10), folder + "/asked")
      try write(
        "#!/bin/sh\necho \"$@\" >> '\(asked)'\ncase \"$*\" in *rev-parse*) echo \(moved);; esac\n",
        to: folder + "/git")
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: folder + "/git")
      let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
      let environment = ["PATH": folder + ":" + path]
      #expect(program("git", "rev-parse", environment: environment)?.standardOutput == moved + "\n")
      try remove(asked)
      let before = try reprise("--version").standardOutput
      #expect(try reprise("--version", environment: environment).standardOutput == before)
      // A run records the program's stamp as well.
      let file = try writeExperiment(
        in: folder, at: tinyRAVDESS.get(), epochs: 1, variants: "[{name: full}]")
      let run = try reprise(
        "run", file, "--out", folder + "/run", "--quiet", environment: environment)
      try #require(run.code == 0, "\(run.standardError)")
      let records = try files(below: folder + "/run").filter { $0.hasSuffix(".json") }
        .map { try text(folder + "/run/" + $0) }.filter {
          $0.contains("\"commit\" : ") && !$0.contains("\"baselines\"")
        }
      #expect(!records.isEmpty)
      let commit = try #require(before.split(separator: "\n").dropFirst().first)
        .replacing("commit ", with: "").prefix(12)
      for record in records {
        #expect(!record.contains(moved.prefix(12)))
        #expect(record.contains("\"\(commit)") || record.contains("\"unknown\""))
      }
      #expect(!exists(asked))
    }
  }
}
