// Kind: end to end. `reprise predict`: the run's own bits, answers that depend on nothing else,
// notes about unusual recordings.
import Foundation
import Testing

/// A run on the tiny corpus with variants that treat speakers in three ways, made once.
let predictingRun = Result<String, any Error> {
  let folder = scratch + "/predicting"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  let file = try writeExperiment(
    in: folder, at: tinyRAVDESS.get(),
    variants: """
      [{name: alone, features: {normalization: utterance}}, {name: full},
       {name: whole, features: {prosody: true, statistics: true}}]
      """)
  let output = try reprise("run", file, "--out", "run", "--quiet", in: folder)
  guard output.code == 0 else { throw Unexpected(output: output) }
  return folder + "/run"
}

/// The folders of the two actors that the first fold tests.
func testFolders() throws -> [String] {
  try ["Actor_01", "Actor_11"].map { try tinyRAVDESS.get() + "/" + $0 }
}

/// The rows of a CSV file by their first field. No field of these files has a comma within quotes
/// before the probabilities.
func answerRows(_ csv: String) -> [String: [String]] {
  let lines = csv.split(separator: "\n").dropFirst().map {
    $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }
  return Dictionary(lines.map { ($0[0], $0) }, uniquingKeysWith: { first, _ in first })
}

/// The probabilities of `reprise predict` by id: the eight fields after id, path and prediction.
func probabilities(_ csv: String) -> [String: [String]] {
  answerRows(csv).mapValues { Array($0.dropFirst(3).prefix(8)) }
}

/// The probabilities that a cell of the run gave its test utterances.
func ownProbabilities(_ run: String, _ variant: String, fold: Int) throws -> [String: [String]] {
  let cell = try #require(
    try cells(of: run).first {
      let text = try text($0 + "/configuration.json")
      return $0.contains("-fold\(fold)-") && text.contains("\"variant\" : \"\(variant)\"")
    })
  return answerRows(try text(cell + "/predictions.csv")).mapValues { Array($0.dropFirst(5)) }
}

/// The answers of one network.
func predicted(_ variant: String, fold: Int, _ arguments: [String]) throws -> Output {
  try reprise(
    ["predict", predictingRun.get(), "--variant", variant, "--fold", "\(fold)", "--seed", "1"]
      + arguments)
}

@Suite(.timeLimit(.minutes(30))) struct `Predictions of new recordings` {
  @Test func `have the bits of the run's own test predictions`() throws {
    let own = try ownProbabilities(predictingRun.get(), "alone", fold: 1)
    let output = try predicted("alone", fold: 1, testFolders())
    #expect(output.code == 0, "\(output.standardError)")
    #expect(own.count == 16 && probabilities(output.standardOutput) == own)
    // Negative control: the network of the other fold.
    let other = try predicted("alone", fold: 2, testFolders())
    #expect(other.code == 0 && probabilities(other.standardOutput) != own)
  }

  @Test(arguments: ["full", "whole"])
  func `have these bits for a named speaker too`(variant: String) throws {
    let own = try ownProbabilities(predictingRun.get(), variant, fold: 1)
    var found: [String: [String]] = [:]
    for folder in try testFolders() {
      let output = try predicted(variant, fold: 1, [folder, "--speaker", "somebody"])
      #expect(output.code == 0 && !output.standardError.contains("speaker"))
      found.merge(probabilities(output.standardOutput)) { $1 }
    }
    #expect(found == own)
    try withFolder { place in
      let clips = try testFolders().flatMap { folder in
        files(below: folder).map { "\(folder)/\($0)" }
      }
      let list = clips.map { "\($0),\($0.contains("Actor_01") ? "a" : "b")\n" }.joined()
      try write("path,speaker\n" + list, to: place + "/speakers.csv")
      let output = try predicted(
        variant, fold: 1, testFolders() + ["--speakers", place + "/speakers.csv"])
      #expect(probabilities(output.standardOutput) == own)
    }
    // Negative controls: two people as one, and people unknown.
    let one = try predicted(variant, fold: 1, testFolders() + ["--speaker", "somebody"])
    let unknown = try predicted(variant, fold: 1, testFolders())
    #expect(probabilities(one.standardOutput) != own)
    #expect(probabilities(unknown.standardOutput) != own)
    #expect(unknown.standardError.contains("16 recordings have no named speaker with"))
  }

  @Test func `depend neither on other recordings, nor on their order, nor on threads`() throws {
    let folders = try testFolders()
    let clips = folders.flatMap { folder in files(below: folder).map { "\(folder)/\($0)" } }
    func answer(_ paths: [String], threads: String) throws -> [String: [String]] {
      let output = try reprise(
        ["predict", predictingRun.get(), "--variant", "whole", "--threads", threads] + paths)
      #expect(output.code == 0, "\(output.standardError)")
      return answerRows(output.standardOutput)
    }
    let all = try answer(clips, threads: "1")
    #expect(all.count == 16 && Set(all.values.map { $0.dropFirst(3) }).count > 8)
    #expect(try answer(clips.reversed() + folders, threads: "3") == all)
    for clip in [clips[3], clips[12]] {
      let alone = try answer([clip], threads: "2")
      #expect(alone.count == 1)
      for (id, row) in alone { #expect(all[id] == row) }
    }
    // Negative control: the recordings of a named speaker do depend on each other.
    let named = try predicted("whole", fold: 1, [clips[3], "--speaker", "a"])
    let together = try predicted("whole", fold: 1, [folders[0], "--speaker", "a"])
    let (one, several) = (
      probabilities(named.standardOutput), probabilities(together.standardOutput)
    )
    let id = try #require(one.keys.first)
    #expect(one.count == 1 && several[id] != nil && several[id] != one[id])
  }

  @Test func `need two recordings of a named speaker`() throws {
    let folder = try testFolders()[0]
    let clips = files(below: folder).map { "\(folder)/\($0)" }
    func answer(_ arguments: [String]) throws -> [String: [String]] {
      let output = try predicted("whole", fold: 1, arguments)
      #expect(output.code == 0)
      return probabilities(output.standardOutput)
    }
    let unknown = try answer([clips[2]])
    #expect(try answer([clips[2], "--speaker", "a"]) == unknown)
    let id = try #require(unknown.keys.first)
    let two = try answer([clips[2], clips[3], "--speaker", "a"])
    #expect(two.count == 2 && two[id] != nil && two[id] != unknown[id])
    // A broken second recording is none.
    try withFolder { place in
      try write("no sound", to: place + "/x.wav")
      let output = try predicted("whole", fold: 1, [clips[2], place + "/x.wav", "--speaker", "a"])
      #expect(output.code == 2 && probabilities(output.standardOutput) == unknown)
    }
  }

  @Test func `are the mean over all finished networks`() throws {
    let clip = try testFolders()[0] + "/03-01-05-01-01-01-01.wav"
    let run = try predictingRun.get()
    let mean = try reprise("predict", run, clip, "--variant", "alone")
    #expect(mean.standardError.contains("the mean of 2 networks, folds 1, 2, seed 1"))
    #expect(mean.standardError.contains("other variants of the run: full, whole"))
    let single = try [1, 2].map {
      try #require(probabilities(predicted("alone", fold: $0, [clip]).standardOutput).values.first)
    }
    let both = try #require(probabilities(mean.standardOutput).values.first)
    for (place, text) in both.enumerated() {
      let (a, b) = try (#require(Double(single[0][place])), #require(Double(single[1][place])))
      #expect(abs(try #require(Double(text)) - (a + b) / 2) < 1e-7)
    }
    #expect(single[0] != single[1])
  }

  @Test func `are scored by reprise score`() throws {
    try withFolder { folder in
      let root = try tinyRAVDESS.get()
      let output = try reprise(
        "predict", predictingRun.get(), root, "--variant", "alone", "--out", "mine.csv", in: folder)
      #expect(output.code == 0 && output.standardOutput.isEmpty, "\(output.standardError)")
      #expect(answerRows(try text(folder + "/mine.csv")).count == 48)
      let scored = try reprise(
        "score", "mine.csv", "--protocol", "ravdess", "--allow-missing", "--no-report", in: folder,
        environment: ["REPRISE_HOME": packageRoot])
      #expect(scored.code == 0, "\(scored.standardError)")
      #expect(scored.standardOutput.contains("probabilities=p_neutral … p_surprised"))
      // An existing file is never written over.
      let again = try reprise(
        "predict", predictingRun.get(), root, "--out", "mine.csv", in: folder)
      expectRefusal(again, "mine.csv", "exists already")
    }
  }

  @Test func `say as JSON who answers, and what the answers are not`() throws {
    let folder = try testFolders()[0]
    let output = try predicted("full", fold: 1, [folder, "--json"])
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(output.standardOutput.utf8)) as? NSDictionary)
    #expect(document["variant"] as? String == "full" && document["corpus"] as? String == "RAVDESS")
    #expect((document["cells"] as? [String])?.count == 1)
    let classes = try #require(document["classes"] as? [String])
    let recordings = try #require(document["recordings"] as? [NSDictionary])
    #expect(classes.count == 8 && recordings.count == 8)
    for recording in recordings {
      let numbers = try #require(recording["probabilities"] as? [Double])
      #expect(numbers.count == 8 && abs(numbers.reduce(0, +) - 1) < 1e-5)
      let most = try #require(numbers.indices.max { numbers[$0] < numbers[$1] })
      #expect(recording["prediction"] as? String == classes[most])
    }
    let remarks = try #require(document["remarks"] as? [String])
    #expect(remarks.contains { $0.contains("not what anybody feels") })
    #expect(remarks.contains { $0.contains("RAVDESS, acted speech") })
    #expect(document["is_synthetic"] as? Bool == false && !output.standardError.contains("SYNTH"))
    for remark in remarks { #expect(output.standardError.contains(remark)) }
  }

  @Test func `say SYNTHETIC in every row if a stand-in trained the networks`() throws {
    try withFolder { folder in
      let file = try writeExperiment(
        in: folder, at: standIns.get() + "/ravdess", epochs: 1, variants: "[{name: full}]")
      #expect(try reprise("run", file, "--out", "run", "--quiet", in: folder).code == 0)
      let output = try reprise(["predict", "run"] + testFolders(), in: folder)
      #expect(output.code == 0, "\(output.standardError)")
      #expect(output.standardError.contains("SYNTHETIC: the networks heard computed sounds"))
      #expect(!output.standardError.contains("acted"))
      let lines = output.standardOutput.split(separator: "\n").dropFirst()
      #expect(lines.count == 16 && lines.allSatisfy { $0.contains("SYNTHETIC") })
    }
    // Negative control: recordings.
    #expect(try !predicted("full", fold: 1, testFolders()).standardOutput.contains("SYNTHETIC"))
  }

  @Test func `take paths from standard input, and each recording once`() throws {
    let folder = try testFolders()[0]
    let run = try predictingRun.get()
    let path = try Executable.path()
    let line = "find '\(folder)' -name '*.wav' | sort | '\(path)' predict '\(run)' - '\(folder)'"
    let listed = try #require(program("sh", "-c", line))
    #expect(listed.code == 0, "\(listed.standardError)")
    #expect(listed.standardOutput == (try reprise("predict", run, folder)).standardOutput)
    let empty = try reprise("predict", run, "-")
    expectAnswerless(empty, "standard input: has no paths")
  }

  @Test func `tell recordings of one name apart by their folders`() throws {
    try withFolder { folder in
      for place in ["a", "b"] {
        try FileManager.default.createDirectory(
          atPath: folder + "/" + place, withIntermediateDirectories: true)
        try copy(testFolders()[0] + "/03-01-05-01-01-01-01.wav", to: "\(folder)/\(place)/x.wav")
      }
      try copy(testFolders()[0] + "/03-01-05-01-01-01-01.wav", to: folder + "/a/y.wav")
      let output = try reprise("predict", predictingRun.get(), folder)
      #expect(answerRows(output.standardOutput).keys.sorted() == ["a/x", "b/x", "y"])
    }
  }
}

/// Expects exit code 2, nothing on standard output, and a line on standard error with `part`.
func expectAnswerless(
  _ output: Output, _ part: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(output.code == 2, "\(output.standardError)", sourceLocation: sourceLocation)
  #expect(output.standardOutput.isEmpty, sourceLocation: sourceLocation)
  #expect(
    output.errorLines.contains { $0.contains(part) }, "\(output.standardError)",
    sourceLocation: sourceLocation)
}
