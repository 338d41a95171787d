// A RAVDESS lookalike of 48 clips, and an experiment on it that takes a fraction of a second. Its
// tones are no real speech. Without a marker the program takes them for recordings.
import Foundation

/// A WAV file, byte by byte, so that it can be wrong on purpose.
struct WAV {
  enum Encoding { case unsigned8, signed16, signed24, float32 }
  var encoding = Encoding.signed16
  var sampleRate = 16_000
  var channels = 1
  var samples: [Float]

  var bytes: Data {
    let width =
      switch encoding {
      case .unsigned8: 1
      case .signed16: 2
      case .signed24: 3
      case .float32: 4
      }
    let data = samples.flatMap { sample in
      (0..<channels).flatMap { _ in encode(Double(sample)) }
    }
    var body = Array("WAVEfmt ".utf8) + little(16, 4)
    body += little(encoding == .float32 ? 3 : 1, 2) + little(channels, 2) + little(sampleRate, 4)
    body += little(sampleRate * channels * width, 4) + little(channels * width, 2)
    body += little(8 * width, 2) + Array("data".utf8) + little(data.count, 4) + data
    return Data(Array("RIFF".utf8) + little(body.count, 4) + body)
  }

  private func encode(_ value: Double) -> [UInt8] {
    switch encoding {
    case .unsigned8: little(Int((value * 127).rounded()) + 128, 1)
    case .signed16: little(Int((value * 32_767).rounded()), 2)
    case .signed24: little(Int((value * 8_388_607).rounded()), 3)
    case .float32: little(Int(Float(value).bitPattern), 4)
    }
  }

  private func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}

/// A tone with drifting overtones, 0.3 s.
func tone(_ frequency: Double, sampleRate: Int = 16_000, seconds: Double = 0.3) -> [Float] {
  (0..<Int(seconds * Double(sampleRate))).map { index in
    let time = Double(index) / Double(sampleRate)
    return Float(0.3 * sin(2 * .pi * frequency * time) + 0.05 * sin(9e3 * time * time))
  }
}

/// Actors 1 and 11 belong to fold 1, 4 and 10 to fold 2, 8 and 9 to fold 3.
func writeTinyRAVDESS(to root: String, actors: [Int] = [1, 11, 4, 10, 8, 9]) throws {
  for actor in actors {
    let folder = root + String(format: "/Actor_%02d", actor)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for emotion in 1...8 {
      let name = String(format: "/03-01-%02d-01-01-01-%02d.wav", emotion, actor)
      let sound = WAV(samples: tone(Double(100 + 20 * emotion + actor)))
      try write(sound.bytes, to: folder + name)
    }
  }
}

/// The tiny corpus, written once.
let tinyRAVDESS = Result<String, any Error> {
  let root = scratch + "/tiny-ravdess"
  try writeTinyRAVDESS(to: root)
  return root
}

/// A clip of fold 2 for tests to damage.
let oneClip = "Actor_04/03-01-05-01-01-01-04.wav"

/// Writes an experiment with very small networks to `folder/tiny.yaml`, and returns its path.
func writeExperiment(
  in folder: String, corpus: String = "ravdess", at path: String, epochs: Int = 2,
  variants: String = "[{name: full}, {name: plain, augmentation: {mixup: none}}]"
) throws -> String {
  let file = folder + "/tiny.yaml"
  try write(
    """
    name: tiny
    profile: quick
    corpora: {\(corpus): \(path)}
    seeds: [1]
    folds: [1, 2]
    protocol: {allow_incomplete: true, selection_seeds: 0}
    features: {bands: 20, prosody: false, statistics: false}
    model: {width: 32, heads: 4, embedding: 16, kernel: 3}
    training: {epochs: \(epochs)}
    variants: \(variants)

    """, to: file)
  return file
}

/// The folders of a run's cells, sorted.
func cells(of run: String) -> [String] {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: run + "/cells")) ?? []
  return names.sorted().map { run + "/cells/" + $0 }
}

/// The folders of cells that are claimed, released or failed, sorted.
func unfinishedCells(of run: String) -> [String] {
  ["open", "working", "failed"].flatMap { state in
    let folder = "\(run)/queue/\(state)"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().map { "\(folder)/\($0)" }
  }
}

/// The files of every cell that must be reproducible.
func results(of run: String) throws -> [String: Data] {
  var results: [String: Data] = [:]
  for cell in cells(of: run) {
    for name in ["predictions.csv", "embeddings.npy", "weights.safetensors"] {
      results[(cell as NSString).lastPathComponent + "/" + name] = try bytes(cell + "/" + name)
    }
  }
  return results
}
