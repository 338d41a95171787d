// Kind: worked by hand. The contents of a stamp, and what its script writes for small repositories.
import BuildStamp
import Foundation
import TestSupport
import Testing

/// Runs a shell script in a folder, with git free of user settings; returns the output.
@discardableResult private func shell(
  _ script: String, in folder: String, _ arguments: String..., environment: [String: String] = [:]
) throws -> String {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/bin/sh")
  process.arguments = ["-ec", script, "sh"] + arguments
  process.currentDirectoryURL = URL(fileURLWithPath: folder)
  let own = [
    "HOME": folder, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@b",
    "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@b",
  ]
  process.environment = ProcessInfo.processInfo.environment
    .merging(own) { $1 }.merging(environment) { $1 }
  let output = Pipe()
  process.standardOutput = output
  process.standardError = FileHandle.nullDevice
  process.standardInput = FileHandle.nullDevice
  try process.run()
  let said = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  try #require(process.terminationStatus == 0, "\(script)")
  return String(decoding: said, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
}

/// A package of two files; `stamp` is the script's output for it.
private struct Package {
  let folder: String

  init(in root: String) throws {
    folder = root + "/pack age"
    try shell("mkdir -p 'pack age/Sources/One' away", in: root)
    try write("// a manifest", to: "Package.swift")
    try write("let one = 1", to: "Sources/One/One.swift")
  }

  func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + path))
  }

  @discardableResult func git(_ arguments: String) throws -> String {
    try shell("git " + arguments, in: folder)
  }

  func commitAll() throws -> String {
    try git("init -q .")
    try git("add -A")
    try git("commit -q -m all")
    return try git("rev-parse HEAD")
  }

  func stamp(_ environment: [String: String] = [:]) throws -> String {
    try shell(
      "sh \"$1\" \"$2\" \"$2/../away/Stamp.swift\"; cat \"$2/../away/Stamp.swift\"", in: "/",
      packageRoot + "/Sources/BuildStamp/stamp.sh", folder, environment: environment)
  }
}

/// The value that a stamp's function returns, as written in the file.
private func value(_ function: String, in stamp: String) throws -> String {
  let line = try #require(stamp.split(separator: "\n").first { $0.contains("func \(function)()") })
  return line.split(separator: "{", maxSplits: 1)[1].trimmingCharacters(
    in: CharacterSet(charactersIn: " }\""))
}

@Suite struct `A stamp of the sources` {
  let name = String(repeating: "0123456789abcdef", count: 3).prefix(40)

  @Test func `says whether the sources are those of the commit`() {
    let clean = BuildStamp(
      commit: .known(name: String(name), changed: false), sourceDigest: "d1d2")
    #expect(clean.recordedCommit == "0123456789ab")
    #expect(clean.words.contains("reprise \(releaseVersion)\n"))
    #expect(clean.words.contains("commit \(name), clean"))
    #expect(clean.words.contains("SHA-256 d1d2") && !clean.words.contains("dirty"))
    let dirty = BuildStamp(commit: .known(name: String(name), changed: true), sourceDigest: "d1d2")
    #expect(dirty.recordedCommit == "0123456789ab + uncommitted changes")
    #expect(dirty.words.contains("dirty") && !dirty.words.contains("clean"))
  }

  @Test func `says why there is no commit, and has the digest`() {
    let stamp = BuildStamp(
      commit: .unknown(reason: "git is not installed"), sourceDigest: "d1d2")
    #expect(stamp.recordedCommit == "unknown")
    #expect(stamp.words.contains("commit not known: git is not installed"))
    #expect(stamp.words.contains("SHA-256 d1d2"))
  }

  @Test func `is in every program that is built here`() {
    let stamp = BuildStamp.ofThisProgram
    #expect(stamp.sourceDigest.wholeMatch(of: /[0-9a-f]{64}/) != nil)
    switch stamp.commit {
    case .known(let name, _): #expect(name.wholeMatch(of: /[0-9a-f]{40,64}/) != nil)
    case .unknown(let reason): #expect(!reason.isEmpty)
    }
  }
}

@Suite struct `The script that stamps a build` {
  @Test func `names the commit, and tells changed sources from clean ones`() throws {
    try withTemporaryFolder { root in
      let package = try Package(in: root)
      let commit = try package.commitAll()
      let clean = try package.stamp()
      #expect(try value("stampedCommit", in: clean) == commit)
      #expect(try value("stampedChange", in: clean) == "false")
      try package.write("let one = 2", to: "Sources/One/One.swift")
      let changed = try package.stamp()
      #expect(try value("stampedCommit", in: changed) == commit)
      #expect(try value("stampedChange", in: changed) == "true")
      try package.git("checkout -q Sources")
      #expect(try package.stamp() == clean)
      try package.write("let two = 2", to: "Sources/One/Two.swift")
      #expect(try value("stampedChange", in: package.stamp()) == "true")
    }
  }

  @Test func `takes what no program is made from for no change`() throws {
    try withTemporaryFolder { root in
      let package = try Package(in: root)
      _ = try package.commitAll()
      let clean = try package.stamp()
      try package.write("notes", to: "notes.md")
      try package.write("an editor's", to: "Sources/.One.swift.swp")
      let digest = try value("stampedDigest", in: clean)
      #expect(try value("stampedDigest", in: package.stamp()) == digest)
      try package.git("rm -q --cached Sources/One/One.swift")
      #expect(try value("stampedChange", in: package.stamp()) == "true")
    }
  }

  @Test func `computes the digest that its head describes`() throws {
    try withTemporaryFolder { root in
      let package = try Package(in: root)
      let first = try value("stampedDigest", in: package.stamp())
      let command = try #require(
        String(contentsOfFile: packageRoot + "/Sources/BuildStamp/stamp.sh", encoding: .utf8)
          .split(separator: "\n").first { $0.hasPrefix("#     find ") })
      let said = try shell(String(command.dropFirst()), in: package.folder)
      #expect(said == first + "  -")
      try package.write("let one = 2", to: "Sources/One/One.swift")
      let other = try value("stampedDigest", in: package.stamp())
      try shell("mv Sources/One/One.swift Sources/One/Uno.swift", in: package.folder)
      #expect(try Set([first, other, value("stampedDigest", in: package.stamp())]).count == 3)
    }
  }

  @Test func `says why there is no commit`() throws {
    try withTemporaryFolder { root in
      let package = try Package(in: root)
      let bare = try package.stamp()
      #expect(try value("stampedCommit", in: bare).isEmpty)
      #expect(try value("stampedReason", in: bare).contains("not a git repository"))
      #expect(try value("stampedDigest", in: bare).count == 64)
      // A surrounding repository that does not contain the package.
      try shell("git init -q .; git commit -q --allow-empty -m none", in: root)
      let strange = try package.stamp()
      #expect(try value("stampedCommit", in: strange).isEmpty)
      #expect(try value("stampedReason", in: strange).contains("does not hold these sources"))
      // Its own repository, without a commit.
      try package.git("init -q .")
      #expect(try value("stampedReason", in: package.stamp()).contains("fatal: "))
      // A repository of another user.
      let foreign = ["GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"]
      _ = try package.commitAll()
      #expect(try !value("stampedCommit", in: package.stamp()).isEmpty)
      let owned = try package.stamp(foreign)
      #expect(try value("stampedCommit", in: owned).isEmpty)
      #expect(try value("stampedReason", in: owned).contains("dubious ownership"))
    }
  }

  @Test func `leaves the file alone where nothing is new, and till the next build`()
    throws
  {
    try withTemporaryFolder { root in
      let package = try Package(in: root)
      let first = try package.commitAll()
      let file = root + "/away/Stamp.swift"
      _ = try package.stamp()
      func number() throws -> UInt64? {
        try FileManager.default.attributesOfItem(atPath: file)[.systemFileNumber] as? UInt64
      }
      let before = try number()
      _ = try package.stamp()
      #expect(try number() == before)
      try package.git("commit -q --allow-empty -m next")
      let kept = try String(contentsOfFile: file, encoding: .utf8)
      #expect(try value("stampedCommit", in: kept) == first)
      let second = try package.git("rev-parse HEAD")
      #expect(try value("stampedCommit", in: package.stamp()) == second && first != second)
    }
  }
}
