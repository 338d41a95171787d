// Kind: end to end. A run on frames that another program wrote: the same numbers as with the
// network itself, and every command behind a run.
import Foundation
import Testing

/// The tiny corpus, a tiny network, and the network's frames of each clip: the last state as
/// `[T, D]` in `last`, all states as `[L, T, D]` in `all`.
private struct Frames {
  let corpus: String
  let network: String
  let last: String
  let all: String
}

/// Frames made once, by the program itself.
private let made = Result<Frames, any Error> {
  let root = scratch + "/frames-from-files"
  let made = Frames(
    corpus: try tinyRAVDESS.get(), network: root + "/network", last: root + "/last",
    all: root + "/all")
  func run(_ arguments: String...) throws {
    let output = try reprise(arguments, in: scratch)
    guard output.code == 0 else { throw Unexpected(output: output) }
  }
  for folder in [made.last, made.all] {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }
  try run("backbone", "make-random", "--like", "tiny", made.network)
  for file in files(below: made.corpus) {
    let name = (file as NSString).lastPathComponent.replacing(".wav", with: ".npy")
    let clip = made.corpus + "/" + file
    try run("backbone", "frames", made.network, clip, "--out", made.last + "/" + name)
    try run(
      "backbone", "frames", made.network, clip, "--states", "all", "--out", made.all + "/" + name)
    try separateLayers(made.all + "/" + name, layers: 4)
  }
  return made
}

/// Turns `[T, L · D]` into `[L, T, D]`, as transformers stacks hidden states.
private func separateLayers(_ path: String, layers: Int) throws {
  let file = try bytes(path)
  let start = 10 + Int(file[8]) + Int(file[9]) << 8
  let header = String(decoding: file[10..<start], as: UTF8.self)
  let match = try #require(header.firstMatch(of: /\((\d+), (\d+)\)/))
  let (rows, columns) = (try #require(Int(match.1)), try #require(Int(match.2)))
  let width = columns / layers
  let numbers = (0..<layers).flatMap { layer in
    (0..<rows).map { row in
      let first = start + 4 * (row * columns + layer * width)
      return file[first..<first + 4 * width]
    }
  }
  try write(npy([layers, rows, width], Data(numbers.joined())), to: path)
}

private func npy(_ shape: [Int], _ numbers: Data) -> Data {
  let extents = shape.map(String.init).joined(separator: ", ")
  let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(extents)), }\n"
  return Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, UInt8(header.utf8.count), 0])
    + Data(header.utf8) + numbers
}

/// Writes an experiment of two epochs without mixup, and returns its path.
private func experiment(
  in folder: String, backbone: String = "frames", variants: String = "[{name: a}]"
) throws -> String {
  let file = "\(folder)/\(backbone).yaml"
  try write(
    """
    name: tiny
    profile: paper
    corpora: {ravdess: \(try made.get().corpus)}
    seeds: [1]
    folds: [1, 2]
    protocol: {allow_incomplete: true, selection_seeds: 0}
    signal: {gain: none}
    augmentation: {mixup: none}
    model: {backbone: \(backbone), embedding: 16}
    training: {epochs: 2}
    variants: \(variants)

    """, to: file)
  return file
}

/// The results of every cell, in the order of the cells' folds, without their addresses.
private func numbers(of run: String) throws -> [Data] {
  try cells(of: run).sorted {
    ($0 as NSString).lastPathComponent < ($1 as NSString).lastPathComponent
  }
  .flatMap { cell in
    try ["predictions.csv", "embeddings.npy", "weights.safetensors"].map {
      try bytes(cell + "/" + $0)
    }
  }
}

@Suite(.serialized, .timeLimit(.minutes(30))) struct `A run on frames from files` {
  @Test(arguments: ["last", "weighted"])
  func `has the bits of a run on the network that made the frames`(layers: String) throws {
    try withFolder { folder in
      let made = try made.get()
      let variants = "[{name: a, pretrained: {layers: \(layers)}}]"
      let frames = layers == "last" ? made.last : made.all
      let first = try reprise(
        "run", experiment(in: folder, variants: variants), "--frames", "ravdess=\(frames)", "--out",
        "files", "--quiet", in: folder)
      try #require(first.code == 0, "\(first.standardError)")
      let second = try reprise(
        "run", experiment(in: folder, backbone: "pretrained", variants: variants), "--backbone",
        made.network, "--out", "network", "--quiet", in: folder)
      try #require(second.code == 0, "\(second.standardError)")
      let own = try numbers(of: folder + "/files")
      #expect(try own.count == 6 && own == numbers(of: folder + "/network"))
      // Negative control: the network's frames of another layer.
      let other = try reprise(
        "run", experiment(in: folder, variants: "[{name: a, pretrained: {layers: weighted}}]"),
        "--frames", "ravdess=\(made.all)", "--seeds", "2", "--out", "other", "--quiet", in: folder)
      try #require(other.code == 0, "\(other.standardError)")
      #expect(try numbers(of: folder + "/other") != own)
    }
  }

  @Test func `is recorded, reported, checked, replayed, resumed and shared like any other`() throws
  {
    try withFolder { folder in
      let made = try made.get()
      try copy(made.last, to: folder + "/frames")
      try write(npy([1, 32], Data(count: 128)), to: folder + "/frames/stray.npy")
      let file = try experiment(
        in: folder, variants: "[{name: full}, {name: plain, model: {pooling: mean}}]")
      let arguments = ["run", file, "--frames", "ravdess=frames", "--out", "run"]
      let plan = try reprise(arguments + ["--plan"], in: folder)
      #expect(plan.code == 0 && plan.standardOutput.hasSuffix("nothing was started\n"))
      #expect(plan.standardOutput.contains("0.0 MB of waveforms"))
      let prepared = try reprise(arguments + ["--prepare", "--quiet"], in: folder)
      try #require(prepared.code == 0, "\(prepared.standardError)")
      #expect(prepared.standardError.contains("frames of 1 ids that ravdess does not have are not"))
      let one = try reprise("cell", "run", "ravdess", "plain", "1", "1", "--quiet", in: folder)
      #expect(one.code == 0 && cells(of: folder + "/run").count == 1, "\(one.standardError)")
      let rest = try reprise("run", "run", "--jobs", "2", in: folder)
      try #require(rest.code == 0, "\(rest.standardError)")
      #expect(cells(of: folder + "/run").count == 4)

      let report = try text(folder + "/run/report/index.html")
      #expect(report.contains("trained on frames from files") && report.contains("32 numbers"))
      let provenance = try text(folder + "/run/provenance.json")
      let digest = try #require(provenance.firstMatch(of: /"digest" : "([0-9a-f]{64})"/)?.1)
      #expect(report.contains(digest))
      for cell in cells(of: folder + "/run") {
        #expect(try text(cell + "/configuration.json").contains("\"frames\" : \"\(digest)\""))
      }
      for command in [
        ["fsck", "run"], ["explain", "run", "ravdess", "full", "ua", "pooled"], ["report", "run"],
        ["replay", "run", "ravdess", "full", "1", "1"],
      ] {
        let output = try reprise(command, in: folder)
        #expect(output.code == 0, "\(command): \(output.standardOutput)\(output.standardError)")
      }

      let checked = try reprise("fsck", "run", in: folder).standardOutput
      #expect(!checked.contains("no checksum") && !exists(folder + "/run/examples/ravdess.json"))

      // New recordings have no frames.
      expectRefusal(
        try reprise("predict", "run", made.corpus + "/" + oneClip, in: folder),
        "was trained on frames of another program")

      // The frames may move.
      try FileManager.default.moveItem(atPath: folder + "/frames", toPath: folder + "/moved")
      let lost = try reprise("replay", "run", "ravdess", "full", "1", "1", "--quiet", in: folder)
      expectRefusal(lost, "the frames of ravdess are not there", "--frames ravdess=PATH")
      let found = try reprise(
        "replay", "run", "ravdess", "full", "1", "1", "--quiet", "--frames", "ravdess=moved",
        in: folder)
      #expect(found.code == 0, "\(found.standardError)")
      let other = try reprise(
        "replay", "run", "ravdess", "full", "1", "1", "--frames", "savee=moved", in: folder)
      #expect(other.code == 64 && other.standardError.contains("it has those of ravdess"))
      // Without the frames, the report is drawn from the run's folder.
      let drawn = try reprise("run", "run", in: folder)
      #expect(drawn.code == 0 && drawn.standardError.contains("from the run's folder alone"))
    }
  }

  @Test func `may have a variant on features, which reads the sound`() throws {
    try withFolder { folder in
      let made = try made.get()
      let small = "{backbone: compact, width: 32, heads: 4, kernel: 3}"
      let file = try experiment(
        in: folder, variants: "[{name: files}, {name: features, model: \(small)}]")
      let output = try reprise(
        "run", file, "--frames", "ravdess=\(made.last)", "--out", "run", in: folder)
      try #require(output.code == 0, "\(output.standardError)")
      #expect(cells(of: folder + "/run").count == 4)
      for cell in cells(of: folder + "/run") {
        let configuration = try text(cell + "/configuration.json")
        let isOnFiles = configuration.contains("\"variant\" : \"files\"")
        #expect(configuration.contains("\"frames\" : \"") == isOnFiles)
        #expect(configuration.contains("\"sound\" : \"") != isOnFiles)
      }
      // The variant on features gives the figure of weighted frames.
      let examples = try text(folder + "/run/examples/ravdess.json")
      #expect(examples.contains("\"system\":\"features\""))
      for command in [["fsck", "run"], ["replay", "run", "ravdess", "features", "1", "1"]] {
        #expect(try reprise(command, in: folder).code == 0, "\(command)")
      }
    }
  }

  @Test func `never gives the old result for other frames`() throws {
    try withFolder { folder in
      let made = try made.get()
      try copy(made.last, to: folder + "/frames")
      let file = try experiment(in: folder)
      let arguments = ["run", file, "--frames", "ravdess=frames", "--out", "run", "--quiet"]
      let first = try reprise(arguments, in: folder)
      try #require(first.code == 0, "\(first.standardError)")
      let before = try numbers(of: folder + "/run")
      let again = try reprise(arguments, in: folder)
      #expect(again.code == 0 && cells(of: folder + "/run").count == 2)

      let path = folder + "/frames/03-01-05-01-01-01-04.npy"
      var data = try bytes(path)
      data[data.count - 2] ^= 1
      try write(data, to: path)
      let reason = "these are not the frames of RAVDESS that"
      expectRefusal(try reprise(arguments, in: folder), reason, "2 finished cells", "--retrain")
      expectRefusal(
        try reprise("replay", "run", "ravdess", "a", "1", "1", "--quiet", in: folder), reason)
      let check = try reprise("fsck", "run", in: folder)
      #expect(check.code == 1 && check.standardOutput.contains(reason), "\(check.standardOutput)")
      let retrained = try reprise(arguments + ["--retrain"], in: folder)
      #expect(retrained.code == 0, "\(retrained.standardError)")
      // The old cells' files stay, and the run's table has the new cells.
      #expect(cells(of: folder + "/run").count == 4)
      #expect(try Set(numbers(of: folder + "/run")).isSuperset(of: before))
      #expect(try reprise("fsck", "run", in: folder).code == 0)
    }
  }

  @Test func `needs no sound, and says what it could not look for`() throws {
    try withFolder { folder in
      let made = try made.get()
      // Manifests list the clips of the tiny corpus, which are not there.
      try FileManager.default.createDirectory(
        atPath: folder + "/mine", withIntermediateDirectories: true)
      let rows = files(below: made.corpus).map { file in
        let id = (file as NSString).lastPathComponent.dropLast(4)
        return "gone/\(id).wav,e\(id.split(separator: "-")[2]),S\(id.suffix(2))\n"
      }
      try write("path,label,speaker\n" + rows.joined(), to: folder + "/mine/manifest.csv")
      let file = try experiment(in: folder)
      try write(
        try text(file).replacing("ravdess: \(made.corpus)", with: "mine: mine/manifest.csv"),
        to: file)
      let output = try reprise(
        "run", file, "--frames", "mine=\(made.last)", "--out", "run", in: folder)
      try #require(output.code == 0, "\(output.standardError)")
      #expect(output.standardError.contains("its sound is not read, because frames need none"))
      let report = try text(folder + "/run/report/index.html")
      #expect(report.contains("the sound was not read, because frames need none"))
      #expect(report.contains("No recording was opened, so duplicates were not looked for"))
      for command in [
        ["fsck", "run"], ["report", "run"], ["replay", "run", "mine", "a", "1", "1"],
      ] {
        let output = try reprise(command, in: folder)
        #expect(output.code == 0, "\(command): \(output.standardOutput)\(output.standardError)")
      }
      // Clips that are there and hold nothing are as good as none.
      try FileManager.default.createDirectory(
        atPath: folder + "/mine/gone", withIntermediateDirectories: true)
      for file in files(below: made.corpus) {
        try write("", to: "\(folder)/mine/gone/\((file as NSString).lastPathComponent)")
      }
      let empty = try reprise(
        "run", file, "--frames", "mine=\(made.last)", "--out", "empty", "--quiet", in: folder)
      #expect(empty.code == 0 && empty.standardError.contains("has 0 bytes"))
      #expect(try numbers(of: folder + "/empty") == numbers(of: folder + "/run"))
      try remove(folder + "/mine/gone")
      // Negative control: another backbone needs the clips.
      try write(try text(file).replacing("backbone: frames", with: "backbone: compact"), to: file)
      expectRefusal(try reprise("run", file, "--out", "other", in: folder), "gone/", "is not there")
    }
  }

  @Test func `is refused with what it cannot do, and without what it needs`() throws {
    try withFolder { folder in
      let made = try made.get()
      func refusal(_ variant: String, _ frames: String...) throws -> Output {
        let file = try experiment(in: folder, variants: "[{name: a\(variant)}]")
        return try reprise(
          ["run", file, "--quiet", "--out", "run"] + frames.flatMap { ["--frames", $0] }, in: folder
        )
      }
      let last = "ravdess=\(made.last)"
      for mixup in ["eam", "lam"] {
        expectRefusal(
          try refusal(", augmentation: {mixup: \(mixup)}", last), "frames.yaml:",
          "augmentation.mixup: expected none with model.backbone frames, because mixup mixes",
          "write augmentation: {mixup: none}, found \(mixup)")
      }
      expectRefusal(
        try refusal(", augmentation: {time_masks: 1}", last), "augmentation.time_masks: expected 0")
      expectRefusal(
        try refusal(", pretrained: {trainable_from_layer: 1}", last),
        "pretrained.trainable_from_layer: expected -1 with model.backbone frames")
      expectRefusal(
        try refusal(""), "the experiment has no frames of ravdess: give --frames ravdess=FOLDER")
      expectRefusal(try refusal("", "savee=x", last), "frames of savee were given")
      expectRefusal(
        try refusal(", pretrained: {layers: weighted}", last), "needs arrays of 3 axes")
      expectRefusal(
        try refusal("", "ravdess=\(made.all)"), "each array has 4 layers", "{layers: weighted}")
      expectRefusal(
        try refusal(", model: {heads: 6}", last), "expected a divisor of the 32 features",
        "where N can be 1, 2, 4, 8, 16, 32")
      expectRefusal(
        try refusal(", model: {backbone: compact}", last), "no variant uses frames")
      let wrong = try refusal("", "ravdess")
      #expect(wrong.code == 64 && wrong.standardError.contains("expected NAME=PATH, such as"))
      #expect(!exists(folder + "/run"))
      // Control: all of it in the file.
      let file = try experiment(in: folder)
      try write(try text(file) + "frames: {ravdess: \(made.last)}\n", to: file)
      #expect(try reprise("run", file, "--plan", in: folder).code == 0)
    }
  }
}
