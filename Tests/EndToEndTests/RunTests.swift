// Kind: end to end. `reprise run`, and the commands that use a run afterwards.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(30))) struct `A run` {
  func json(_ text: String) throws -> NSDictionary {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary)
  }

  @Test func `writes everything once, and again the same`() throws {
    try withFolder { folder in
      let file = try writeExperiment(in: folder, corpus: "savee", at: standIns.get() + "/savee")
      let first = try reprise("run", file, "--out", "run", in: folder)
      try #require(first.code == 0, "\(first.standardError)")
      let run = folder + "/run"
      #expect(first.standardOutput.contains("\n  run/report/report.pdf\n  run/report/index.html\n"))
      #expect(first.standardOutput.hasPrefix("SAVEE  SYNTHETIC"))
      #expect(first.standardError.contains("4 cells, 8 epochs"))
      #expect(try bytes(run + "/report/report.pdf").starts(with: Data("%PDF".utf8)))
      let figures = files(below: run + "/report/figures")
      #expect(figures.count { $0.hasSuffix(".svg") } >= 24)
      #expect(figures.count { $0.hasSuffix(".pdf") } == figures.count / 2)
      #expect(cells(of: run).count == 4)
      for cell in cells(of: run) {
        #expect(
          files(below: cell) == [
            "configuration.json", "done.json", "embeddings.npy", "epochs.jsonl", "origin.json",
            "predictions.csv", "recordings.json", "trajectory.jsonl", "weights.safetensors",
          ])
      }
      #expect(try json(text(run + "/results.json"))["run"] as? String == "tiny")

      let before = try snapshot(run + "/cells")
      let dates = try modificationDates(run + "/cells")
      let second = try reprise("run", file, "--out", "run", in: folder)
      #expect(second.standardOutput == first.standardOutput)
      #expect(second.standardError.contains("4 cells, 8 epochs; 4 of 4 cells already finished"))
      #expect(try snapshot(run + "/cells") == before)
      #expect(try modificationDates(run + "/cells") == dates)
    }
  }

  private func modificationDates(_ folder: String) throws -> [Date?] {
    try files(below: folder).map {
      try FileManager.default.attributesOfItem(atPath: folder + "/" + $0)[.modificationDate]
        as? Date
    }
  }

  @Test func `prints its results as JSON where asked, and nothing at all where quiet`() throws {
    try withFolder { folder in
      let file = try writeExperiment(in: folder, at: tinyRAVDESS.get(), variants: "[{name: full}]")
      let run = folder + "/run"
      let output = try reprise("run", file, "--out", run, "--json", "--quiet", in: folder)
      #expect(output.code == 0 && output.standardError.isEmpty)
      let document = try #require(json(output.standardOutput)["results"] as? NSDictionary)
      #expect(try document == json(unsealed(text(run + "/results.json"))))
      let corpus = try #require((document["corpora"] as? [NSDictionary])?.first)
      #expect(corpus["is_incomplete"] as? Bool == true)
      #expect(corpus["is_synthetic"] as? Bool == false)
      let silent = try reprise("run", file, "--out", run, "--quiet", in: folder)
      #expect(silent.code == 0 && (silent.standardOutput + silent.standardError).isEmpty)
    }
  }

  @Test func `is drawn again byte for byte from any folder`() throws {
    try withFolder { folder in
      // A relative path in the experiment and on the command line.
      try copy(try tinyRAVDESS.get(), to: folder + "/corpus")
      _ = try writeExperiment(in: folder, at: "corpus", variants: "[{name: full}]")
      #expect(try reprise("run", "tiny.yaml", "--out", "run", "--quiet", in: folder).code == 0)
      let report = folder + "/run/report"
      let before = try snapshot(report)
      try remove(report)
      let again = try reprise("report", folder + "/run", in: "/")
      #expect(again.code == 0 && again.standardOutput == written(report))
      #expect(try snapshot(report) == before)
    }
  }

  @Test func `of SYNTHETIC speech stands beside nothing and is not recorded`() throws {
    try withFolder { folder in
      let file = try writeExperiment(
        in: folder, corpus: "savee", at: standIns.get() + "/savee", variants: "[{name: full}]")
      #expect(try reprise("run", file, "--out", "run", "--quiet", in: folder).code == 0)
      let comparison = try reprise("compare", "run", in: folder)
      #expect(comparison.code == 0 && comparison.standardOutput.contains("Nothing to compare"))
      let asJSON = try reprise("compare", "run", "--json", in: folder)
      #expect(try (json(asJSON.standardOutput)["rows"] as? [Any])?.isEmpty == true)
      expectRefusal(
        try reprise("baseline", "record", "run", "--name", "x", "--to", "x.json", in: folder),
        "run: ", "SYNTHETIC", "never recorded")
      #expect(!exists(folder + "/x.json"))
    }
  }

  @Test func `of genuine speech is set beside baselines, and recorded only when whole`() throws {
    try withFolder { folder in
      let file = try writeExperiment(in: folder, at: tinyRAVDESS.get(), variants: "[{name: full}]")
      #expect(try reprise("run", file, "--out", "run", "--quiet", in: folder).code == 0)
      let comparison = try reprise("compare", "run", in: folder)
      #expect(comparison.code == 0 && comparison.standardOutput.contains("full"))
      // Another number of utterances: shown, but without a difference.
      #expect(!comparison.standardOutput.contains("Nothing to compare"))
      let cell = try #require(cells(of: folder + "/run").first)
      try remove(cell + "/done.json")
      expectRefusal(
        try reprise(
          "baseline", "record", "run", "--name", "x", "--to", "x.json", "--allow", "dirty",
          in: folder), "is incomplete", "--allow incomplete")
      expectRefusal(
        try reprise(
          ["baseline", "record", "run", "--name", "x", "--to", "x.json"]
            + ["incomplete", "dirty", "few-seeds"].flatMap { ["--allow", $0] }, in: folder),
        "1 of 2", "finish the run")
      #expect(!exists(folder + "/x.json"))
    }
  }

  @Test func `trains variants of equal settings once`() throws {
    try withFolder { folder in
      let file = try writeExperiment(
        in: folder, at: tinyRAVDESS.get(), variants: "[{name: one}, {name: same}]")
      let output = try reprise(
        "run", file, "--out", "run", "--json", "--jobs", "2", "--allow-incomplete", in: folder)
      let lines = output.standardOutput.split(separator: "\n").map(String.init)
      #expect(output.code == 0)
      #expect(lines.contains { $0.contains(#""cells":2,"epochs":4,"event":"started""#) })
      let results = try #require(json(lines.last ?? "")["results"] as? NSDictionary)
      #expect(cells(of: folder + "/run").count == 2)
      let variants = try #require(
        (results["corpora"] as? [NSDictionary])?.first?["variants"]
          as? [NSDictionary])
      #expect(variants.map { $0["cells"] as? Int } == [2, 2])
      #expect(variants[0]["pooled"] as? NSArray == variants[1]["pooled"] as? NSArray)
    }
  }

  @Test func `goes on when a cell diverges`() throws {
    try withFolder { folder in
      let file = try writeExperiment(
        in: folder, at: tinyRAVDESS.get(),
        variants: "[{name: hot, training: {learning_rate: 1e30, gradient_clip: 0}}, {name: full}]")
      let output = try reprise("run", file, "--out", "run", "--quiet", in: folder)
      #expect(output.code == 1)
      #expect(output.errorLines.count == 2, "told although quiet: \(output.standardError)")
      for line in output.errorLines {
        #expect(line.contains("ravdess hot fold") && line.contains("epoch 1, step"))
        #expect(line.contains("expected a finite number; lower training.learning_rate"))
      }
      let document = try json(text(folder + "/run/results.json"))
      let variants = try #require(
        (document["corpora"] as? [NSDictionary])?.first?["variants"] as? [NSDictionary])
      #expect(variants.map { $0["cells"] as? Int } == [0, 2])
      let failures = try #require(variants[0]["failures"] as? [NSDictionary])
      #expect(failures.count == 2 && (variants[1]["failures"] as? [Any])?.isEmpty == true)
      #expect(try pages(folder + "/run/report/report.pdf")?.contains("diverged") ?? true)
    }
  }

  /// The text of a PDF; nil if pdftotext is not installed.
  private func pages(_ path: String) throws -> String? {
    guard exists("/usr/bin/pdftotext") else { return nil }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/pdftotext")
    process.arguments = [path, path + ".txt"]
    try process.run()
    process.waitUntilExit()
    return try text(path + ".txt")
  }
}
