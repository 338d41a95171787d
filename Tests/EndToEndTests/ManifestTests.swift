// Kind: end to end. A corpus from a manifest through run, report, audit and reading.
import Foundation
import Testing

/// Writes a corpus of four speakers with three classes of tones, and its manifest.
private func writeCorpus(in folder: String, columns: String = "path,label,speaker") throws {
  try FileManager.default.createDirectory(
    atPath: folder + "/wav", withIntermediateDirectories: true)
  var rows = columns + "\n"
  for speaker in 1...4 {
    for (emotion, label) in ["anger", "joy", "sadness"].enumerated() {
      for take in 1...2 {
        let name = "wav/\(speaker)-\(label)-\(take).wav"
        let pitch = Double(100 + 60 * emotion + 7 * speaker + 3 * take)
        try write(WAV(samples: tone(pitch)).bytes, to: folder + "/" + name)
        rows +=
          columns.hasSuffix("speaker") ? "\(name),\(label),S\(speaker)\n" : "\(name),\(label)\n"
      }
    }
  }
  try write(rows, to: folder + "/manifest.csv")
}

/// The experiment on that corpus, for one of its folds.
private func writeSmallExperiment(in folder: String) throws -> String {
  let file = try writeExperiment(in: folder, corpus: "mine", at: "corpus/manifest.csv")
  let text = try text(file).replacing(
    "statistics: false}", with: "statistics: false, normalization: utterance}")
  try write(text, to: file)
  return file
}

/// The protocol fingerprint in an output.
private func fingerprint(_ text: String) throws -> String {
  String(try #require(text.firstMatch(of: /fp:[0-9a-f]{16}/)).output)
}

@Suite(.serialized, .timeLimit(.minutes(30))) struct `A manifest` {
  @Test func `runs, and its run is read from the folder alone`() throws {
    try withFolder { folder in
      try writeCorpus(in: folder + "/corpus")
      let manifest = folder + "/corpus/manifest.csv"
      let lines = try text(manifest).split(separator: "\n")
      try write(
        lines.enumerated().map { place, line in
          line
            + (place == 0 ? ",Room type,text\n" : place % 2 == 0 ? ",big,Yes.\n" : ",small,No.\n")
        }.joined(), to: manifest)
      let file = try writeSmallExperiment(in: folder)
      let made = try reprise("run", file, "--out", "run", in: folder)
      #expect(made.code == 0, "\(made.standardError)")
      #expect(made.standardOutput.hasPrefix("mine"))
      #expect(!made.standardOutput.contains("NO SPEAKERS"))
      let facts = try text(folder + "/run/corpora/mine.json")
      #expect(facts.contains("\"manifest\" : \"manifest.csv\""))
      #expect(facts.contains("speaker-groups-4"))
      #expect(facts.contains("\"room type\" : \"small\""))
      #expect(facts.contains("\"text\" : \"Yes.\""))
      let replay = try reprise("replay", "run", "mine", "full", "1", "1", "--quiet", in: folder)
      #expect(replay.code == 0, "\(replay.standardError)")

      // The corpus may move, and the run still knows it.
      try FileManager.default.moveItem(atPath: folder + "/corpus", toPath: folder + "/moved")
      let again = try reprise("report", "run", in: folder)
      #expect(again.code == 0, "\(again.standardError)")
      let groups = try text(folder + "/run/report/tables/mine-groups.csv")
      #expect(groups.contains(",room type,small,") && groups.contains(",sentence,Yes.,"))
      #expect(
        try text(folder + "/run/report/tables/mine-errors.csv").hasPrefix("system,id,speaker,"))
      let there = try reprise(
        "replay", "run", "mine", "full", "1", "1", "--quiet", "--corpus",
        "mine=moved/manifest.csv", in: folder)
      #expect(there.code == 0, "\(there.standardOutput)\(there.standardError)")

      // Negative control: other sound at that place is found.
      try write(
        WAV(samples: tone(400)).bytes, to: folder + "/moved/wav/1-anger-1.wav")
      let other = try reprise(
        "replay", "run", "mine", "full", "1", "1", "--quiet", "--corpus", "mine=moved", in: folder)
      expectRefusal(other, "1-anger-1")
    }
  }

  @Test func `without speakers says so in every output`() throws {
    try withFolder { folder in
      try writeCorpus(in: folder + "/corpus", columns: "path,label")
      for command in ["list", "inspect", "audit"] {
        let output = try reprise("corpora", command, "mine=corpus", in: folder)
        #expect(output.code == 0, "\(output.standardError)")
        #expect(output.standardError.contains("leaks by speaker cannot be seen"))
      }
      let audit = try reprise("corpora", "audit", "mine=corpus", in: folder)
      #expect(audit.standardOutput.contains("warning unknown-speakers"))
      let file = try writeSmallExperiment(in: folder)
      let made = try reprise("run", file, "--out", "run", in: folder)
      #expect(made.code == 0, "\(made.standardError)")
      #expect(made.standardOutput.contains("NO SPEAKERS"))
      #expect(try text(folder + "/run/report/index.html").contains("NO SPEAKERS"))
      let table = try text(folder + "/run/report/tables/scores.csv")
      #expect(table.contains("NO SPEAKERS"))
      let record = [
        "baseline", "record", "run", "--name", "mine", "--to", "mine.json", "--allow", "dirty",
        "--allow", "few-seeds", "--allow", "incomplete",
      ]
      let judged = ["check", "run", "--baseline", "mine.json"]
      for command in [
        record, judged, ["explain", "run", "mine full ua pooled"], ["diff", "run", "run"],
      ] {
        let said = try reprise(command, in: folder)
        // The gate refuses to judge a run of two folds.
        let code: Int32 = command[0] == "check" ? 5 : 0
        #expect(said.code == code, "\(said.standardOutput)\(said.standardError)")
        #expect(said.standardError.contains("NO SPEAKERS"), "\(command[0])")
      }
      #expect(!exists(folder + "/run/report/tables/mine-speakers.csv"))
    }
  }

  @Test func `without speakers is refused where features need them`() throws {
    try withFolder { folder in
      try writeCorpus(in: folder + "/corpus", columns: "path,label")
      let file = try writeExperiment(in: folder, corpus: "mine", at: "corpus")
      expectRefusal(
        try reprise("run", file, "--out", "run", "--quiet", in: folder),
        "the manifest has no column speaker", "normalization: utterance")
    }
  }

  @Test func `may list parts of a long recording, which sound like files of their own`() throws {
    try withFolder { folder in
      try writeCorpus(in: folder + "/corpus")
      let rows = try text(folder + "/corpus/manifest.csv").split(separator: "\n").dropFirst()
        .map { $0.split(separator: ",").map(String.init) }
      var long: [Float] = []
      var parts = "id,path,label,speaker,start,end\n"
      for (index, row) in rows.enumerated() {
        let (emotion, take) = (index / 2 % 3, index % 2 + 1)
        let (start, end) = (Double(index) * 0.3, Double(index + 1) * 0.3)
        long += tone(Double(100 + 60 * emotion + 7 * (index / 6 + 1) + 3 * take))
        let id = (row[0] as NSString).lastPathComponent.dropLast(4)
        parts += String(format: "\(id),long.wav,\(row[1]),\(row[2]),%.1f,%.1f\n", start, end)
      }
      try write(WAV(samples: long).bytes, to: folder + "/corpus/long.wav")
      try write(parts, to: folder + "/corpus/parts.csv")
      func sound(_ manifest: String) throws -> String {
        let file = try writeSmallExperiment(in: folder)
        try write(
          try text(file).replacing("corpus/manifest.csv", with: "corpus/" + manifest), to: file)
        let run = folder + "/run-" + manifest
        let made = try reprise("run", file, "--out", run, "--no-start", "--quiet", in: folder)
        #expect(made.code == 0, "\(made.standardError)")
        let facts = try text(run + "/corpora/mine.json")
        return try #require(
          facts.split(separator: "\n").last { $0.hasPrefix("  \"sound\"") }.map(String.init))
      }
      let whole = try sound("manifest.csv")
      #expect(try sound("parts.csv") == whole)
      // Negative control: a part that is a tenth of a second off.
      try write(parts.replacing(",0.0,0.3", with: ",0.1,0.4"), to: folder + "/corpus/off.csv")
      #expect(try sound("off.csv") != whole)
      // A part beyond the end of its file.
      try write(parts.replacing(",0.0,0.3", with: ",0.0,99"), to: folder + "/corpus/long.csv")
      let file = try writeSmallExperiment(in: folder)
      try write(try text(file).replacing("manifest.csv", with: "long.csv"), to: file)
      expectRefusal(
        try reprise("run", file, "--out", "run", "--quiet", in: folder), "long.wav#t=0.0,99",
        "frames")
    }
  }

  @Test func `with a fixed division runs its test part only`() throws {
    try withFolder { folder in
      try writeCorpus(in: folder + "/corpus")
      let lines = try text(folder + "/corpus/manifest.csv").split(separator: "\n")
      let parts = ["S1": "train", "S2": "train", "S3": "dev", "S4": "test"]
      let split = lines.enumerated().map { index, line in
        index == 0 ? "\(line),split" : "\(line),\(parts[String(line.suffix(2))] ?? "")"
      }
      try write(split.joined(separator: "\n") + "\n", to: folder + "/corpus/manifest.csv")
      let file = try writeSmallExperiment(in: folder)
      expectRefusal(
        try reprise("run", file, "--out", "run", "--quiet", in: folder), "has a fixed test set",
        "leave folds out")
      try write(try text(file).replacing("folds: [1, 2]\n", with: ""), to: file)
      let made = try reprise("run", file, "--out", "run", in: folder)
      #expect(made.code == 0, "\(made.standardError)")
      #expect(cells(of: folder + "/run").count == 2)
      for cell in cells(of: folder + "/run") {
        let rows = try text(cell + "/predictions.csv").split(separator: "\n").dropFirst()
        #expect(rows.count == 6 && rows.allSatisfy { $0.contains(",S4,") })
      }
      #expect(try text(folder + "/run/report/index.html").contains("A fixed division into test"))
      #expect(try reprise("explain", "run", "mine full ua pooled", in: folder).code == 0)

      // Predictions of another program are scored by the same protocol, with those of training
      // clips or without.
      let rows = try text(folder + "/corpus/manifest.csv").split(separator: "\n").dropFirst()
      func table(_ rows: some Sequence<Substring>) -> String {
        "path,prediction\n"
          + rows.map { $0.split(separator: ",")[0] + ",joy\n" }.joined()
      }
      try write(table(rows), to: folder + "/all.csv")
      let tested = rows.filter { $0.hasSuffix("test") }
      try write(table(tested), to: folder + "/test.csv")
      try write(table(tested.dropLast()), to: folder + "/few.csv")
      let expected = try fingerprint(text(folder + "/run/results.json"))
      for name in ["all", "test"] {
        let said = try reprise(
          "score", name + ".csv", "--protocol", "mine=corpus", "--no-report", in: folder)
        #expect(said.code == 0, "\(said.standardError)")
        #expect(try fingerprint(said.standardOutput) == expected)
        #expect(said.standardOutput.contains("WA 33.3 %  UA 33.3 %"), "\(said.standardOutput)")
      }
      let few = ["score", "few.csv", "--protocol", "mine=corpus", "--no-report"]
      expectRefusal(try reprise(few, in: folder), "1 of 6 utterances have no prediction")
      let said = try reprise(few + ["--allow-missing"], in: folder)
      #expect(said.code == 0 && said.standardOutput.contains("INCOMPLETE"), "\(said)")
      #expect(try fingerprint(said.standardOutput) != expected)
    }
  }

  @Test func `is recorded, judged, and frozen for predictions of other programs`() throws {
    try withFolder { folder in
      try writeCorpus(in: folder + "/corpus")
      let file = try writeSmallExperiment(in: folder)
      try write(try text(file).replacing("folds: [1, 2]\n", with: ""), to: file)
      let made = try reprise("run", file, "--out", "run", "--quiet", in: folder)
      #expect(made.code == 0, "\(made.standardError)")
      let recorded = try reprise(
        "baseline", "record", "run", "--name", "mine", "--to", "mine.json", "--allow", "dirty",
        "--allow", "few-seeds", in: folder)
      #expect(recorded.code == 0, "\(recorded.standardError)")
      let check = try reprise("check", "run", "--baseline", "mine.json", in: folder)
      #expect(check.code == 0, "\(check.standardOutput)\(check.standardError)")
      #expect(!(recorded.standardError + check.standardError).contains("NO SPEAKERS"))

      let frozen = try reprise("protocol", "export", "mine=corpus/manifest.csv", in: folder)
      #expect(frozen.code == 0, "\(frozen.standardError)")
      try write(frozen.standardOutput, to: folder + "/mine.protocol.json")
      let rows = try text(folder + "/corpus/manifest.csv").split(separator: "\n").dropFirst()
      try write(
        "path,prediction\n" + rows.map { $0.split(separator: ",")[0] + ",joy\n" }.joined(),
        to: folder + "/joy.csv")
      for name in ["mine=corpus", "mine.protocol.json"] {
        let said = try reprise(
          "score", "joy.csv", "--protocol", name, "--name", "full", "--no-report", "--out",
          "joy-" + name, in: folder)
        #expect(said.code == 0, "\(said.standardError)")
        #expect(
          try fingerprint(said.standardOutput) == fingerprint(text(folder + "/run/results.json")))
        // One class for everything is worse than any network.
        let judged = try reprise(
          "check", "joy-" + name, "--baseline", "mine.json", "--system", "full", in: folder)
        #expect(judged.code != 0, "\(judged.standardOutput)\(judged.standardError)")
      }
    }
  }

  @Test func `is found wrong before anything runs`() throws {
    try withFolder { folder in
      try writeCorpus(in: folder + "/corpus")
      try remove(folder + "/corpus/wav/2-joy-1.wav")
      let file = try writeSmallExperiment(in: folder)
      expectRefusal(
        try reprise("run", file, "--out", "run", "--quiet", in: folder),
        "manifest.csv:10: path: \"wav/2-joy-1.wav\" is not there", "correct the path")
      #expect(!exists(folder + "/run"))
      let folds = try reprise(
        "run", file, "--out", "run", "--folds", "9", "--quiet", in: folder)
      #expect(folds.code == 2)
      for name in ["../up", "a b", "RAVDESS"] {
        let output = try reprise(
          "run", "--corpus", "\(name)=corpus", "--quiet", in: folder)
        #expect(output.code == 2, "\(name): \(output.standardError)")
      }
    }
  }
}
