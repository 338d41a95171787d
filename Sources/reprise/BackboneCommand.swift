// Commands about pretrained backbones.
import ArgumentParser
import Audio
import Checkpoints
import Files
import Foundation
import Models
import Settings
import Tensors
import Training

struct BackboneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backbone",
    abstract: "Look at, try out and time the weights of a pretrained network.",
    subcommands: [Inspect.self, MakeRandom.self, Frames.self, Time.self])

  struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say what a folder of weights holds, with sizes, hashes and any trouble.",
      discussion: "Exits with 2 if the folder cannot be used.")

    @Argument(help: "A folder as Hugging Face lays it out.") var folder: String
    @Flag(help: "Print the answer as JSON.") var json = false

    func run() throws {
      let inspection = try CheckpointInspection(Checkpoint(folder: folder))
      try tell(
        json
          ? String(decoding: canonicalJSON(inspection, pretty: true), as: UTF8.self)
          : inspection.text)
    }
  }

  struct MakeRandom: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "make-random",
      abstract: "Write a valid checkpoint of random numbers, for trials.",
      discussion: "Whatever is computed with it is labelled SYNTHETIC.")

    @Option(help: "tiny, wavlm-base or wavlm-large.") var like: CheckpointShape
    @Option(help: "Where the random numbers start.") var seed: UInt64 = 1
    @Argument(help: "The folder to make.") var folder: String

    func run() throws {
      try writeRandomCheckpoint(like: like, to: folder, seed: seed)
      try tell("\(folder): SYNTHETIC: random weights in the shape of \(like.rawValue)")
    }
  }

  struct Frames: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write the frames of a recording as an .npy file.")

    @Argument(help: "A folder as Hugging Face lays it out.") var folder: String
    @Argument(help: "A recording.") var recording: String
    @Option(help: "last, or all: every hidden state side by side.") var states: States = .last
    @Option(help: "float32, or int16: faster, to about three digits.") var arithmetic =
      FrozenArithmetic.float32
    @Option(help: "How many threads compute.") var threads = 2
    @Option(help: "The file to write.") var out: String

    enum States: String, ExpressibleByArgument, CaseIterable { case last, all }

    func run() throws {
      let checkpoint = try Checkpoint(folder: folder)
      try warn(of: checkpoint)
      let backbone = try PretrainedBackbone(
        FrozenWeights(checkpoint), layers: states == .last ? .last : .weighted,
        firstTrainedLayer: nil, recomputes: false, arithmetic: arithmetic)
      let samples = try Recording.readMono(path: recording)
      guard backbone.source.frameCount(samples: samples.count) > 0 else {
        throw ValidationError("\(recording): too short for one frame: \(samples.count) samples")
      }
      let frames = backbone.source.frames(of: [samples], threads: threads)[0]
      if let flaw = backbone.source.flaw(of: frames) {
        throw FrameCacheError.notFinite(name: recording, flaw: flaw)
      }
      try frames.npy.writeAtomically(to: out)
      try tell("\(out): \(frames.rows) frames of \(frames.columns) numbers")
    }
  }

  struct Time: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Time the forward pass on noise, after one pass to warm up.",
      discussion: "With --arithmetic int16 also says how far its frames are from those of float32.")

    @Argument(help: "A folder as Hugging Face lays it out.") var folder: String
    @Option(help: "Length of a recording, seconds.") var seconds = 4.0
    @Option(help: "Recordings in a batch.") var batch = 1
    @Option(help: "How many threads compute.") var threads = 2
    @Option(help: "How many passes are timed.") var repeats = 5
    @Option(help: "float32, or int16: faster, to about three digits.") var arithmetic =
      FrozenArithmetic.float32

    func run() throws {
      let clock = ContinuousClock()
      let start = clock.now
      let checkpoint = try Checkpoint(folder: folder)
      try tell("opened \(Self.text(clock.now - start))")
      try warn(of: checkpoint)
      let weights = FrozenWeights(checkpoint)
      func source(in arithmetic: FrozenArithmetic) throws -> any FrameSource {
        try PretrainedBackbone(
          weights, layers: .last, firstTrainedLayer: nil, recomputes: false, arithmetic: arithmetic
        ).source
      }
      let noise = Self.noise(Int(seconds * 16_000))
      let recordings = [[Float]](repeating: noise, count: batch)
      let chosen = try source(in: arithmetic)
      let frames = chosen.frames(of: recordings, threads: threads)
      for _ in 0..<repeats {
        let time = clock.measure { _ = chosen.frames(of: recordings, threads: threads) }
        try tell("forward \(Self.text(time))")
      }
      if arithmetic != .float32 {
        let exact = try source(in: .float32).frames(of: recordings, threads: threads)
        try tell(Self.difference(frames[0].array, exact[0].array))
      }
    }

    private static func difference(_ values: [Float], _ exact: [Float]) -> String {
      func norm(_ values: [Float]) -> Double {
        values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      }
      let differences = zip(values, exact).map { $0 - $1 }
      let greatest = differences.map(abs).max() ?? 0
      return String(
        format: "off float32 by %.2g of the norm, at most by %.2g of the greatest element",
        norm(differences) / norm(exact), Double(greatest / (exact.map(abs).max() ?? 0)))
    }

    private static func text(_ duration: Duration) -> String {
      String(format: "%.3f s", duration / .seconds(1))
    }

    /// Samples in ±0.1 that depend on nothing but their place.
    private static func noise(_ count: Int) -> [Float] {
      var state: UInt32 = 1
      return (0..<count).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return Float(state >> 8) / 0x1p24 * 0.2 - 0.1
      }
    }
  }
}

/// Says on standard error what a user should know of a checkpoint.
///
/// - Throws: `CheckpointError.notFinite`.
private func warn(of checkpoint: Checkpoint) throws {
  for warning in try checkpoint.warnings() { complain("warning: \(checkpoint.folder): \(warning)") }
}

extension CheckpointShape: ExpressibleByArgument {}
extension FrozenArithmetic: ExpressibleByArgument {}
