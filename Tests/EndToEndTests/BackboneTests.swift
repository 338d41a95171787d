// Kind: end to end. Pretrained backbones on the command line: made, inspected, run, rejected.
import Foundation
import Testing

/// A tiny checkpoint of random weights, made once by the program itself.
private let tinyBackbone = Result<String, any Error> {
  let folder = scratch + "/backbone"
  let output = try reprise("backbone", "make-random", "--like", "tiny", folder)
  guard output.code == 0 else { throw Unexpected(output: output) }
  return folder
}

@Suite(.timeLimit(.minutes(30))) struct `A run on a pretrained backbone` {
  /// Frozen in two ways, and trained from a layer and from the bottom.
  static let variants = """
    [{name: frozen}, {name: weighted, pretrained: {layers: weighted, frame_precision: float16}},
     {name: tuned, pretrained: {trainable_from_layer: 1, layer_decay: 0.8}},
     {name: recomputed, pretrained: {trainable_from_layer: 1, layer_decay: 0.8, recompute: true}},
     {name: whole, pretrained: {trainable_from_layer: 0}},
     {name: integers, pretrained: {arithmetic: int16}}]
    """

  func experiment(in folder: String, backbone: String? = nil, variants: String? = nil) throws
    -> String
  {
    let file = folder + "/tiny.yaml"
    try write(
      """
      name: tiny
      profile: paper
      corpora: {ravdess: \(try tinyRAVDESS.get())}
      \(backbone.map { "backbone: \($0)" } ?? "")
      seeds: [1]
      folds: [1, 2]
      protocol: {allow_incomplete: true, selection_seeds: 0}
      model: {backbone: pretrained, embedding: 16}
      training: {epochs: 2}
      variants: \(variants ?? Self.variants)

      """, to: file)
    return file
  }

  @Test func `goes from audio to a report that says SYNTHETIC, with the same bytes on any jobs`()
    throws
  {
    try withFolder { folder in
      let file = try experiment(in: folder, backbone: tinyBackbone.get())
      let one = try reprise("run", file, "--out", "one", "--jobs", "1", in: folder)
      try #require(one.code == 0, "\(one.standardError)")
      let lines = one.standardOutput.split(separator: "\n")
      #expect(lines.first == "RAVDESS  SYNTHETIC  INCOMPLETE")
      for name in ["frozen", "weighted", "tuned", "recomputed", "whole", "integers"] {
        #expect(lines.contains { $0.hasPrefix(name + " ") && $0.hasSuffix("2 of 2") }, "\(name)")
      }
      #expect(try bytes(folder + "/one/report/report.pdf").starts(with: Data("%PDF".utf8)))
      #expect(one.standardError.contains("frames of the backbone: "))
      #expect(
        try text(folder + "/one/report/index.html")
          .contains("float32: frozen, weighted, tuned, recomputed, whole; int16: integers"))

      let two = try reprise("run", file, "--out", "two", "--jobs", "2", "--quiet", in: folder)
      try #require(two.code == 0, "\(two.standardError)")
      let (ones, twos) = try (results(of: folder + "/one"), results(of: folder + "/two"))
      #expect(ones.count == 36 && ones == twos)
      #expect(Set(ones.values).count > 24)
      let other = try reprise(
        "baseline", "record", folder + "/one", "--name", "x", "--to", folder + "/x.json",
        in: folder)
      #expect(other.code == 2 && other.standardError.contains("SYNTHETIC"))
    }
  }

  @Test func `predicts its own test clips with its own bits, by its own backbone alone`() throws {
    try withFolder { folder in
      let file = try experiment(in: folder, backbone: tinyBackbone.get())
      let made = try reprise("run", file, "--out", "run", "--quiet", in: folder)
      try #require(made.code == 0, "\(made.standardError)")
      for variant in ["frozen", "weighted", "tuned", "whole", "integers"] {
        let own = try ownProbabilities(folder + "/run", variant, fold: 1)
        let output = try reprise(
          ["predict", "run", "--variant", variant, "--fold", "1"] + testFolders(), in: folder)
        #expect(output.code == 0, "\(output.standardError)")
        #expect(own.count == 16 && probabilities(output.standardOutput) == own, "\(variant)")
        #expect(!output.standardError.contains("no named speaker"))
      }
      let other = try reprise(
        "backbone", "make-random", "--like", "tiny", "--seed", "9", folder + "/other")
      #expect(other.code == 0, "\(other.standardError)")
      expectRefusal(
        try reprise(["predict", "run", "--backbone", "other"] + testFolders(), in: folder),
        "other: is not the backbone of the run")
      expectRefusal(
        try reprise(["predict", "run", "--backbone", "gone"] + testFolders(), in: folder), "gone")
      try write(WAV(samples: [0.3, 0.2]).bytes, to: folder + "/short.wav")
      expectAnswerless(try reprise("predict", "run", "short.wav", in: folder), "too short")
    }
  }

  @Test func `has the bytes of kept activations when they are computed again`() throws {
    try withFolder { folder in
      let file = try experiment(in: folder, backbone: tinyBackbone.get())
      let output = try reprise("run", file, "--out", "run", "--quiet", in: folder)
      try #require(output.code == 0, "\(output.standardError)")
      let folders = cells(of: folder + "/run")
      func weights(_ variant: String) throws -> [Data] {
        try folders.filter {
          try text($0 + "/configuration.json").contains("\"variant\" : \"\(variant)\"")
        }.map { try bytes($0 + "/weights.safetensors") }
      }
      #expect(try weights("tuned") == weights("recomputed"))
      #expect(try weights("tuned").count == 2)
      #expect(try weights("integers") != weights("frozen"))
      #expect(try Set(weights("tuned")).isDisjoint(with: weights("whole")))
    }
  }

  /// How the caches of the run's only process served.
  private func savings(of run: String) throws -> NSDictionary {
    let file = try #require(files(below: run + "/costs").first)
    let object = try JSONSerialization.jsonObject(with: bytes("\(run)/costs/\(file)"))
    return try #require((object as? NSDictionary)?["savings"] as? NSDictionary)
  }

  @Test func `takes its frames from a cache that another run filled, whole or damaged`() throws {
    try withFolder { folder in
      let file = try experiment(in: folder, variants: "[{name: frozen}]")
      func run(_ name: String) throws -> (savings: NSDictionary, output: Output) {
        let output = try reprise(
          "run", file, "--out", name, "--backbone", tinyBackbone.get(), "--cache", "shared",
          in: folder)
        try #require(output.code == 0, "\(output.standardError)")
        return (try savings(of: "\(folder)/\(name)"), output)
      }
      let first = try run("first").savings
      let computed = try #require(first["computed"] as? Int)
      // 48 clips, and each drawn mixture.
      #expect(computed > 48)
      let again = try run("again").savings
      #expect(again["computed"] as? Int == 0)
      #expect(try results(of: folder + "/first") == results(of: folder + "/again"))

      let frames = files(below: folder + "/shared").filter { $0.hasSuffix(".frames") }
      #expect(frames.count == computed)
      let damaged = folder + "/shared/" + frames[0]
      var data = try bytes(damaged)
      data[data.count - 1] ^= 1
      try write(data, to: damaged)
      let third = try run("third")
      #expect(third.savings["computed"] as? Int == 1)
      #expect(third.output.standardError.contains("was changed after it was written"))
      #expect(try results(of: folder + "/third") == results(of: folder + "/first"))
      #expect(exists(damaged + ".damaged"))
    }
  }

  @Test func `takes the passes that its plan says, and starts nothing for the plan`() throws {
    try withFolder { folder in
      // Every utterance is mixed, so nothing is left to chance.
      let file = try experiment(
        in: folder, backbone: tinyBackbone.get(),
        variants: "[{name: a, augmentation: {mix_probability: 1}}]")
      let planned = try reprise("run", file, "--out", "run", "--plan", "--json", in: folder)
      try #require(planned.code == 0, "\(planned.standardError)")
      #expect(!exists(folder + "/run"))
      let plan = try #require(
        JSONSerialization.jsonObject(with: Data(planned.standardOutput.utf8)) as? NSDictionary)
      let row = try #require((plan["rows"] as? [NSDictionary])?.first)
      let output = try reprise("run", file, "--out", "run", "--quiet", in: folder)
      try #require(output.code == 0, "\(output.standardError)")
      let savings = try savings(of: folder + "/run")
      let (clean, mixtures) = (
        try #require(row["clean_passes"] as? Int), try #require(row["mixture_passes"] as? Int)
      )
      #expect(clean == 48 && savings["computed"] as? Int == clean + mixtures)
      let text = try reprise("run", file, "--out", "run", "--plan", in: folder).standardOutput
      #expect(text.hasPrefix("corpus") && text.hasSuffix("nothing was started\n"))
    }
  }

  @Test(arguments: ["iemocap", "msp-improv", "ravdess", "savee"])
  func `of the paper plans a frozen, a plain and a fine-tuned variant`(corpus: String) throws {
    try withFolder { folder in
      let file = packageRoot + "/docs/experiments/paper-\(corpus).yaml"
      let place = try "\(corpus)=" + standIns.get() + "/" + corpus
      let planned = try reprise(
        "run", file, "--corpus", place, "--backbone", tinyBackbone.get(), "--out", "run", "--plan",
        "--json", in: folder)
      try #require(planned.code == 0, "\(planned.standardError)")
      let plan = try #require(
        JSONSerialization.jsonObject(with: Data(planned.standardOutput.utf8)) as? NSDictionary)
      let rows = try #require(plan["rows"] as? [NSDictionary])
      #expect(rows.map { $0["variant"] as? String } == ["full", "plain", "full-tuned"])
      // Only mixtures of the systems with mixup pass through the backbone.
      let passes = rows.map { $0["mixture_passes"] as? Int ?? 0 }
      #expect(passes[0] > 0 && passes[1] == 0 && passes[2] == passes[0])
      #expect(!exists(folder + "/run"))
    }
  }

  @Test func `is refused without a backbone, with no such layer, and with heads that do not fit`()
    throws
  {
    try withFolder { folder in
      let backbone = try tinyBackbone.get()
      func refusal(_ variants: String, _ arguments: String...) throws -> Output {
        let file = try experiment(in: folder, variants: variants)
        return try reprise(["run", file, "--quiet", "--out", "run"] + arguments, in: folder)
      }
      expectRefusal(
        try refusal("[{name: a}]"), "variant a: model.backbone is pretrained", "--backbone FOLDER")
      expectRefusal(
        try refusal("[{name: a}]", "--backbone", folder), "config.json: cannot be read")
      expectRefusal(
        try refusal("[{name: a, pretrained: {trainable_from_layer: 3}}]", "--backbone", backbone),
        "this backbone has layers 0 to 2, found 3")
      expectRefusal(
        try refusal("[{name: a, model: {heads: 6, width: 96}}]", "--backbone", backbone),
        "variant a: model.heads: expected a divisor of the backbone's 32 features")
      expectRefusal(
        try refusal("[{name: a, augmentation: {noise: 0.1}}]", "--backbone", backbone),
        "tiny.yaml:", "augmentation.noise: expected 0 with model.backbone pretrained")
      #expect(!exists(folder + "/run"))
    }
  }
}

@Suite struct `The backbone command` {
  @Test func `inspects what it made`() throws {
    let folder = try tinyBackbone.get()
    let output = try reprise("backbone", "inspect", folder)
    #expect(output.code == 0)
    #expect(output.standardOutput.hasPrefix("SYNTHETIC: random weights"))
    #expect(output.standardOutput.contains("wavlm: 3 layers of 32 features, 2 heads"))
    #expect(output.standardOutput.hasSuffix("no problems found\n"))
    let json = try reprise("backbone", "inspect", "--json", folder).standardOutput
    let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? NSDictionary
    #expect(object?["synthetic"] as? Bool == true && object?["layers"] as? Int == 3)
    let fingerprint = try #require(object?["fingerprint"] as? String)
    #expect(output.standardOutput.contains("fingerprint \(fingerprint)\n"))
  }

  @Test func `names trouble in one line`() throws {
    try withFolder { folder in
      let copied = folder + "/copy"
      try copy(tinyBackbone.get(), to: copied)
      let weights = copied + "/model.safetensors"
      try write(bytes(weights).dropLast(4), to: weights)
      expectRefusal(try reprise("backbone", "inspect", copied), "model.safetensors: ", "expected")
      expectRefusal(
        try reprise("backbone", "make-random", "--like", "tiny", copied), "it already exists")
    }
  }

  @Test func `says where it learns what is done to recordings, and when it guesses`() throws {
    try withFolder { folder in
      let copied = folder + "/copy"
      try copy(tinyBackbone.get(), to: copied)
      let older = copied + "/preprocessor_config.json"
      let before = try reprise("backbone", "inspect", copied).standardOutput
      #expect(before.contains("brought to mean 0 and variance 1 (preprocessor_config.json)"))
      try FileManager.default.removeItem(atPath: older)
      let guessed = try reprise("backbone", "inspect", copied).standardOutput
      #expect(guessed.contains("(guessed from feat_extract_norm layer of config.json)"))
      #expect(
        guessed.contains("\nwarning: no file says whether") && !guessed.contains("no trouble"))
      let recording = try tinyRAVDESS.get() + "/" + oneClip
      func frames(_ name: String) throws -> Output {
        try reprise("backbone", "frames", copied, recording, "--out", name, in: folder)
      }
      #expect(try frames("guessed.npy").standardError.contains("warning: \(copied): no file says"))
      // What transformers writes since 5.3.
      try write(
        "{\"feature_extractor\": {\"do_normalize\": false, \"sampling_rate\": 16000}}",
        to: copied + "/processor_config.json")
      let told = try frames("told.npy")
      #expect(told.code == 0 && told.standardError.isEmpty)
      #expect(try bytes(folder + "/told.npy") != bytes(folder + "/guessed.npy"))
      try write("{\"do_normalize\": true}", to: older)
      expectRefusal(
        try reprise("backbone", "inspect", copied),
        "do_normalize: preprocessor_config.json says true",
        "processor_config.json says false")
    }
  }

  @Test func `names weights and frames that are not finite`() throws {
    try withFolder { folder in
      let copied = folder + "/copy"
      try copy(tinyBackbone.get(), to: copied)
      let path = copied + "/model.safetensors"
      let whole = try bytes(path)
      /// Changes the last numbers of the file, which belong to the last layer's last bias.
      func put(_ value: Float, count: Int) throws {
        let numbers = [Float](repeating: value, count: count).withUnsafeBytes { Data($0) }
        try write(whole.dropLast(numbers.count) + numbers, to: path)
      }
      let recording = try tinyRAVDESS.get() + "/" + oneClip
      func frames() throws -> Output {
        try reprise("backbone", "frames", copied, recording, "--out", "x.npy", in: folder)
      }
      try put(.nan, count: 1)
      let named = "encoder.layers.2.final_layer_norm.bias (1 of 32)"
      for output in try [reprise("backbone", "inspect", copied), frames()] {
        expectRefusal(
          output, "model.safetensors: 1 tensor holds numbers that are not finite", named)
      }
      // Sums of these exceed single precision: the weights are finite, but their results are not.
      try put(3e38, count: 32)
      let inspected = try reprise("backbone", "inspect", copied)
      #expect(inspected.code == 0 && inspected.standardOutput.contains("implausible weights: enc"))
      let output = try frames()
      #expect(
        output.code == 2 && output.standardError.contains("numbers are not finite, the first"))
      #expect(output.standardError.contains("state 3 of 3") && !exists(folder + "/x.npy"))
    }
  }

  @Test func `writes a recording's frames, and times`() throws {
    try withFolder { folder in
      let recording = try tinyRAVDESS.get() + "/" + oneClip
      let backbone = try tinyBackbone.get()
      let last = try reprise(
        "backbone", "frames", backbone, recording, "--out", "x.npy", in: folder)
      #expect(last.code == 0 && last.standardOutput.hasSuffix("frames of 32 numbers\n"))
      let all = try reprise(
        "backbone", "frames", backbone, recording, "--states", "all", "--threads", "1", "--out",
        "y.npy", in: folder)
      #expect(all.standardOutput.hasSuffix("frames of 128 numbers\n"))
      // The last state's rows are the last quarter of each row of all states.
      let (x, y) = try (bytes(folder + "/x.npy"), bytes(folder + "/y.npy"))
      let row = 32 * 4
      #expect(x.suffix(row) == y.suffix(row) && x.count < y.count)
      let rounded = try reprise(
        "backbone", "frames", backbone, recording, "--arithmetic", "int16", "--out", "z.npy",
        in: folder)
      #expect(rounded.code == 0)
      #expect(try bytes(folder + "/z.npy") != bytes(folder + "/x.npy"))
      #expect(try bytes(folder + "/z.npy").count == bytes(folder + "/x.npy").count)
      let inIntegers = try reprise(
        "backbone", "time", backbone, "--seconds", "0.5", "--arithmetic", "int16")
      let off = try #require(
        inIntegers.standardOutput.firstMatch(of: /error against float32: (\S+) of the norm/)?.1)
      #expect(try #require(Double(off)) > 1e-6 && #require(Double(off)) < 1e-2)
      let time = try reprise("backbone", "time", backbone, "--seconds", "0.5", "--repeats", "2")
      #expect(time.standardOutput.split(separator: "\n").count == 3)
    }
  }
}
