// Kind: end to end. `reprise predict` with unusual and unreadable recordings.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(30))) struct `A recording far from the training` {
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

@Suite(.timeLimit(.minutes(30))) struct `A recording that cannot be read` {
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
