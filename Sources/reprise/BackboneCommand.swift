// Commands about pretrained backbones.
import ArgumentParser
import Audio
import Checkpoints
import Files
import Foundation
import Models
import Settings
import Tensors

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
    @Option(help: "How many threads compute.") var threads = 2
    @Option(help: "The file to write.") var out: String

    enum States: String, ExpressibleByArgument, CaseIterable { case last, all }

    func run() throws {
      let backbone = try PretrainedBackbone(
        FrozenWeights(Checkpoint(folder: folder)), layers: states == .last ? .last : .weighted,
        firstTrainedLayer: nil, recomputes: false)
      let samples = try Recording.readMono(path: recording)
      guard backbone.source.frameCount(samples: samples.count) > 0 else {
        throw ValidationError("\(recording): too short for one frame: \(samples.count) samples")
      }
      let frames = backbone.source.frames(of: [samples], threads: threads)[0]
      try frames.npy.writeAtomically(to: out)
      try tell("\(out): \(frames.rows) frames of \(frames.columns) numbers")
    }
  }

  struct Time: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Time the forward pass on noise, after one pass to warm up.")

    @Argument(help: "A folder as Hugging Face lays it out.") var folder: String
    @Option(help: "Length of a recording, seconds.") var seconds = 4.0
    @Option(help: "Recordings in a batch.") var batch = 1
    @Option(help: "How many threads compute.") var threads = 2
    @Option(help: "How many passes are timed.") var repeats = 5

    func run() throws {
      let clock = ContinuousClock()
      let start = clock.now
      let checkpoint = try Checkpoint(folder: folder)
      try tell("opened \(Self.text(clock.now - start))")
      let source = try PretrainedBackbone(
        FrozenWeights(checkpoint), layers: .last, firstTrainedLayer: nil, recomputes: false
      ).source
      let noise = Self.noise(Int(seconds * 16_000))
      let recordings = [[Float]](repeating: noise, count: batch)
      _ = source.frames(of: recordings, threads: threads)
      for _ in 0..<repeats {
        let time = clock.measure { _ = source.frames(of: recordings, threads: threads) }
        try tell("forward \(Self.text(time))")
      }
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

extension CheckpointShape: ExpressibleByArgument {}
