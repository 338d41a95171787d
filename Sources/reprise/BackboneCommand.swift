// `reprise backbone`: inspect, make, use and time pretrained networks.
import ArgumentParser
import Audio
import Checkpoints
import Devices
import Files
import Foundation
import Models
import Settings
import Tensors
import Training

struct BackboneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backbone",
    abstract: "Inspect, test and time a pretrained checkpoint.",
    discussion: help(
      "docs/checkpoints.md says which networks work and where to get them.",
      examples: [
        "Check a checkpoint before you train on it.":
          "reprise backbone inspect /data/wavlm-large",
        "Make a small random checkpoint to try things on.":
          "reprise backbone make-random --like tiny tiny-wavlm",
      ]),
    subcommands: [Inspect.self, MakeRandom.self, Frames.self, Time.self])

  struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what a checkpoint holds: shape, sizes, hashes, problems.",
      discussion: help(
        "Exit code 2 means that the checkpoint cannot be used.",
        examples: [
          "Check your download of WavLM Large.":
            "reprise backbone inspect /data/wavlm-large"
        ]))

    @Argument(help: "A checkpoint's folder, as from Hugging Face.") var folder: String
    @Flag(help: "Print JSON.") var json = false

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
      abstract: "Write a checkpoint with random weights, to try things on.",
      discussion: help(
        "Results computed with it carry the mark SYNTHETIC.",
        examples: [
          "Write a small checkpoint.":
            "reprise backbone make-random --like tiny tiny-wavlm"
        ]))

    @Option(help: "The shape of the network.") var like: CheckpointShape
    @Option(help: "The seed of the random weights.") var seed: UInt64 = 1
    @Argument(help: "The folder to write.") var folder: String

    func run() throws {
      try writeRandomCheckpoint(like: like, to: folder, seed: seed)
      try tell("\(folder): SYNTHETIC: random weights in the shape of \(like.rawValue)")
    }
  }

  struct Frames: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Compute the frames of a recording and write them as an .npy file.",
      discussion: help(examples: [
        "Write the last hidden state of a recording.":
          "reprise backbone frames /data/wavlm-large speech.wav --out frames.npy"
      ]))

    @Argument(help: "A checkpoint's folder, as from Hugging Face.") var folder: String
    @Argument(help: "A sound file.") var recording: String
    @Option(help: "The last hidden state, or all of them side by side.")
    var states: States = .last
    @Option(help: "How to compute; int16 is faster and right to about three digits.")
    var arithmetic = FrozenArithmetic.float32
    @OptionGroup var device: DeviceOptions
    @Option(help: "How many threads to use.") var threads = 2
    @Option(help: ArgumentHelp("The file to write.", valueName: "file")) var out: String

    enum States: String, ExpressibleByArgument, CaseIterable { case last, all }

    func run() throws {
      let checkpoint = try Checkpoint(folder: folder)
      try warn(of: checkpoint)
      let backbone = try PretrainedBackbone(
        FrozenWeights(checkpoint), layers: states == .last ? .last : .weighted,
        firstTrainedLayer: nil, recomputes: false, arithmetic: arithmetic,
        device: arithmetic.needsDevice ? Device.ofThisProcess() : nil)
      let samples = try Recording.readMono(path: recording)
      guard backbone.source.frameCount(samples: samples.count) > 0 else {
        throw ValidationError(
          "\(recording): has \(samples.count) samples at 16 kHz, too few for one frame; give a "
            + "longer recording")
      }
      let frames = try backbone.source.frames(of: [samples], threads: threads)[0]
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
      discussion: help(
        "With --arithmetic int16 the output also shows its error against float32.",
        examples: [
          "Time a batch of four recordings of 4 s on one thread.":
            "reprise backbone time /data/wavlm-large --batch 4 --threads 1",
          "Try the faster arithmetic.":
            "reprise backbone time /data/wavlm-large --arithmetic int16",
        ]))

    @Argument(help: "A checkpoint's folder, as from Hugging Face.") var folder: String
    @Option(help: "The length of a recording.") var seconds = 4.0
    @Option(help: "How many recordings a batch has.") var batch = 1
    @Option(help: "How many threads to use.") var threads = 2
    @Option(help: "How many passes to time.") var repeats = 5
    @Option(help: "How to compute; int16 is faster and right to about three digits.")
    var arithmetic = FrozenArithmetic.float32
    @OptionGroup var device: DeviceOptions

    func run() throws {
      let clock = ContinuousClock()
      let start = clock.now
      let checkpoint = try Checkpoint(folder: folder)
      try tell("opened \(Self.text(clock.now - start))")
      try warn(of: checkpoint)
      let weights = FrozenWeights(checkpoint)
      func source(in arithmetic: FrozenArithmetic) throws -> any FrameSource {
        try PretrainedBackbone(
          weights, layers: .last, firstTrainedLayer: nil, recomputes: false,
          arithmetic: arithmetic,
          device: arithmetic.needsDevice ? Device.ofThisProcess() : nil
        ).source
      }
      let noise = Self.noise(Int(seconds * 16_000))
      let recordings = [[Float]](repeating: noise, count: batch)
      let chosen = try source(in: arithmetic)
      let frames = try chosen.frames(of: recordings, threads: threads)
      for _ in 0..<repeats {
        let time = try clock.measure { _ = try chosen.frames(of: recordings, threads: threads) }
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
        format: "error against float32: %.2g of the norm, at most %.2g of the greatest element",
        norm(differences) / norm(exact), Double(greatest / (exact.map(abs).max() ?? 0)))
    }

    private static func text(_ duration: Duration) -> String {
      String(format: "%.3f s", duration / .seconds(1))
    }

    /// Noise within ±0.1, the same every time.
    private static func noise(_ count: Int) -> [Float] {
      var state: UInt32 = 1
      return (0..<count).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return Float(state >> 8) / 0x1p24 * 0.2 - 0.1
      }
    }
  }
}

/// Writes a checkpoint's warnings to standard error.
///
/// - Throws: `CheckpointError.notFinite`.
private func warn(of checkpoint: Checkpoint) throws {
  for warning in try checkpoint.warnings() { complain("warning: \(checkpoint.folder): \(warning)") }
}

extension CheckpointShape: ExpressibleByArgument {}
extension FrozenArithmetic: ExpressibleByArgument {}
