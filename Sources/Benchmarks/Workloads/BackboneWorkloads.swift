// The forward pass of WavLM, with random weights.
import Checkpoints
import Foundation
import Models
import Settings
import Tensors

/// `wavlm-base`, `wavlm-large`, `wavlm-large-int16`.
let backboneWorkloads = [
  backbone(.wavlmBase), backbone(.wavlmLarge), backbone(.wavlmLarge, in: .int16),
]

private func backbone(
  _ shape: CheckpointShape, in arithmetic: FrozenArithmetic = .float32
) -> Workload {
  Workload(
    shape.rawValue + (arithmetic == .float32 ? "" : "-" + arithmetic.rawValue),
    "the forward pass on one recording, \(arithmetic), random weights (no claim of accuracy)",
    sizeName: "s of audio", sizes: [1, 2, 4, 8], usual: 4, unit: "s of audio"
  ) { length, circumstances in
    let folder = circumstances.folder + "/model"
    if !FileManager.default.fileExists(atPath: folder + "/config.json") {
      try writeRandomCheckpoint(like: shape, to: folder, seed: 1)
    }
    let checkpoint = try Checkpoint(folder: folder)
    let source = try PretrainedBackbone(
      FrozenWeights(checkpoint), layers: .last, firstTrainedLayer: nil, recomputes: false,
      arithmetic: arithmetic
    ).source
    let samples = voice(samples: length * 16_000, sampleRate: 16_000, "recording")
    try circumstances.share(Tensor(shape: [1, samples.count], values: samples), as: "waveform")
    return Work(
      amount: Double(length),
      operations: operations(
        of: shape.configuration, samples: samples.count, arithmetic: arithmetic)
    ) { _ = try source.frames(of: [samples], threads: circumstances.threads) }
  }
}

/// The operations of our forward pass. Each multiply-add of convolutions, projections, attention
/// and feed-forward blocks counts as two. Elementwise operations are not counted.
func operations(
  of shape: TransformerConfiguration, samples: Int, arithmetic: FrozenArithmetic
) -> Double {
  var (frames, channels, sum) = (samples, 1, 0.0)
  for (outputs, (taps, stride)) in zip(
    shape.convolutionChannels, zip(shape.convolutionKernels, shape.convolutionStrides))
  {
    frames = (frames - taps) / stride + 1
    let products = Double(frames * channels * taps) * Double(outputs)
    let isWinograd = channels > 1 && taps == 3 && stride == 2 && arithmetic == .float32
    sum += isWinograd ? products * 7 / 9 : products
    channels = outputs
  }
  let (t, d) = (Double(frames), Double(shape.width))
  sum += t * Double(channels) * d
  // 33 complex numbers for 32 frames or taps: four real products each, and transforms of 64
  // numbers.
  let (taps, block) = (Double(shape.positionKernel), 32.0)
  sum += t / block * taps / block * 33 * 4 * d * d / Double(shape.positionGroups)
  sum += ((t + taps) / block * 64 + t) * 66 * d
  let layer = 4 * t * d * d + 2 * t * t * d + 2 * t * d * Double(shape.feedForward)
  return 2 * (sum + Double(shape.layers) * layer)
}
