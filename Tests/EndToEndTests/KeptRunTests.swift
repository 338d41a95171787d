// Kind: golden. Runs of earlier versions, stored with the output of those versions. Every later
// version reads them and reports the same numbers.
import Foundation
import Testing

/// A copy of the run that version 0.5 made, with its baseline.
private func withKeptRun(_ body: (_ place: String, _ expected: String) throws -> Void) throws {
  let kept = packageRoot + "/Tests/Kept/run-0.5"
  try withFolder { place in
    for name in ["run", "baseline"] { try copy("\(kept)/\(name)", to: "\(place)/\(name)") }
    try body(place, kept + "/expected")
  }
}

/// The cells of a table, without the names of recorded results, and without the mark of an interval
/// of no width, which version 0.5 did not have.
private func rows(_ path: String) throws -> [Substring] {
  try text(path).replacing("†", with: "").split(separator: "\n")
    .filter { !$0.contains("(measured,") }
}

@Suite(.timeLimit(.minutes(30))) struct `A run that version 0.5 made` {
  @Test func `has the same numbers, intervals and verdicts`() throws {
    try withKeptRun { place, expected in
      let commands = [
        "explain-full-ua-pooled": ["explain", "run", "ravdess", "full", "ua", "pooled", "--json"],
        "explain-plain-wa-folds": ["explain", "run", "ravdess", "plain", "wa", "folds", "--json"],
        "check": ["check", "run", "--baseline", "baseline/kept.json", "--json"],
        "claims": ["claims", "run", "--registry", "baseline/paper.json", "--json"],
        "compare": ["compare", "run", "--baseline", "baseline/kept.json", "--json"],
      ]
      for (name, command) in commands {
        let said = try reprise(command, in: place)
        #expect(said.code == 0, "\(name): \(said.standardError)")
        #expect(said.standardOutput == (try text("\(expected)/\(name).json")), "\(name)")
      }
      let status = try reprise("status", "run", in: place)
      #expect(status.standardOutput.contains("24 cells: 0 failed, 24 finished"))
    }
  }

  @Test func `has the same tables in its report`() throws {
    try withKeptRun { place, expected in
      let report = try reprise("report", "run", "--format", "csv", in: place)
      #expect(report.code == 0, "\(report.standardError)")
      let names = try FileManager.default.contentsOfDirectory(atPath: expected + "/tables")
      #expect(names.count > 20)
      for name in names.sorted() {
        #expect(
          try rows("\(place)/run/report/tables/\(name)") == rows("\(expected)/tables/\(name)"),
          "\(name)")
      }
    }
  }

  @Test func `fails the gate where its predictions were changed`() throws {
    try withKeptRun { place, _ in
      let cell = try #require(cells(of: place + "/run").first { $0.contains("fold1-seed1") })
      let path = cell + "/predictions.csv"
      let rows = try text(path).split(separator: "\n").map(String.init)
      try write(rows.dropLast().joined(separator: "\n") + "\n", to: path)
      expectRefusal(
        try reprise("explain", "run", "ravdess full ua", in: place), "has changed")
    }
  }

  @Test func `is not gone on with by this version, unless that is asked for`() throws {
    try withKeptRun { place, _ in
      let experiment = packageRoot + "/Tests/Kept/run-0.5/experiment.yaml"
      try writeTinyRAVDESS(
        to: place + "/corpus", actors: [1, 11, 4, 10, 8, 9, 3, 5, 2, 15, 6, 13])
      let before = try snapshot(place + "/run/cells")
      let arguments = [
        "run", experiment, "--corpus", "ravdess=corpus", "--out", "run", "--quiet", "--folds",
        "1,2",
      ]
      let refused = try reprise(arguments, in: place)
      expectRefusal(refused, "version 0.5 made its", "finished cells", "--retrain")
      #expect(try snapshot(place + "/run/cells") == before)
      let trained = try reprise(arguments + ["--retrain"], in: place)
      #expect(trained.code == 0, "\(trained.standardError)")
      // The old cells still exist but are in no table: eight cells of two seeds, two folds and two
      // variants.
      let status = try reprise("status", "run", in: place)
      #expect(status.standardOutput.contains("8 finished, 0 running, 0 open"))
      let after = try snapshot(place + "/run/cells")
      #expect(before.allSatisfy { after[$0.key] == $0.value } && after.count > before.count)
    }
  }
}
