// Kind: end to end. One recording of a corpus is unusual: supported formats are decoded, and each
// broken file gives one line on standard error that reports it.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(30))) struct `A recording in a corpus` {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: Data
    /// Parts of the expected line; empty for a usable recording.
    var complaint: [String] = []
    var testDescription: String { name }
  }

  /// Runs one fold with this recording in place of a good one.
  private func run(_ bytes: Data, in folder: String) throws -> Output {
    try copy(try tinyRAVDESS.get(), to: folder + "/corpus")
    try write(bytes, to: folder + "/corpus/" + oneClip)
    let file = try writeExperiment(
      in: folder, at: folder + "/corpus", epochs: 1, variants: "[{name: full}]")
    return try reprise("run", file, "--out", "run", "--quiet", "--folds", "2", in: folder)
  }

  static let tone200 = tone(200)

  static let good: [Case] = [
    Case(name: "8 bits", bytes: WAV(encoding: .unsigned8, samples: tone200).bytes),
    Case(name: "24 bits", bytes: WAV(encoding: .signed24, samples: tone200).bytes),
    Case(name: "float", bytes: WAV(encoding: .float32, samples: tone200).bytes),
    Case(name: "8 kHz", bytes: WAV(sampleRate: 8_000, samples: tone(200, sampleRate: 8_000)).bytes),
    Case(name: "stereo", bytes: WAV(channels: 2, samples: tone200).bytes),
    Case(
      name: "10 minutes",
      bytes: WAV(samples: [[Float]](repeating: tone200, count: 2_000).flatMap { $0 }).bytes),
  ]

  @Test(arguments: good) func `may be of any format`(_ kind: Case) throws {
    try withFolder { folder in
      let output = try run(kind.bytes, in: folder)
      #expect(output.code == 0 && output.standardError.isEmpty, "\(output.standardError)")
      let cell = try #require(cells(of: folder + "/run").first)
      let predictions = try text(cell + "/predictions.csv")
      #expect(predictions.contains("\n03-01-05-01-01-01-04,Actor_04,2,angry,"))
      #expect(predictions.split(separator: "\n").count == 17 && !predictions.contains("nan"))
    }
  }

  static let broken: [Case] = [
    Case(
      name: "truncated", bytes: WAV(samples: tone200).bytes.prefix(4_000),
      complaint: ["truncated: expected 9600 bytes of sound, found 3956", "copy it again"]),
    Case(name: "no bytes", bytes: Data(), complaint: ["has 0 bytes", "copy it again"]),
    Case(
      name: "silent", bytes: WAV(samples: [Float](repeating: 0, count: 8_000)).bytes,
      complaint: ["silent", "replace the recording or leave it out"]),
    Case(
      name: "NaN",
      bytes: WAV(encoding: .float32, samples: tone200.prefix(2_000) + [.nan] + tone200).bytes,
      complaint: ["sample 2000 (0.125 s) is NaN", "export the file again"]),
    Case(
      name: "no samples", bytes: WAV(samples: []).bytes,
      complaint: ["holds no samples", "copy it again"]),
    Case(
      name: "text", bytes: Data("This is not sound.\n".utf8),
      complaint: ["not a sound file", "replace or remove it"]),
  ]

  @Test(arguments: broken) func `may be broken, and is named`(_ kind: Case) throws {
    try withFolder { folder in
      let output = try run(kind.bytes, in: folder)
      expectRefusal(output, folder + "/corpus/" + oneClip + ": ")
      for part in kind.complaint { #expect(output.standardError.contains(part)) }
      #expect(
        !files(below: folder + "/run/cache").contains { $0.hasSuffix(".store") }
          && cells(of: folder + "/run").isEmpty)
    }
  }
}
