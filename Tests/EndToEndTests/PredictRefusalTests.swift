// Kind: end to end. `reprise predict` with unusual and unreadable recordings, and with runs that
// cannot answer.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct `A recording far from the training` {
  /// The notes about a recording: what follows the probabilities.
  private func notes(_ sound: WAV) throws -> String {
    try withFolder { folder in
      try write(sound.bytes, to: folder + "/x.wav")
      let output = try predicted("alone", fold: 1, [folder + "/x.wav"])
      #expect(output.code == 0, "\(output.standardError)")
      return try #require(answerRows(output.standardOutput)["x"]).dropFirst(11).joined(
        separator: ",")
    }
  }

  /// A tone like those of the corpus.
  private func usual(_ seconds: Double = 0.3, gain: Float = 1) -> [Float] {
    tone(174, seconds: seconds).map { gain * $0 }
  }

  @Test func `is noted by length, level, clipping and cropping`() throws {
    #expect(try notes(WAV(samples: usual())) == "")
    #expect(try notes(WAV(samples: usual(0.05))).contains("length without silence 0.05 s, in"))
    let long = try notes(WAV(samples: usual(7)))
    #expect(long.contains("only the first 6.25 s of 7.0 s are used"))
    #expect(long.contains("length without silence 6.25 s"))
    #expect(try notes(WAV(samples: usual(gain: 0.01))).contains("level -5"))
    let clipped = try notes(WAV(samples: usual(gain: 9).map { min(0.9999, max(-1, $0)) }))
    #expect(clipped.contains("clipped: ") && clipped.contains("at full scale"))
  }

  @Test func `is noted by its band`() throws {
    // A hiss reaches above 4 kHz, and the clips of the corpus do not.
    var state: UInt64 = 1
    let hiss = usual().map { value in
      state = state &* 6_364_136_223_846_793_005 &+ 1
      return value + 0.2 * (Float(state >> 40) / Float(1 << 23) - 1)
    }
    #expect(try notes(WAV(samples: hiss)).contains("power above 4 kHz -"))
  }

  @Test func `is known if it is one of the training`() throws {
    let folder = try tinyRAVDESS.get()
    let trained = try predicted("alone", fold: 1, [folder + "/" + oneClip])
    #expect(
      trained.standardOutput.contains(
        "03-01-05-01-01-01-04 of the training data: known to 1 of 1 networks"))
    let tested = try predicted("alone", fold: 2, [folder + "/" + oneClip])
    #expect(tested.code == 0 && !tested.standardOutput.contains("training data"))
  }

  @Test func `is cut after the run's longest duration, however long it is`() throws {
    try withFolder { folder in
      // Ten minutes at the lowest rate.
      let minute = tone(150, sampleRate: 8000, seconds: 60)
      let sound = WAV(
        encoding: .unsigned8, sampleRate: 8000, samples: (0..<10).flatMap { _ in minute })
      try write(sound.bytes, to: folder + "/x.wav")
      let output = try predicted("alone", fold: 1, [folder + "/x.wav"])
      #expect(output.code == 0)
      #expect(output.standardOutput.contains("only the first 6.25 s of 600.0 s are used"))
    }
  }
}

@Suite(.timeLimit(.minutes(10))) struct `A recording that cannot be read` {
  @Test func `is reported, and the others are answered`() throws {
    let good = try testFolders()[0] + "/03-01-05-01-01-01-01.wav"
    let control = try predicted("full", fold: 1, [good])
    #expect(control.code == 0)
    try withFolder { folder in
      let bad: [(name: String, data: Data, said: String)] = [
        ("text.wav", Data("no sound".utf8), "not a sound file"),
        ("empty.wav", Data(), "0 bytes"),
        ("none.wav", WAV(samples: []).bytes, "no samples"),
        ("silent.wav", WAV(samples: [Float](repeating: 0, count: 4000)).bytes, "silent"),
        (
          "nan.wav", WAV(encoding: .float32, samples: [0.1, .nan] + tone(150)).bytes,
          "NaN or infinite"
        ),
        ("slow.wav", WAV(sampleRate: 2000, samples: tone(150)).bytes, "2000 samples per second"),
      ]
      for item in bad {
        let path = folder + "/" + item.name
        try write(item.data, to: path)
        for order in [[path, good], [good, path]] {
          let output = try predicted("full", fold: 1, order)
          #expect(output.code == 2)
          #expect(output.standardOutput == control.standardOutput, "\(item.name)")
          let line = output.errorLines.first { $0.contains(path) }
          #expect(line?.contains(item.said) == true, "\(output.standardError)")
        }
      }
      let missing = try predicted("full", fold: 1, [folder + "/gone.wav", good])
      #expect(missing.code == 2 && missing.standardOutput == control.standardOutput)
      #expect(missing.standardError.contains("gone.wav: is not there"))
      let json = try predicted("full", fold: 1, [folder + "/text.wav", good, "--json"])
      #expect(json.code == 2 && json.standardOutput.contains("\"failures\" : [\n"))

      try FileManager.default.createDirectory(
        atPath: folder + "/bare", withIntermediateDirectories: true)
      try write("", to: folder + "/bare/readme.txt")
      expectAnswerless(try predicted("full", fold: 1, [folder + "/bare"]), "holds no sound file")
      expectAnswerless(try predicted("full", fold: 1, [folder + "/gone.wav"]), "is not there")
      expectAnswerless(
        try predicted("full", fold: 1, [folder + "/text.wav", "--speaker", "a"]), "not a sound file"
      )
    }
  }

  @Test func `may be very short`() throws {
    try withFolder { folder in
      for count in [1, 2, 100] {
        let path = "\(folder)/\(count).wav"
        try write(WAV(samples: [Float](repeating: 0.3, count: count)).bytes, to: path)
        for variant in ["alone", "full", "whole"] {
          let output = try predicted(variant, fold: 1, [path])
          #expect(output.code == 0, "\(output.standardError)")
          #expect(probabilities(output.standardOutput)["\(count)"]?.contains("nan") == false)
          #expect(output.standardOutput.contains("length without silence"))
        }
      }
    }
  }
}

@Suite(.timeLimit(.minutes(10))) struct `A run that cannot predict` {
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
