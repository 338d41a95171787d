// Kind: end to end. A run is a record: its folder alone is enough to read it, to the same bytes.
import Foundation
import Testing

/// A finished run of the tiny corpus, made once, with a baseline and the output of every reader in
/// the original place.
private let made = Result<String, any Error> {
  let folder = scratch + "/read-alone"
  try writeTinyRAVDESS(
    to: folder + "/corpus", actors: [1, 11, 4, 10, 8, 9, 3, 5, 2, 15, 6, 13])
  let file = try writeExperiment(in: folder, at: folder + "/corpus")
  try write(try text(file).replacing("folds: [1, 2]\n", with: ""), to: file)
  let run = try reprise("run", file, "--out", "run", "--quiet", in: folder)
  guard run.code == 0 else { throw Unexpected(output: run) }
  let recorded = try reprise(
    ["baseline", "record", "run", "--name", "tiny", "--to", "tiny.json"]
      + ["incomplete", "dirty", "few-seeds"].flatMap { ["--allow", $0] }, in: folder)
  guard recorded.code == 0 else { throw Unexpected(output: recorded) }
  return folder
}

/// A copy of the run without its corpus.
private func withCopy(_ body: (_ place: String) throws -> Void) throws {
  let folder = try made.get()
  try withFolder { place in
    for name in ["run", "tiny.json", "tiny.ravdess.full.csv", "tiny.ravdess.plain.csv"] {
      try copy(folder + "/" + name, to: place + "/" + name)
    }
    // No reader may need this.
    try remove(place + "/run/cache")
    try body(place)
  }
}

private let readers = [
  ["status", "run"], ["status", "run", "--json"], ["explain", "run", "ravdess full ua pooled"],
  ["explain", "run", "ravdess plain wa folds", "--json"], ["diff", "run", "run"],
  ["claims", "run"], ["compare", "run", "--baseline", "tiny.json"],
  ["check", "run", "--baseline", "tiny.json", "--json"], ["report", "run"],
]

/// Runs the program without the corpus and the repository's own data.
private func alone(_ command: [String], in place: String, hiding folders: [String]) throws -> Output
{
  // A missing corpus is equivalent to one on another machine.
  for folder in folders { #expect(!exists(folder)) }
  return try reprise(command, in: place)
}

@Suite(.serialized, .timeLimit(.minutes(30))) struct `A run without its corpora` {
  @Test func `is read to the same bytes by every command`() throws {
    let folder = try made.get()
    let there = try readers.map { try reprise($0, in: folder) }
    #expect(there.map(\.code) == readers.map { _ in 0 }, "\(there)")
    let report = try snapshot(folder + "/run/report")
    let corpus = folder + "/corpus"
    try FileManager.default.moveItem(atPath: corpus, toPath: corpus + "-elsewhere")
    defer { try? FileManager.default.moveItem(atPath: corpus + "-elsewhere", toPath: corpus) }
    try withCopy { place in
      try remove(place + "/run/report")
      for (reader, expected) in zip(readers, there) {
        let output = try alone(reader, in: place, hiding: [corpus])
        #expect(
          output.standardOutput == expected.standardOutput && output.code == expected.code,
          "\(reader): \(output.standardError)")
      }
      #expect(try snapshot(place + "/run/report") == report)
      let fsck = try reprise("fsck", "run", "--dry-run", in: place)
      #expect(fsck.code == 0, "\(fsck.standardOutput)")
      let recorded = try reprise(
        ["baseline", "record", "run", "--name", "again", "--to", "again.json"]
          + ["incomplete", "dirty", "few-seeds"].flatMap { ["--allow", $0] }, in: place)
      #expect(recorded.code == 0, "\(recorded.standardError)")
      #expect(
        try bytes(place + "/again.ravdess.full.csv") == bytes(place + "/tiny.ravdess.full.csv"))
      let nowhere = try reprise("run", "run", "--corpus", "ravdess=/nowhere", in: place)
      expectRefusal(nowhere, "was at /nowhere and is not there")
      let again = try reprise("run", "run", in: place)
      #expect(again.code == 0, "\(again.standardError)")
      #expect(again.standardError.contains("RAVDESS is not at \(corpus)"))
      #expect(try snapshot(place + "/run/report") == report)
    }
  }

  @Test func `says what needs the sound, where it was, and how to name another place`() throws {
    let folder = try made.get()
    let corpus = folder + "/corpus"
    try FileManager.default.moveItem(atPath: corpus, toPath: corpus + "-elsewhere")
    defer { try? FileManager.default.moveItem(atPath: corpus + "-elsewhere", toPath: corpus) }
    try withCopy { place in
      let complaint = ["RAVDESS", "was at \(corpus)", "--corpus ravdess=PATH"]
      let replay = try reprise("replay", "run", "ravdess", "full", "1", "1", in: place)
      expectRefusal(replay, complaint[0], complaint[1], complaint[2])
      let here = try reprise(
        "replay", "run", "ravdess", "full", "1", "1", "--corpus", "ravdess=\(corpus)-elsewhere",
        "--quiet", in: place)
      #expect(here.code == 0 && here.standardOutput.contains("bit-identical"), "\(here)")

      // An open cell: training needs the sound.
      let cell = try #require(cells(of: place + "/run").first)
      try remove(cell)
      let run = try reprise("run", "run", "--quiet", in: place)
      expectRefusal(run, complaint[0], complaint[1], complaint[2])
      let status = try reprise("status", "run", in: place)
      #expect(status.code == 0 && status.standardOutput.contains("11 finished"))
      let trained = try reprise(
        "run", "run", "--corpus", "ravdess=\(corpus)-elsewhere", "--quiet", in: place)
      #expect(trained.code == 0, "\(trained.standardError)")
      let name = (cell as NSString).lastPathComponent
      for file in ["predictions.csv", "weights.safetensors", "embeddings.npy"] {
        #expect(
          try bytes("\(cell)/\(file)") == bytes("\(folder)/run/cells/\(name)/\(file)"), "\(file)")
      }
    }
  }
}

@Suite(.timeLimit(.minutes(30))) struct `The format of a run` {
  @Test func `is refused where a later version made it`() throws {
    try withCopy { place in
      let path = place + "/run/run.json"
      let later = unsealed(try text(path)).replacing("\"format\" : 2", with: "\"format\" : 3")
      try write(later, to: path)
      for command in [
        ["status", "run"], ["report", "run"], ["check", "run", "--baseline", "tiny.json"],
      ] {
        expectRefusal(try reprise(command, in: place), "is of format 3", "reads formats 1 to 2")
      }
      // Nor is it overwritten.
      let corpus = place + "/corpus"
      try writeTinyRAVDESS(to: corpus, actors: [1, 11, 4, 10, 8, 9, 3, 5, 2, 15, 6, 13])
      let before = try snapshot(place + "/run")
      for command in [
        ["run", "run", "--corpus", "ravdess=\(corpus)"],
        [
          "run", try made.get() + "/tiny.yaml", "--out", "run", "--retrain", "--corpus",
          "ravdess=\(corpus)",
        ],
      ] {
        expectRefusal(try reprise(command + ["--quiet"], in: place), "is of format 3")
      }
      #expect(try text(path) == later)
      let after = try snapshot(place + "/run")
      #expect(before.allSatisfy { after[$0.key] == $0.value })
      try write(later.replacing("\"format\" : 3", with: "\"format\" : 1"), to: path)
      expectRefusal(try reprise("status", "run", in: place), "format: expected 2, found 1")
      try remove(path)
      expectRefusal(try reprise("status", "run", in: place), "run.json: is gone", "rewrites it")
    }
  }

  @Test(.enabled("python3 is not there") { program("python3", "--version") != nil })
  func `is described well enough for thirty lines of Python`() throws {
    let folder = try made.get()
    let reader = packageRoot + "/docs/read_run.py"
    #expect(try text(reader).split(separator: "\n").count <= 40)
    let read = try #require(program("python3", reader, folder + "/run"))
    #expect(read.code == 0, "\(read.standardError)")
    for variant in ["full", "plain"] {
      for metric in ["wa", "ua"] {
        let explained = try reprise("explain", "run", "ravdess", variant, metric, in: folder)
        let value = try #require(
          explained.standardOutput.firstMatch(of: #/= ([0-9.]+) %/#)?.output.1)
        let line = read.standardOutput.split(separator: "\n").first {
          $0.hasPrefix("ravdess \(variant) ")
        }
        #expect(
          line?.contains(" \(metric.uppercased()) \(value) ") == true,
          "\(read.standardOutput) \(explained.standardOutput)")
      }
    }
    try withCopy { place in
      let path = place + "/run/corpora/ravdess.json"
      try write(
        try text(path).replacing("\"label\" : \"sad\"", with: "\"label\" : \"calm\""), to: path)
      #expect(try #require(program("python3", reader, place + "/run")).code != 0)
    }
  }
}
