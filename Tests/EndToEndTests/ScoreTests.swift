// Kind: end to end. Predictions of another program become a run that every reading command reads.
import Foundation
import Testing

/// The utterances of the shipped protocol of RAVDESS.
private func ravdessUtterances() throws -> [(id: String, label: String, fold: Int)] {
  let data = try bytes(packageRoot + "/baselines/protocols/ravdess.protocol.json")
  let document = try #require(JSONSerialization.jsonObject(with: data) as? NSDictionary)
  let corpus = try #require(document["corpus"] as? NSDictionary)
  let list = try #require(corpus["utterances"] as? [NSDictionary])
  return try list.map {
    (
      try #require($0["id"] as? String), try #require($0["label"] as? String),
      try #require($0["fold"] as? Int)
    )
  }
}

/// Predictions that are wrong about every clip whose number is divisible by one of `divisors`.
private func predictions(_ divisors: Int...) throws -> String {
  let classes = ["neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"]
  return try "filename,predicted,emotion\n"
    + ravdessUtterances().enumerated().map { index, utterance in
      let place = classes.firstIndex(of: utterance.label) ?? 0
      let isWrong = divisors.contains { index.isMultiple(of: $0) }
      return "\(utterance.id).wav,\(classes[(place + (isWrong ? 1 : 0)) % 8]),\(utterance.label)\n"
    }.joined()
}

/// A folder with the run `mine`: two seeds of a system called `full`.
private let scoredRun = Result<String, any Error> {
  let folder = scratch + "/scored"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  try write(try predictions(3, 4), to: folder + "/a.csv")
  try write(try predictions(3, 5), to: folder + "/b.csv")
  let output = try reprise(
    "score", "a.csv", "b.csv", "--protocol", "ravdess", "--name", "full", "--out", "mine",
    in: folder, environment: ["REPRISE_HOME": packageRoot])
  guard output.code == 0 else { throw Unexpected(output: output) }
  return folder
}

@Suite(.timeLimit(.minutes(30))) struct `Predictions of another program` {
  @Test func `are read by every command that reads a run`() throws {
    let folder = try scoredRun.get()
    let commands: [(arguments: [String], told: String)] = [
      (["status", "mine"], "12 cells: 0 failed, 12 finished"),
      (["explain", "mine", "ravdess full wa pooled"], "fp:77aba972337dddef"),
      (["compare", "mine"], "ravdess-compact ravdess full"),
      (["diff", "mine", "mine"], "no difference"),
      (["fsck", "mine"], "12 finished cells"),
      (["claims", "mine"], "protocol"),
      (["report", "mine", "--format", "csv"], "report"),
    ]
    for command in commands {
      let said = try reprise(command.arguments, in: folder)
      #expect(said.code == 0, "\(command.arguments[0]): \(said.standardError)")
      #expect(said.standardOutput.contains(command.told), "\(said.standardOutput)")
    }
    // These predictions are far below the recorded system.
    let baseline = packageRoot + "/baselines/ravdess-compact.json"
    let check = try reprise(
      "check", "mine", "--baseline", baseline, "--system", "full", in: folder)
    #expect(check.code == 3, "\(check.standardOutput)\(check.standardError)")
    let page = try text(folder + "/mine/report/index.html")
    #expect(page.contains("scored, not trained by Reprise") && !page.contains("Training, s"))
    // Nobody knows that of another program; a run of Reprise says it.
    #expect(page.contains("Nobody can tell") && !page.contains("the model was not trained on"))
    let trained = try text(recorded.get() + "/run/report/index.html")
    #expect(!trained.contains("Nobody can tell") && trained.contains("the model was not trained"))
  }

  @Test func `have the figures that the documentation shows`() throws {
    try withFolder { folder in
      let example = packageRoot + "/docs/examples/mfcc-logreg.csv"
      let said = try reprise(
        "score", example, "--protocol", "ravdess", "--out", "run", "--no-report", in: folder,
        environment: ["REPRISE_HOME": packageRoot])
      #expect(said.code == 0, "\(said.standardError)")
      let found = try #require(
        said.standardOutput.firstMatch(of: /WA ([0-9.]+) %  UA ([0-9.]+) %/))
      let page = try text(packageRoot + "/docs/score.md")
      #expect(page.contains("| `mfcc-logreg` | \(found.output.1) | \(found.output.2) |"))
      let explained = try reprise("explain", "run", "ravdess mfcc-logreg ua pooled", in: folder)
      #expect(explained.standardOutput.contains("95 % interval 39.68 to 48.47 %"))
      #expect(page.contains("39.7 to 48.5 %"))

      let named = try reprise(
        "score", example, "--protocol", "ravdess", "--name", "full", "--out", "example",
        "--no-report", in: folder, environment: ["REPRISE_HOME": packageRoot])
      #expect(named.code == 0, "\(named.standardError)")
      let judged = try reprise(
        "check", "example", "--baseline", packageRoot + "/baselines/ravdess-compact.json",
        "--system", "full", in: folder)
      #expect(judged.code == 3 && judged.standardOutput.contains("-27.51 to -24.14"))
      #expect(page.contains("REGRESSED with exit code 3: its UA is 25.8 points"))
      #expect(page.contains("from 24.1 to 27.5 points"))
    }
  }

  @Test func `have the scores that a count gives`() throws {
    let folder = try scoredRun.get()
    let said = try reprise("explain", "mine", "ravdess full wa pooled", "--json", in: folder)
    let document = try #require(
      JSONSerialization.jsonObject(with: Data(said.standardOutput.utf8)) as? NSDictionary)
    // Wrong: 480 + 360 - 120 of 1440, and 480 + 288 - 96.
    let expected = 1 - Double(720 + 672) / 2 / 1440
    let value = try #require(document["value"] as? Double)
    #expect(abs(value - expected) < 1e-9)
  }

  @Test func `are recorded as a baseline, and judged by it`() throws {
    try withFolder { folder in
      let run = try scoredRun.get() + "/mine"
      let record = ["baseline", "record", run, "--name", "mine", "--to", "base.json"]
      let few = try reprise(record + ["--allow", "dirty"], in: folder)
      #expect(few.code == 2 && few.standardError.contains("few-seeds"), "\(few.standardError)")
      let made = try reprise(record + ["--allow", "dirty", "--allow", "few-seeds"], in: folder)
      #expect(made.code == 0, "\(made.standardError)")
      let same = try reprise("check", run, "--baseline", "base.json", in: folder)
      #expect(same.code == 0, "\(same.standardOutput)\(same.standardError)")
      try write(try predictions(2, 3), to: folder + "/worse.csv")
      try write(try predictions(2, 5), to: folder + "/worse2.csv")
      let worse = try reprise(
        "score", "worse.csv", "worse2.csv", "--protocol", "ravdess", "--name", "full", "--out",
        "worse", "--no-report", in: folder, environment: ["REPRISE_HOME": packageRoot])
      #expect(worse.code == 0, "\(worse.standardError)")
      let judged = try reprise("check", "worse", "--baseline", "base.json", in: folder)
      #expect(judged.code == 3, "\(judged.standardOutput)\(judged.standardError)")
    }
  }

  @Test func `are never trained, continued or replayed`() throws {
    let folder = try scoredRun.get()
    let before = try snapshot(folder + "/mine/cells")
    for command in [
      ["run", "mine"], ["cell", "mine"], ["replay", "mine", "ravdess full 1 1"],
      ["run", "--out", "mine", "--quiet"],
    ] {
      let said = try reprise(command, in: folder)
      #expect(said.code == 2, "\(command): \(said.standardError)")
      #expect(
        said.standardError.contains("holds predictions of another program"),
        "\(command): \(said.standardError)")
    }
    #expect(try snapshot(folder + "/mine/cells") == before)
  }

  @Test func `are refused if someone changed them afterwards`() throws {
    try withFolder { folder in
      try copy(scoredRun.get() + "/mine", to: folder + "/mine")
      let cell = try #require(cells(of: folder + "/mine").first)
      let path = cell + "/predictions.csv"
      try write(try text(path).replacing("sad,sad", with: "sad,calm"), to: path)
      expectRefusal(
        try reprise("explain", "mine", "ravdess full ua", in: folder), "has changed",
        "reprise score")
      let check = try reprise("fsck", "mine", "--dry-run", in: folder)
      #expect(check.code == 1 && check.standardOutput.contains("reprise score"))
      #expect(!check.standardOutput.contains("reprise run"))
    }
  }

  @Test func `have the protocol of their corpus, with and without it`() throws {
    try withFolder { folder in
      let corpus = "ravdess=" + (try tinyRAVDESS.get())
      let exported = try reprise("protocol", "export", corpus, in: folder)
      #expect(exported.code == 0 && exported.standardError.contains("INCOMPLETE"))
      try write(exported.standardOutput, to: folder + "/tiny.protocol.json")
      let again = try reprise("protocol", "export", "tiny.protocol.json", in: folder)
      #expect(again.standardOutput == exported.standardOutput)
      let rows = try ravdessUtterances().filter {
        exported.standardOutput.contains("\"\($0.id)\"")
      }
      #expect(rows.count == 48)
      try write(
        "id,prediction\n" + rows.map { "\($0.id),\($0.label)\n" }.joined(), to: folder + "/p.csv")
      let fingerprints = try [corpus, "tiny.protocol.json"].enumerated().map { index, name in
        let said = try reprise(
          "score", "p.csv", "--protocol", name, "--out", "run\(index)", "--no-report", "--json",
          in: folder)
        #expect(said.code == 0, "\(said.standardError)")
        return said.standardOutput.matches(of: /fp:[0-9a-f]{16}/).map { String($0.output) }
      }
      #expect(fingerprints[0].count == 1 && fingerprints[0] == fingerprints[1])
    }
  }

  /// One class for all: its UA is an eighth for every sample of speakers.
  @Test func `of a constant system have no interval that looks certain`() throws {
    try withFolder { folder in
      try write(
        "id,prediction\n" + ravdessUtterances().map { "\($0.id),calm\n" }.joined(),
        to: folder + "/p.csv")
      let home = ["REPRISE_HOME": packageRoot]
      let said = try reprise(
        "score", "p.csv", "--protocol", "ravdess", "--out", "same", "--json", "--no-report",
        in: folder, environment: home)
      #expect(said.code == 0, "\(said.standardError)")
      #expect(said.standardOutput.contains("which is no certainty"))
      #expect(!said.standardOutput.contains("12.5 to 12.5"))
      let explained = try reprise("explain", "same", "ravdess p ua pooled", in: folder)
      #expect(explained.standardOutput.contains("12.50 to 12.50 %"))
      #expect(explained.standardOutput.contains("†\n"))
      #expect(explained.standardOutput.contains("† No width, which is no certainty"))
      let json = try reprise("explain", "same", "ravdess p ua pooled", "--json", in: folder)
      #expect(json.standardOutput.contains("\"degenerate\" : true"))
      // Negative control: systems that answer more than one class.
      for options in [[], ["--json"]] {
        let usual = try reprise(
          ["explain", "mine", "ravdess full ua pooled"] + options, in: scoredRun.get())
        #expect(usual.code == 0 && !usual.standardOutput.contains("†"))
        #expect(!usual.standardOutput.contains("degenerate"))
      }
    }
  }

  @Test func `need a protocol that exists`() throws {
    try withFolder { folder in
      try write("id,prediction\nx,sad\n", to: folder + "/p.csv")
      for name in ["nothing", "bogus=/tmp", "ravdess=/nowhere"] {
        let said = try reprise("score", "p.csv", "--protocol", name, in: folder)
        #expect(said.code == 2 && said.errorLines.count >= 1, "\(name): \(said.standardError)")
      }
    }
  }
}
