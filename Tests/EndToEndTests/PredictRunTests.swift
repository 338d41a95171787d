// Kind: end to end. `reprise predict` with runs that cannot answer.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(30))) struct `A run that cannot predict` {
  /// Runs the command on a changed copy of the run.
  private func refusal(_ change: (_ run: String) throws -> Void, _ arguments: String...) throws
    -> Output
  {
    try withFolder { folder in
      let run = folder + "/run"
      try copy(predictingRun.get(), to: run)
      try change(run)
      return try reprise(["predict", run] + arguments + testFolders())
    }
  }

  /// The folder of the cell of a variant and fold.
  private func cell(_ run: String, _ variant: String, fold: Int) throws -> String {
    try #require(
      try cells(of: run).first {
        try $0.contains("-fold\(fold)-")
          && text($0 + "/configuration.json").contains("\"variant\" : \"\(variant)\"")
      })
  }

  @Test func `says what is missing`() throws {
    #expect(try refusal({ _ in }).code == 0)
    expectRefusal(
      try refusal { try remove(cell($0, "alone", fold: 2) + "/weights.safetensors") },
      "has no weights.safetensors", "reprise run")
    expectRefusal(
      try refusal { run in
        let path = try cell(run, "alone", fold: 2) + "/weights.safetensors"
        var data = try bytes(path)
        data[data.count - 5] ^= 1
        try write(data, to: path)
      }, "weights.safetensors: has changed")
    // The other networks still answer alone.
    #expect(
      try refusal(
        { try remove(cell($0, "alone", fold: 2) + "/weights.safetensors") }, "--fold", "1"
      ).code == 0)
    let part = try refusal { try remove(cell($0, "alone", fold: 2) + "/done.json") }
    #expect(part.code == 0)
    #expect(part.standardError.contains("1 of 2 networks are not finished"))
    expectRefusal(
      try refusal { run in
        for fold in [1, 2] { try remove(cell(run, "alone", fold: fold) + "/done.json") }
      }, "no model of alone on RAVDESS is finished", "reprise run")
  }

  @Test func `says what it has instead`() throws {
    let wrong: [(arguments: [String], said: String)] = [
      (["--variant", "fulll"], "it has alone, full, whole"),
      (["--corpus", "savee"], "it has ravdess"),
      (["--fold", "3"], "it has 1, 2"), (["--seed", "7"], "it has 1"),
    ]
    for (arguments, said) in wrong {
      let output = try reprise(["predict", predictingRun.get()] + arguments + testFolders())
      expectRefusal(output, arguments[0], said)
    }
    let usage: [[String]] = [
      ["--threads", "0"], ["--speaker", "a", "--speakers", "b"], ["--speaker", ""],
      ["--fold", "x"],
    ]
    for arguments in usage {
      #expect(
        try reprise(["predict", predictingRun.get()] + arguments + testFolders()).code == 64,
        "\(arguments)")
    }
    expectRefusal(try reprise("predict", scratch, "x.wav"), "is not a run")
  }

  @Test func `may hold the predictions of another program`() throws {
    try withFolder { folder in
      let output = try reprise(
        "predict", predictingRun.get(), tinyRAVDESS.get(), "--variant", "alone", "--out", "a.csv",
        in: folder)
      #expect(output.code == 0)
      let scored = try reprise(
        "score", "a.csv", "--protocol", "ravdess", "--allow-missing", "--no-report", "--out",
        "scored", in: folder, environment: ["REPRISE_HOME": packageRoot])
      #expect(scored.code == 0, "\(scored.standardError)")
      expectRefusal(
        try reprise(["predict", "scored"] + testFolders(), in: folder),
        "predictions of another program, and no weights")
    }
  }

  @Test func `may be of an older version, without an average speaker`() throws {
    // The record of an older cell has no such file.
    func age(_ run: String) throws {
      for cell in cells(of: run) {
        try remove(cell + "/recordings.json")
        let done = try text(cell + "/done.json")
        let entry = try #require(
          done.firstMatch(of: /,\s*\{\s*"name" : "recordings\.json",\s*"sha256" : "[0-9a-f]+"\s*\}/)
        )
        try write(
          unsealed(done.replacing(entry.output, with: "")), to: cell + "/done.json")
      }
    }
    expectRefusal(
      try refusal({ try age($0) }, "--variant", "full"), "kept no average of its speakers",
      "--speaker", "--retrain")
    let named = try refusal({ try age($0) }, "--variant", "full", "--speaker", "a")
    #expect(named.code == 0 && named.standardError.contains("an older version made the run"))
    #expect(try refusal({ try age($0) }, "--variant", "alone").code == 0)
  }

  @Test func `has a record of its recordings with possible numbers alone`() throws {
    func forged(_ change: @escaping (String) -> String) throws -> Output {
      try refusal(
        { run in
          try revouch(cell(run, "whole", fold: 1), "recordings.json") { unsealed(change($0)) }
        }, "--variant", "whole", "--fold", "1")
    }
    let forgeries: [(from: String, to: String, said: String)] = [
      (#""scored_frames" : ["#, #""scored_frames" : [ 0,"#, "scored_frames: expected 1 to"),
      (#""mean" : ["#, #""mean" : [ 0,"#, "frames: expected a mean, a deviation and a trust"),
      (#""trust" : ["#, #""trust" : [ 1.5,"#, "frames: expected a mean, a deviation and a trust"),
      (#""greatest" : "#, #""greatest" : -1e8, "x" : "#, "expected a range"),
      (#""mean" : ["#, #""mean" : [ 1e39,"#, "recordings.json"),
      (#""speakers" : "#, #""speakers" : "four", "x" : "#, "speakers"),
    ]
    for (from, to, said) in forgeries {
      let output = try forged { $0.replacing(from, with: to) }
      expectRefusal(output, "recordings.json: ", said)
    }
    let longer = try forged { text in
      ["mean", "deviation", "trust"].reduce(text) {
        $0.replacing("\"\($1)\" : [", with: "\"\($1)\" : [ 0.5,")
      }
    }
    expectRefusal(longer, "recordings.json: expected 23 values, found 24")
    // A list of the scored utterances that is too short only costs the last bits.
    #expect(try forged { $0.replacing(#""scored_frames" : ["#, with: #""other" : ["#) }.code == 2)
    #expect(
      try forged {
        $0.replacing(#""scored_frames" : ["#, with: #""scored_frames" : [], "other" : ["#)
      }.code == 0)
  }

  @Test func `has lists of speakers that are checked`() throws {
    try withFolder { folder in
      let lists = [
        ("path;speaker\nx;a\n", "expected the columns path and speaker"),
        ("path,speaker\nx,\n", "list.csv:2"), ("path,speaker\nx,a\nx,b\n", "the speakers a and b"),
      ]
      for (text, said) in lists {
        try write(text, to: folder + "/list.csv")
        expectRefusal(
          try predicted("full", fold: 1, testFolders() + ["--speakers", folder + "/list.csv"]), said
        )
      }
      try write("path,speaker\nx,a\n", to: folder + "/list.csv")
      let output = try predicted(
        "full", fold: 1, testFolders() + ["--speakers", folder + "/list.csv"])
      #expect(output.code == 0)
    }
  }
}
