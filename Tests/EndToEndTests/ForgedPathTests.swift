// Kind: end to end. Forged paths that lead out of a run, folders that are symbolic links, and
// special files. Nothing outside is read, moved or written, and nothing blocks.
import Foundation
import Testing

/// A finished run with its experiment file.
private let honest = Result<String, any Error> {
  let folder = scratch + "/honest"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  let file = try writeExperiment(in: folder, at: tinyRAVDESS.get(), variants: "[{name: full}]")
  let output = try reprise("run", file, "--out", folder + "/run", "--quiet")
  guard output.code == 0 else { throw Unexpected(output: output) }
  return folder
}

/// Calls `body` with a copy of the run, and a folder of someone else beside it.
private func withVictim(_ body: (_ run: String, _ victim: String) throws -> Void) throws {
  try withFolder { folder in
    try copy(try honest.get() + "/run", to: folder + "/run")
    try FileManager.default.createDirectory(
      atPath: folder + "/victim", withIntermediateDirectories: true)
    try write("secret", to: folder + "/victim/key")
    try body(folder + "/run", folder + "/victim")
  }
}

private func sum(_ text: String) throws -> String {
  try withFolder { folder in
    try write(text, to: folder + "/x")
    return String(try #require(program("sha256sum", folder + "/x")).standardOutput.prefix(64))
  }
}

@Suite(.timeLimit(.minutes(30))) struct `A forged name` {
  @Test(arguments: ["report", "stand-ins/ravdess"])
  func `in a list of checksums moves nothing from outside`(_ part: String) throws {
    for name in [
      "../../victim/key", "../../../victim/key", "VICTIM/key", "figures/../../../victim/key",
    ] {
      try withVictim { run, victim in
        let folder = run + "/" + part
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true)
        let digest = String(repeating: "0", count: 64)
        let lines = digest + "  " + name.replacing("VICTIM", with: victim) + "\n"
        try write(
          "# sha256 of the lines below: \(sum(lines))\n" + lines, to: folder + "/SHA256SUMS")
        let check = try reprise("fsck", run)
        #expect(check.code == 1)
        #expect(check.standardOutput.contains("which leads out of its folder"), "\(check)")
        #expect(try text(victim + "/key") == "secret")
        #expect(!files(below: run + "/quarantine").contains { $0.contains("key") })
      }
    }
  }

  @Test func `in a cell's record is refused, whatever it vouches for`() throws {
    for name in ["../../../victim/key", "/VICTIM/key", "", ".", "sub/key", "../done.json"] {
      try withVictim { run, victim in
        let cell = try #require(cells(of: run).first)
        let done = try unsealed(text(cell + "/done.json"))
        let forged = done.replacing(
          "\"name\" : \"predictions.csv\"",
          with: "\"name\" : \"\(name.replacing("/VICTIM", with: victim))\"")
        try #require(forged != done)
        try write(forged, to: cell + "/done.json")
        expectRefusal(try reprise("report", run), "done.json")
        let check = try reprise("fsck", run)
        #expect(
          check.code == 1 && check.standardOutput.contains("done.json has changed"))
        #expect(try text(victim + "/key") == "secret")
      }
    }
  }
}

@Suite(.timeLimit(.minutes(30))) struct `A folder that is a symbolic link` {
  @Test func `is named, and nothing is written or moved through it`() throws {
    let whole = try honest.get() + "/run"
    let cell = "cells/" + (try #require(cells(of: whole).first) as NSString).lastPathComponent
    for part in [
      "report", "report/tables", "cells", cell, "ledger", "inventory", "audits", "costs",
      "examples",
      "cache", "queue", "queue/open", "quarantine",
    ] {
      try withVictim { run, victim in
        let place = run + "/" + part
        if exists(place) {
          try FileManager.default.moveItem(atPath: place, toPath: victim + "/moved")
        } else {
          try FileManager.default.createDirectory(
            atPath: victim + "/moved", withIntermediateDirectories: true)
        }
        try FileManager.default.createSymbolicLink(
          atPath: place, withDestinationPath: victim + "/moved")
        // A file that would be set aside.
        try write("{}", to: run + "/provenance.json")
        let before = try snapshot(victim)
        let check = try reprise("fsck", run)
        #expect(check.code == 1)
        #expect(check.standardOutput.contains("\(part): is a symbolic link"), "\(check)")
        let again = try reprise(
          "run", try honest.get() + "/tiny.yaml", "--out", run, "--quiet")
        #expect(again.code == 2 && again.standardError.contains("\(part): is a symbolic link"))
        #expect(try reprise("cell", run).code == 2)
        #expect(try reprise("report", run).code == 2)
        #expect(try snapshot(victim) == before, "\(part)")
      }
    }
  }

  @Test func `may be the run itself`() throws {
    try withVictim { run, victim in
      try FileManager.default.createSymbolicLink(atPath: victim + "/run", withDestinationPath: run)
      #expect(try reprise("fsck", victim + "/run").code == 0)
      let file = try honest.get() + "/tiny.yaml"
      #expect(try reprise("run", file, "--out", victim + "/run", "--quiet").code == 0)
    }
  }

  @Test func `is not gone on with where it lies among the open cells`() throws {
    try withVictim { run, victim in
      let cell = try #require(cells(of: run).first)
      let name = (cell as NSString).lastPathComponent
      try FileManager.default.moveItem(atPath: cell, toPath: victim + "/" + name)
      try FileManager.default.createSymbolicLink(
        atPath: "\(run)/queue/open/\(name)", withDestinationPath: victim + "/" + name)
      let before = try snapshot(victim)
      for arguments in [["run", run], ["cell", run]] {
        let output = try reprise(arguments + ["--quiet"])
        #expect(output.code == 2)
        #expect(output.standardError.contains("queue/open/\(name): is a symbolic link"))
      }
      #expect(try reprise("fsck", run).code == 1)
      #expect(try snapshot(victim) == before)
    }
  }
}

@Suite(.timeLimit(.minutes(30))) struct `A FIFO in a file's place` {
  /// Runs the program for at most 20 s.
  private func hurried(_ arguments: [String]) throws -> Output {
    let line = ["20", try Executable.path()] + arguments
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["timeout"] + line
    let place = scratch + "/hurried-\(UUID().uuidString)"
    try Data().write(to: URL(fileURLWithPath: place))
    defer { try? remove(place) }
    let handle = try #require(FileHandle(forWritingAtPath: place))
    (process.standardOutput, process.standardError) = (handle, handle)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return Output(
      code: process.terminationStatus, standardOutput: try text(place), standardError: "")
  }

  @Test func `is never waited for, whatever file of a run it stands for`() throws {
    let whole = try honest.get() + "/run"
    let all = files(below: whole).filter { !$0.hasPrefix("report/") || $0.hasSuffix("SHA256SUMS") }
    #expect(all.count > 20)
    for path in all {
      try withVictim { run, _ in
        try remove(run + "/" + path)
        try #require(mkfifo(run + "/" + path, 0o644) == 0)
        for command in [
          ["fsck", run, "--dry-run"], ["status", run], ["report", run, "--only", "tab-ablation"],
        ] {
          let output = try hurried(command)
          #expect(output.code != 124 && output.code < 128, "\(path) \(command)")
          if command[0] == "fsck" {
            #expect(output.code == 1 && output.standardOutput.contains(path), "\(path) \(output)")
          }
        }
      }
    }
  }

  @Test func `is named where a user gives it`() throws {
    try withFolder { folder in
      for name in ["x.yaml", "x.json", "x.npy", "x.csv"] {
        try #require(mkfifo(folder + "/" + name, 0o644) == 0)
      }
      let run = try honest.get() + "/run"
      for arguments in [
        ["run", folder + "/x.yaml"], ["tsne", folder + "/x.npy"],
        ["compare", run, "--baseline", folder + "/x.json"],
        ["check", run, "--baseline", folder + "/x.json"],
      ] {
        let output = try hurried(arguments)
        #expect(output.code == 2, "\(arguments) \(output)")
        #expect(output.standardOutput.contains("cannot be read: it is a FIFO, expected a regular"))
      }
    }
  }
}
