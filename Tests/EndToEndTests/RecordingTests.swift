// Kind: end to end. Recording a baseline over an older one. A kill in between leaves either the old
// record or the new one, and files of others are not overwritten.
import Foundation
import Testing

/// The recorded run, and one with other seeds, whose predictions differ.
private func withTwoRuns(_ body: (_ place: String) throws -> Void) throws {
  let folder = try recorded.get()
  try withFolder { place in
    try copy(folder + "/run", to: place + "/first")
    let file = place + "/other.yaml"
    try write(
      text(folder + "/judged.yaml").replacing("seeds: [1, 2, 3]", with: "seeds: [4, 5, 6]"),
      to: file)
    let run = try reprise("run", file, "--out", "second", "--quiet", in: place)
    guard run.code == 0 else { throw Unexpected(output: run) }
    try body(place)
  }
}

private func arguments(_ run: String, name: String = "b", to path: String = "kept/b.json")
  -> [String]
{
  ["baseline", "record", run, "--name", name, "--to", path]
    + ["incomplete", "dirty"].flatMap { ["--allow", $0] }
}

/// The seeds of the record, which lint accepts.
private func recordedSeeds(_ place: String) throws -> String {
  let lint = try reprise(
    "baseline", "lint", place + "/kept", "--readme", place + "/none", in: place)
  #expect(lint.code == 0, "\(lint.standardOutput)")
  let details = try reprise(
    "baseline", "show", "b ravdess full", "--folder", place + "/kept", in: place)
  return try String(#require(details.standardOutput.firstMatch(of: #/seeds +(\d \d \d)/#)).1)
}

@Suite(.timeLimit(.minutes(30))) struct `A baseline recorded over another` {
  @Test func `is whole at every moment, and leaves no file of the old one`() throws {
    try withTwoRuns { place in
      try FileManager.default.createDirectory(
        atPath: place + "/kept", withIntermediateDirectories: true)
      #expect(try reprise(arguments("first"), in: place).code == 0)
      #expect(try recordedSeeds(place) == "1 2 3")
      let names = ["b.json", "b.ravdess.full.csv", "b.ravdess.full.npy"]
      #expect(files(below: place + "/kept") == names)
      // Kills spread over the whole command.
      for delay in stride(from: 0, to: 0.4, by: 0.02) {
        let recording = try start(arguments(delay * 50 < 10 ? "second" : "first"), in: place)
        Thread.sleep(forTimeInterval: delay)
        recording.kill()
        _ = try recording.output()
        #expect(try ["1 2 3", "4 5 6"].contains(recordedSeeds(place)))
      }
      for name in files(below: place + "/kept") where name.contains(".partial") {
        try remove(place + "/kept/" + name)
      }
      for (run, seeds) in [("first", "1 2 3"), ("second", "4 5 6"), ("first", "1 2 3")] {
        #expect(try reprise(arguments(run), in: place).code == 0)
        #expect(try recordedSeeds(place) == seeds)
      }
    }
  }

  @Test func `takes the place of its own older record alone`() throws {
    let folder = try recorded.get()
    try withFolder { place in
      let run = folder + "/run"
      try FileManager.default.createDirectory(
        atPath: place + "/kept", withIntermediateDirectories: true)
      #expect(try reprise(arguments(run), in: place).code == 0)
      let before = try snapshot(place)
      expectRefusal(
        try reprise(arguments(run, name: "other"), in: place), "kept/b.json", "nothing was written",
        "another record, of \"b ravdess full\"")
      expectRefusal(
        try reprise(arguments(run, to: "kept/c.json"), in: place), "kept/c.json",
        "a baseline called \"b ravdess full\" in kept/b.json")
      #expect(try snapshot(place) == before)
      for content in ["{\"mine\": 1}", "notes", ""] {
        try write(content, to: place + "/kept/b.json")
        expectRefusal(try reprise(arguments(run), in: place), "no record of baselines")
        #expect(try text(place + "/kept/b.json") == content)
      }
      // A table of someone else under the plain name.
      try remove(place + "/kept/b.json")
      try write("mine\n", to: place + "/kept/b.ravdess.full.csv")
      #expect(try reprise(arguments(run), in: place).code == 0)
      #expect(try text(place + "/kept/b.ravdess.full.csv") == "mine\n")
      #expect(try recordedSeeds(place) == "1 2 3")
    }
  }
}
