// Decoding, cropping, trimming and resampling of recordings.
import Audio
import Foundation
import Golden
import Tensors

let recordingChecks = [
  Check(
    "decoding",
    [
      "read": { [Output("samples", try Recording.readMono(path: try $0.file("file")))] },
      "crop": cropped,
      "normalize": { reader in
        var samples = try reader.tensor("samples", [nil]).array
        Recording.normalizePeak(&samples)
        return [Output("scaled", samples)]
      },
      "trim": { reader in
        let samples = try reader.tensor("samples", [nil]).array
        let kept = Recording.trimmed(
          samples, range: try reader.number("range", within: 1...200),
          margin: try reader.number("margin", within: 0...60),
          sampleRate: try reader.count("sampleRate", within: 1...1_000_000))
        return [Output("kept", kept)]
      },
    ]),
  Check(
    "resampling",
    [
      "resample": { [Output("samples", try Recording.readMono(path: try $0.file("file")))] },
      "crop": cropped,
      "compare": compared,
    ]),
]

/// A recording, read up to its `maximumDuration`.
@Sendable private func cropped(_ reader: CaseReader) throws -> [Output] {
  let samples = try Recording.readMono(
    path: try reader.file("file"),
    maximumDuration: try reader.number("maximumDuration", within: 0...3_600))
  return [Output("samples", samples)]
}

/// A recording and the level of its difference from the expected signal: 10·log10 of the ratio of
/// their energies, in dB.
@Sendable private func compared(_ reader: CaseReader) throws -> [Output] {
  let samples = try Recording.readMono(path: try reader.file("file"))
  let signal = try reader.doubles("signal", [samples.count])
  let error = zip(samples, signal).reduce(0) { $0 + pow(Double($1.0) - $1.1, 2) }
  let energy = signal.reduce(0) { $0 + $1 * $1 }
  return [Output("samples", samples), Output("level", [10 * log10(error / energy)])]
}
