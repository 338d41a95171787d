// Kind: end to end. Experiments that would exhaust the machine, and names that are not text, are
// rejected at once. A variant that cannot be trained does not affect the others.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(30))) struct `An experiment` {
  @Test(arguments: [
    "training: {weight_decay: 1e38}", "augmentation: {noise: 3.4e38}", "loss: {kl: 3.4e38}",
  ]) func `goes on when a variant diverges already while it is planned`(_ bad: String) throws {
    try withFolder { folder in
      let file = try writeExperiment(
        in: folder, at: tinyRAVDESS.get(), variants: "[{name: bad, \(bad)}, {name: full}]")
      let plan = try reprise("run", file, "--out", "run", "--plan", in: folder)
      #expect(plan.code == 0)
      #expect(plan.standardOutput.contains("ravdess bad: not measured: training diverged in epoch"))
      let output = try reprise("run", file, "--out", "run", "--quiet", in: folder)
      #expect(output.code == 1)
      let name = try #require(bad.split(whereSeparator: { ":{ ".contains($0) }).dropFirst().first)
      #expect(output.errorLines.count == 2, "\(output.standardError)")
      for line in output.errorLines {
        #expect(line.contains("ravdess bad fold") && line.contains("training diverged in epoch 1"))
        #expect(line.contains(".\(name) ") && !line.contains("learning_rate"), "\(line)")
      }
      #expect(cells(of: folder + "/run").count == 2)
      let document =
        try JSONSerialization.jsonObject(with: bytes(folder + "/run/results.json")) as? NSDictionary
      let variants = try #require(
        (document?["corpora"] as? [NSDictionary])?.first?["variants"] as? [NSDictionary])
      #expect(variants.map { $0["cells"] as? Int } == [0, 2])
      #expect(try text(folder + "/run/plan.json").contains("not measured"))
      // Its cells have no predicted time, the others do.
      #expect(try reprise("status", "run", in: folder).standardOutput.contains("2 failed"))
    }
  }

  @Test func `is refused before anything is trained where one variant's backbone is not there`()
    throws
  {
    try withFolder { folder in
      let file = try writeExperiment(
        in: folder, at: tinyRAVDESS.get(),
        variants: "[{name: full}, {name: bad, model: {backbone: pretrained}, augmentation: "
          + "{tempo: 0, frequency_shift: 0, frequency_masks: 0, time_masks: 0}}]")
      expectRefusal(
        try reprise("run", file, "--out", "run", in: folder), "variant bad: model.backbone")
      #expect(!exists(folder + "/run"))
    }
  }

  @Test func `of a hundred megabytes is not read`() throws {
    try withFolder { folder in
      try write("name: ", to: folder + "/big.yaml")
      #expect(truncate(folder + "/big.yaml", 100_000_000) == 0)
      expectRefusal(
        try reprise("run", "big.yaml", in: folder),
        "big.yaml: expected at most 1000000 bytes, found 100000000")
    }
  }

  @Test(arguments: [
    "run --out", "run", "status", "report", "run --corpus", "tsne --out m.csv", "fsck",
    "verify --junit",
  ]) func `has no path that is not UTF-8`(_ words: String) throws {
    try withFolder { folder in
      // \351 is é in Latin-1. The shell makes the byte, because Swift cannot.
      let prefix = words.hasSuffix("--corpus") ? "ravdess=" : ""
      let script = "cd \"$1\" && exec \"$2\" \(words) \(prefix)\"$(printf 'caf\\351')\""
      let output = try #require(program("sh", "-c", script, "sh", folder, Executable.path()))
      #expect(output.code == 64)
      #expect(output.standardError.contains("is not UTF-8; rename the file or folder"))
      #expect(output.standardOutput.isEmpty)
      #expect(files(below: folder).isEmpty)
    }
  }

  @Test func `in a working folder whose name is not UTF-8 is refused, help is not`() throws {
    try withFolder { folder in
      let script =
        "cd \"$1\" && mkdir \"$(printf 'caf\\351')\" && cd \"$(printf 'caf\\351')\" && \"$2\" "
      let path = try Executable.path()
      let refused = try #require(program("sh", "-c", script + "settings", "sh", folder, path))
      #expect(refused.code == 2 && refused.standardOutput.isEmpty)
      #expect(refused.standardError.contains("the name of the working folder is not UTF-8"))
      try FileManager.default.createDirectory(
        atPath: folder + "/other", withIntermediateDirectories: true)
      let helped = program("sh", "-c", script + "--help", "sh", folder + "/other", path)
      #expect(helped?.code == 0)
      #expect(helped?.standardOutput.contains("USAGE: reprise <subcommand>") == true)
    }
  }
}
