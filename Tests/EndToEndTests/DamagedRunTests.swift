// Kind: end to end. Damaged files of a run: `report` reports them with a remedy, and the remedy
// repairs the run.
import Foundation
import Testing

/// A finished run to copy and damage, with its experiment file.
private let finishedRun = Result<String, any Error> {
  let folder = scratch + "/finished"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  let file = try writeExperiment(in: folder, at: tinyRAVDESS.get(), variants: "[{name: full}]")
  let output = try reprise("run", file, "--out", folder + "/run", "--quiet")
  guard output.code == 0 else { throw Unexpected(output: output) }
  return folder
}

@Suite(.timeLimit(.minutes(30))) struct `A damaged run` {
  struct Case: Sendable, CustomTestStringConvertible {
    /// The file below the run; `CELL` is the first cell.
    let file: String
    let complaint: String
    /// The new content; nil to cut the file in half.
    var content: String? = "{"
    var testDescription: String { "\(file) \(content ?? "cut")" }
  }

  @Test(arguments: [
    Case(file: "experiment.json", complaint: "does not fit; start the run again"),
    Case(
      file: "experiment.json", complaint: "expected the key profile, found none; start the run",
      content: "{}"),
    Case(file: "run.json", complaint: "does not fit; reprise run"),
    Case(file: "run.json", complaint: "expected the key format, found none", content: "{}"),
    Case(
      file: "run.json", complaint: "cells: expected 2 as the experiment asks for, found 0",
      content: "{\"cells\": [], \"format\": 2, \"program_version\": \"0.6\"}"),
    Case(file: "corpora/ravdess.json", complaint: "does not fit; reprise run"),
    Case(file: "provenance.json", complaint: "does not fit; start the run again"),
    Case(file: "conformance.json", complaint: "does not fit; start the run again"),
    Case(file: "CELL/done.json", complaint: "does not fit; start the run again"),
    Case(
      file: "CELL/predictions.csv", complaint: "has changed", content: nil),
    Case(file: "CELL/epochs.jsonl", complaint: "has changed"),
    Case(file: "CELL/embeddings.npy", complaint: "has changed"),
    Case(file: "CELL/weights.safetensors", complaint: "has changed", content: nil),
  ]) func `is named by report and mended by run`(_ damage: Case) throws {
    try withFolder { folder in
      let whole = try finishedRun.get() + "/run"
      try copy(whole, to: folder + "/run")
      let cell = try #require(cells(of: folder + "/run").first)
      let path =
        damage.file.hasPrefix("CELL")
        ? cell + damage.file.dropFirst(4) : folder + "/run/" + damage.file
      let old = try bytes(path)
      try write(damage.content.map { Data($0.utf8) } ?? old.prefix(old.count / 2), to: path)
      expectRefusal(
        try reprise("report", folder + "/run"), path + ": ", damage.complaint)
      let again = try reprise(
        "run", finishedRun.get() + "/tiny.yaml", "--out", folder + "/run", "--quiet")
      #expect(again.code == 0 && again.standardError.isEmpty)
      #expect(try results(of: folder + "/run") == results(of: whole))
      #expect(try reprise("report", folder + "/run").code == 0)
    }
  }

  @Test func `may be no run at all`() throws {
    try withFolder { folder in
      for command in [
        ["report"], ["compare"], ["baseline", "record", "--name", "x", "--to", "x.json"],
        ["check", "--baseline", "x.json"], ["claims"],
      ] {
        for place in [".", "nowhere"] {
          expectRefusal(
            try reprise(command + [place], in: folder), "\(place): is not a run", "give the folder")
        }
      }
      #expect(files(below: folder).isEmpty)
    }
  }

  @Test func `may be compared with a damaged file of baselines`() throws {
    let run = try finishedRun.get() + "/run"
    try withFolder { folder in
      try write("{", to: folder + "/bad.json")
      expectRefusal(
        try reprise("compare", run, "--baseline", "bad.json", in: folder), "bad.json: is not JSON")
      expectRefusal(
        try reprise("compare", run, "--baseline", "no.json", in: folder),
        "no.json: cannot be read: No such file")
    }
  }

  @Test func `store of features is made again as soon as a cell needs it`() throws {
    try withFolder { folder in
      try copy(try finishedRun.get() + "/run", to: folder + "/run")
      let cell = try #require(cells(of: folder + "/run").first)
      let name = try #require(files(below: folder + "/run/cache").first)
      let store = folder + "/run/cache/" + name
      let before = try bytes(store)
      try write(before.prefix(1000), to: store)
      let file = try finishedRun.get() + "/tiny.yaml"
      #expect(try reprise("run", file, "--out", folder + "/run", "--quiet").code == 0)
      #expect(try bytes(store).count == 1000)
      try FileManager.default.removeItem(atPath: cell + "/done.json")
      #expect(try reprise("run", file, "--out", folder + "/run", "--quiet").code == 0)
      #expect(try bytes(store) == before)
    }
  }
}
