// From sound files to features, and mixing of recordings.
import Audio
import Augmentation
import Files
import Foundation
import Randomness
import Settings
import StandIns
import Tensors
import Threads

/// Decoding, log-mel, all features, EAM.
let audioWorkloads = [
  Workload(
    "decoding", "WAV, 48 kHz, 16 bits, decoded and resampled to 16 kHz",
    sizeName: "clips of 4 s", sizes: [8, 16, 32, 64], unit: "s of audio"
  ) { count, circumstances in
    let folder = circumstances.folder + "/clips"
    try makeFolder(folder)
    let paths = try (0..<count).map { index in
      let path = "\(folder)/clip-\(1000 + index).wav"
      let samples = voice(samples: 4 * 48_000, sampleRate: 48_000, "clip \(index)")
      try WAVFile(sampleRate: 48_000, samples: samples).bytes.write(to: URL(fileURLWithPath: path))
      return path
    }
    return Work(amount: Double(4 * count)) {
      _ = try parallelMap(count: count, threads: circumstances.threads) {
        try Recording.readMono(path: paths[$0], sampleRate: 16_000)
      }
    }
  },
  Workload(
    "log-mel", "80 log-mel bands every 10 ms, 16 kHz", sizeName: "clips of 4 s",
    sizes: [16, 32, 64, 128], usual: 64, unit: "s of audio"
  ) { count, circumstances in
    var settings = FeatureSettings()
    (settings.prosody, settings.statistics) = (false, false)
    return try features(settings, count, circumstances)
  },
  Workload(
    "features", "log-mel, pitch, voicing and energy: the compact backbone's frames",
    sizeName: "clips of 4 s", sizes: [16, 32, 64, 128], usual: 64, unit: "s of audio"
  ) { count, circumstances in try features(FeatureSettings(), count, circumstances) },
  Workload(
    "eam", "energy-adaptive mixup of pairs of recordings", sizeName: "pairs of 3.5 s",
    sizes: [64, 128, 256, 512], usual: 256, unit: "pairs"
  ) { count, circumstances in
    let length = 56_000
    func signals(_ name: String) -> [[Float]] {
      (0..<count).map {
        voice(samples: length, sampleRate: 16_000, "\(name) \($0 % 16)").map { $0 + 1e-4 }
      }
    }
    let (first, second) = (signals("first"), signals("second"))
    try circumstances.share(stacked(first), as: "signals")
    try circumstances.share(stacked(second), as: "partners")
    let mixup = EnergyAdaptiveMixup(settings: AugmentationSettings())
    // On average a quarter of a recording is mixed: both signals are read twice, and one is written
    // once.
    let bytes = Double(count * length) * (8 + 4 * 0.25 * 3)
    return Work(amount: Double(count), bytes: bytes) {
      parallel(count, threads: circumstances.threads) { index in
        var random = RandomStream(seed: 3).split("pair \(index)")
        var samples = first[index]
        guard
          let draw = mixup.draw(length: length, partnerLength: length, using: &random)
        else { return }
        samples.withUnsafeMutableBufferPointer { samples in
          second[index].withUnsafeBufferPointer {
            _ = mixup.apply(draw, to: samples, partner: $0)
          }
        }
      }
    }
  },
]

/// Features of recordings in memory.
private func features(
  _ settings: FeatureSettings, _ count: Int, _ circumstances: Circumstances
) throws -> Work {
  let length = 64_000
  let waveforms = (0..<count).map {
    voice(samples: length, sampleRate: 16_000, "waveform \($0 % 16)")
  }
  try circumstances.share(stacked(waveforms), as: "waveforms")
  let extractor = FeatureExtractor(settings: settings, sampleRate: 16_000)
  return Work(amount: Double(4 * count)) {
    parallel(count, threads: circumstances.threads) { index in
      _ = extractor.features(of: waveforms[index])
    }
  }
}

/// Rows of equal length, as one matrix.
private func stacked(_ rows: [[Float]]) -> Tensor {
  Tensor(shape: [rows.count, rows.first?.count ?? 0], values: rows.flatMap(\.self))
}
