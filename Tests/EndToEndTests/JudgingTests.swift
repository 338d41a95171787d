// Kind: end to end. A run is recorded, checked, explained and compared. Planted faults are found.
import Foundation
import Testing

/// Two actors of each of the six folds, one tiny network, three seeds.
let recorded = Result<String, any Error> {
  let folder = scratch + "/recorded"
  try writeTinyRAVDESS(
    to: folder + "/corpus", actors: [1, 11, 4, 10, 8, 9, 3, 5, 2, 15, 6, 13])
  let file = try experiment(in: folder, seeds: "[1, 2, 3]")
  let run = try reprise("run", file, "--out", "run", "--quiet", in: folder)
  guard run.code == 0 else { throw Unexpected(output: run) }
  let allowed = ["incomplete", "dirty"].flatMap { ["--allow", $0] }
  let baseline = try reprise(
    ["baseline", "record", "run", "--name", "tiny", "--to", "tiny.json"] + allowed, in: folder)
  guard baseline.code == 0 else { throw Unexpected(output: baseline) }
  return folder
}

private func experiment(
  in folder: String, seeds: String, name: String = "judged", more: String = ""
)
  throws -> String
{
  let file = folder + "/\(name).yaml"
  try write(
    """
    name: \(name)
    profile: quick
    corpora: {ravdess: \(scratch)/recorded/corpus}
    seeds: \(seeds)
    protocol: {allow_incomplete: true, selection_seeds: 0}
    features: {bands: 20, prosody: false, statistics: false}
    model: {width: 32, heads: 4, embedding: 16, kernel: 3}
    training: {epochs: 2}
    variants: [{name: full}]
    \(more)
    """, to: file)
  return file
}

@Suite(.timeLimit(.minutes(30))) struct `A run that is judged` {
  @Test func `passes beside itself, with the reason in every form`() throws {
    let folder = try recorded.get()
    try withFolder { place in
      let check = try reprise(
        "check", "run", "--baseline", "tiny.json", "--junit", place + "/g.xml", "--markdown",
        place + "/g.md", in: folder)
      #expect(check.code == 0 && check.standardOutput.contains("nothing changed"))
      #expect(try text(place + "/g.xml").contains(#"failures="0" errors="0" skipped="0""#))
      #expect(try text(place + "/g.md").hasPrefix("## PASS: run"))
      let object = try JSONSerialization.jsonObject(
        with: Data(
          reprise("check", "run", "--baseline", "tiny.json", "--json", in: folder)
            .standardOutput.utf8))
      #expect((object as? NSDictionary)?["verdict"] as? String == "pass")
    }
  }

  @Test
  func `is not passed with other seeds, a wider margin, other settings of the protocol or nothing`()
    throws
  {
    let folder = try recorded.get()
    try withFolder { place in
      let file = try experiment(in: place, seeds: "[7, 8]", name: "other")
      #expect(try reprise("run", file, "--out", "run", "--quiet", in: place).code == 0)
      let other = try reprise(
        "check", "run", "--baseline", folder + "/tiny.json", "--history", "h.jsonl", in: place)
      // Networks after two epochs: whatever the verdict, it is based on seeds.
      #expect([0, 3, 4, 6].contains(other.code) && other.standardOutput.contains("Welch's t"))
      #expect(try text(place + "/h.jsonl").split(separator: "\n").count == 1)
      expectRefusal(
        try reprise(
          "check", "run", "--baseline", folder + "/tiny.json", "--margin", "2", in: place),
        "recorded with a margin of 1.0", "narrowed")
      #expect(
        try reprise(
          "check", "run", "--baseline", folder + "/tiny.json", "--metric", "f2", in: place
        ).code == 64)
      for metric in ["wa", "macro-f1", "weighted-f1"] {
        expectRefusal(
          try reprise(
            "check", "run", "--baseline", folder + "/tiny.json", "--metric", metric, "--margin",
            "1.5", in: place), "recorded with a margin of 1.0", "narrowed")
      }
      expectRefusal(
        try reprise(
          "check", "run", "--baseline", folder + "/tiny.json", "--confidence", "0.9", in: place),
        "recorded with a confidence of 0.95", "raised and not lowered")
      let missing = try reprise(
        "check", "run", "--baseline", folder + "/tiny.json", "--system", "plain", in: place)
      #expect(missing.code == 5)
      let contiguous = try experiment(in: place, seeds: "[7]", name: "contiguous")
      try write(
        text(contiguous).replacing(
          "{allow_incomplete", with: "{ravdess_folds: contiguous, allow_incomplete"),
        to: contiguous)
      // With these actors the contiguous list has empty folds.
      #expect(try reprise("run", contiguous, "--out", "c", "--quiet", in: place).code == 2)
      let part = try reprise("run", file, "--folds", "1", "--out", "part", "--quiet", in: place)
      #expect(part.code == 0)
      let incomplete = try reprise(
        "check", "part", "--baseline", folder + "/tiny.json", in: place)
      #expect(incomplete.code == 5 && incomplete.standardOutput.contains("only 1 of 6 folds"))
    }
  }

  @Test func `says that a rule was fixed before only where it was`() throws {
    let folder = try recorded.get()
    func rule(_ options: String...) throws -> String {
      let check = try reprise(["check", "run", "--baseline", "tiny.json"] + options, in: folder)
      #expect(check.code == 0)
      let lines = check.standardOutput.split(separator: "\n")
      return String(try #require(lines.first { $0.hasPrefix("  margin") }))
    }
    #expect(try rule().contains("fixed before the comparison"))
    #expect(try rule("--margin", "1", "--metric", "ua").contains("fixed before the comparison"))
    for options in [["--margin", "0.5"], ["--metric", "macro-f1"], ["--confidence", "0.99"]] {
      let line = try rule(options[0], options[1])
      #expect(!line.contains("fixed before") && line.contains("asked for"), "\(line)")
    }
  }

  @Test func `is compared with no baseline whose predictions are not those recorded`() throws {
    let folder = try recorded.get()
    try withFolder { place in
      for name in try FileManager.default.contentsOfDirectory(atPath: folder)
      where name.hasPrefix("tiny.") { try copy(folder + "/" + name, to: place + "/" + name) }
      let compare = ["compare", folder + "/run", "--baseline", place + "/tiny.json"]
      #expect(try reprise(compare, in: place).code == 0)
      let names = try FileManager.default.contentsOfDirectory(atPath: place)
      let table = try #require(names.first { $0.hasSuffix(".csv") })
      try write(text(place + "/" + table) + "\n", to: place + "/" + table)
      expectRefusal(try reprise(compare, in: place), table, "expected SHA-256")
    }
  }

  @Test func `explains its numbers from the files they are computed of`() throws {
    let folder = try recorded.get()
    let pooled = try reprise("explain", "run", "ravdess full ua pooled", in: folder).standardOutput
    #expect(pooled.contains("mean of recalls") && pooled.contains("jackknife, t(11)"))
    #expect(pooled.split(separator: "\n").count { $0.contains("predictions.csv") } == 18)
    let fold = try reprise("explain", "run", "ravdess", "full", "wa", "fold", "3", in: folder)
    #expect(
      fold.standardOutput.split(separator: "\n").count { $0.contains("predictions.csv") } == 3)
    expectRefusal(
      try reprise("explain", "run", "ravdess full f1 pooled", in: folder), "metric",
      "expected one of wa, ua")
    let same = try reprise("diff", "run", "run", in: folder)
    #expect(same.code == 0 && same.standardOutput.hasPrefix("no difference"))
  }

  @Test func `differs from another in settings and numbers, listed by name`() throws {
    let folder = try recorded.get()
    try withFolder { place in
      let file = try experiment(
        in: place, seeds: "[1, 2, 3]", name: "slow", more: "loss: {supcon: 0}")
      #expect(try reprise("run", file, "--out", "run", "--quiet", in: place).code == 0)
      let lines = try reprise("diff", folder + "/run", place + "/run").standardOutput
        .split(separator: "\n")
      #expect(lines.contains { $0.hasPrefix("setting  full loss.supcon: 0.1 → 0") })
      #expect(lines.allSatisfy { $0.hasPrefix("setting") || $0.hasPrefix("number") })
      #expect(lines.count { $0.hasPrefix("setting") } == 1)
    }
  }

  @Test func `draws nothing that its predictions do not give`() throws {
    let folder = try recorded.get()
    try withFolder { place in
      try copy(folder + "/run", to: place + "/run")
      let path = place + "/run/results.json"
      let results = try text(path)
      let range = try #require(results.firstRange(of: #/"wa" : 0\.\d/#))
      let changed = results.replacingCharacters(in: range, with: #""wa" : 0.99"#)
      try write(changed, to: path)
      expectRefusal(
        try reprise("report", "run", in: place), "results.json", "its checksum differs")
      // In the form that the program would write.
      try write(unsealed(changed), to: path)
      expectRefusal(
        try reprise("report", "run", in: place), "results.json", "but the stored predictions give",
        "no report was drawn")
    }
  }

  @Test func `counts every look at a test fold, and shows what choosing by it would gain`() throws {
    try withFolder { place in
      _ = try recorded.get()
      let file = try experiment(in: place, seeds: "[1]", name: "watched")
      try write(text(file).replacing("selection_seeds: 0", with: "selection_seeds: 1"), to: file)
      let arguments = ["run", file, "--folds", "1,2", "--out", "run", "--quiet"]
      #expect(try reprise(arguments, in: place).code == 0)
      func ledger() throws -> [Substring] {
        try files(below: place + "/run/ledger")
          .flatMap { try text("\(place)/run/ledger/\($0)").split(separator: "\n") }
      }
      let lines = try ledger()
      func count(_ purpose: String) -> Int { lines.count { $0.contains("\"\(purpose)\"") } }
      // Two cells and two companion trainings, of two epochs each.
      #expect((count("result"), count("trajectory"), count("companion")) == (2, 4, 6))
      #expect(cells(of: place + "/run").count == 4)
      #expect(try reprise(arguments, in: place).code == 0)
      #expect(try ledger() == lines)
      // A cell that is trained again is scored again.
      try remove(try #require(cells(of: place + "/run").first) + "/done.json")
      #expect(try reprise(arguments, in: place).code == 0)
      #expect(try ledger().count == lines.count + 3)
    }
  }
}

@Suite(.timeLimit(.minutes(30))) struct `A corpus that leaks` {
  @Test func `stops a run before it trains, unless the leak is allowed by name`() throws {
    try withFolder { place in
      let corpus = place + "/corpus"
      try writeTinyRAVDESS(to: corpus)
      let file = try writeExperiment(in: place, at: corpus, variants: "[{name: full}]")
      let clip = corpus + "/" + oneClip
      try remove(clip)
      // The same sound in folds 1 and 2.
      try copy(corpus + "/Actor_01/03-01-05-01-01-01-01.wav", to: clip)
      let audit = try reprise("corpora", "audit", "ravdess=" + corpus)
      #expect(audit.code == 1 && audit.standardOutput.contains("leak exact-duplicates"))
      expectRefusal(
        try reprise("run", file, "--out", "run", "--quiet", in: place), "leaks between",
        "03-01-05-01-01-01-04", "--allow-leak exact-duplicates")
      #expect(cells(of: place + "/run").isEmpty)
      let allowed = ["--allow-leak", "exact-duplicates"]
      #expect(
        try reprise(["corpora", "audit", "ravdess=" + corpus, "--allow", "exact-duplicates"]).code
          == 0)
      #expect(
        try reprise(["run", file, "--out", "run", "--quiet"] + allowed, in: place).code == 0)
      #expect(cells(of: place + "/run").count == 2)
    }
  }
}

@Suite(.timeLimit(.minutes(30))) struct `Recorded baselines` {
  @Test func `are whole, or refused by name of what they lack`() throws {
    let folder = try recorded.get()
    for fault in ["incomplete", "dirty"] {
      let others = ["incomplete", "dirty"].filter { $0 != fault }.flatMap { ["--allow", $0] }
      let output = try reprise(
        ["baseline", "record", "run", "--name", "x", "--to", "x.json"] + others, in: folder)
      // The tests' own sources may be committed.
      if fault == "dirty", output.code == 0 { continue }
      expectRefusal(output, "not recorded as a baseline", "--allow \(fault)")
    }
    let list = try reprise("baseline", "list", folder).standardOutput
    #expect(list.contains("tiny ravdess full: measured") && list.contains("every utterance"))
    let details = try reprise("baseline", "show", "tiny ravdess full", "--folder", folder)
    #expect(details.standardOutput.split(separator: "\n").count { $0.hasPrefix("    seed ") } == 18)
    #expect(details.standardOutput.contains("margin    1.00 points of UA"))
  }

  @Test func `of some folds are read again, and are not those of all`() throws {
    let folder = try recorded.get()
    try withFolder { place in
      let part = try reprise(
        "run", folder + "/judged.yaml", "--folds", "1,2", "--out", "part", "--quiet", in: place)
      #expect(part.code == 0)
      let allowed = ["incomplete", "dirty"].flatMap { ["--allow", $0] }
      let record = try reprise(
        ["baseline", "record", "part", "--name", "part", "--to", "part.json"] + allowed, in: place)
      #expect(record.code == 0, "\(record.standardError)")
      #expect(try reprise("baseline", "show", "part ravdess full", "--folder", place).code == 0)
      #expect(try reprise("baseline", "lint", place).code == 0)
      let whole = try reprise("check", folder + "/run", "--baseline", "part.json", in: place)
      #expect(whole.code == 5, "\(whole.standardOutput)")
    }
  }

  @Test func `are computed again, and a wrong number is found`() throws {
    let folder = try recorded.get()
    try withFolder { place in
      let names = ["tiny.json", "tiny.ravdess.full.csv", "tiny.ravdess.full.npy"]
      for name in names { try copy(folder + "/" + name, to: place + "/" + name) }
      let readme = place + "/README.md"
      let page = place + "/results.md"
      try write(
        """
        # x\n<!-- reprise:tiny -->\n<!-- end -->\n<!-- reprise-components:tiny -->\n<!-- end -->\n
        """,
        to: readme)
      try write("<!-- reprise-summary:tiny -->\n<!-- end -->\n", to: page)
      func lint(_ more: String...) throws -> Output {
        try reprise(["baseline", "lint", place, "--readme", readme, "--text", page] + more)
      }
      #expect(try lint().code == 1)
      #expect(try lint("--write").code == 0)
      let written = try text(readme)
      #expect(try written.contains("| full | ") && lint().code == 0)
      #expect(written.contains("| Augmentation: EAM over LAM | – | – | – | – | – | not run |"))
      // One digit in the table.
      let digit = try #require(written.firstRange(of: #/\d\.\d ± /#))
      let wrong = written[digit].hasPrefix("1") ? "2.0 ± " : "1.0 ± "
      try write(written.replacingCharacters(in: digit, with: wrong), to: readme)
      #expect(try lint().standardOutput.contains("does not match the baselines"))
      try write(written, to: readme)
      // One digit of the other text.
      let summary = try text(page)
      #expect(summary.contains("| system | WA, % | UA, % |") && summary.contains("| full | "))
      let score = try #require(summary.firstRange(of: #/\d\.\d ± /#))
      try write(
        summary.replacingCharacters(
          in: score, with: summary[score].hasPrefix("1") ? "2.0 ± " : "1.0 ± "), to: page)
      let other = try lint()
      #expect(other.code == 1 && other.standardOutput.contains("results.md: the table of tiny"))
      try write(summary, to: page)
      // One verdict.
      let verdict = try #require(written.firstRange(of: "| not run |"))
      try write(written.replacingCharacters(in: verdict, with: "| holds |"), to: readme)
      #expect(try lint().code == 1)
      try write(written, to: readme)
      // One prediction.
      let table = try text(place + "/" + names[1])
      try write(
        table.replacing(",calm\n", with: ",happy\n", maxReplacements: 1), to: place + "/" + names[1]
      )
      let found = try lint()
      #expect(found.code == 1 && found.standardOutput.contains("SHA-256"))
      try write(table, to: place + "/" + names[1])
      // One probability.
      var numbers = try bytes(place + "/" + names[2])
      numbers[numbers.count - 1] ^= 1
      try numbers.write(to: URL(fileURLWithPath: place + "/" + names[2]))
      #expect(try lint().standardOutput.contains("full.npy: baseline"))
      try remove(place + "/" + names[2])
      try copy(folder + "/" + names[2], to: place + "/" + names[2])
      #expect(try lint().code == 0)
      // One count, with its score.
      let json = try text(place + "/tiny.json")
      let count = try #require(json.firstRange(of: #/"accuracy" : 0\.\d+/#))
      try write(
        json.replacingCharacters(in: count, with: #""accuracy" : 0.123"#), to: place + "/tiny.json")
      #expect(try lint().standardOutput.contains("expected WA"))
    }
  }
}
