// Pretrained transformers, from the files of a checkpoint to hidden states and gradients.
import Autograd
import Checkpoints
import Devices
import Foundation
import Golden
import Layers
import Models
import Settings
import Tensors

/// The checks of pretrained networks.
///
/// - Parameter device: computes the frozen part in `gpu-float32`; nil for the CPU's `float32`.
func backboneChecks(on device: Device? = nil) -> [Check] {
  let frozen = FrozenPart(arithmetic: device == nil ? .float32 : .gpuFloat32, device: device)
  return [
    Check(
      "pretrained", ["states": frozen.states, "gradient": frozen.gradient, "buckets": buckets])
  ]
}

/// The checks of hidden states in the arithmetics of tensor cores, as far as `device` offers them.
func tensorCoreChecks(on device: Device) -> [Check] {
  [FrozenArithmetic.gpuThreeTF32, .gpuTF32].filter {
    device.facts.modes.contains($0.rawValue)
  }.map {
    Check(
      "pretrained", ["states": FrozenPart(arithmetic: $0, device: device).states],
      isPartial: true, arithmetic: $0.rawValue)
  }
}

/// Computes with the frozen part of a network on the CPU or on a device.
private struct FrozenPart: Sendable {
  let arithmetic: FrozenArithmetic
  let device: Device?

  private func backbone(
    _ weights: FrozenWeights, _ layers: LayerChoice, firstTrainedLayer: Int? = nil,
    recomputes: Bool = false
  ) throws -> PretrainedBackbone {
    try PretrainedBackbone(
      weights, layers: layers, firstTrainedLayer: firstTrainedLayer, recomputes: recomputes,
      arithmetic: arithmetic, device: device)
  }

  /// Every hidden state from the frozen source of all states, the last state from its own source,
  /// and the trained weighted sum of frozen states.
  func states(_ reader: CaseReader) throws -> [Output] {
    let weights = FrozenWeights(try checkpoint(reader))
    let recordings = try recordings(reader, of: weights)
    let last = try backbone(weights, .last).source.frames(of: recordings, threads: 1)
    let all = try backbone(weights, .weighted)
    let frames = try all.source.frames(of: recordings, threads: 2)
    let side = Tensor.stacked(frames)
    let configuration = weights.checkpoint.configuration
    let states = (0..<configuration.layers).map {
      Output("state\($0)", columns($0 * configuration.width, configuration.width, of: side))
    }
    let sequences = Ragged(frames.map(\.rows))
    let (weighted, _) = try trained(all, on: side, sequences, reader)
    return [Output("frames", frames.map(\.rows))] + states
      + [
        Output("state\(configuration.layers)", .stacked(last)), Output("weighted", weighted.value),
      ]
  }

  /// The weighted sum of hidden states, and the gradients of everything trained from a layer on.
  func gradient(_ reader: CaseReader) throws -> [Output] {
    let weights = FrozenWeights(try checkpoint(reader))
    let backbone = try backbone(
      weights, .weighted, firstTrainedLayer: try reader.count("firstTrainedLayer"),
      recomputes: try reader.flag("recomputes"))
    let frames = try backbone.source.frames(of: try recordings(reader, of: weights), threads: 2)
    let (weighted, gradients) = try trained(
      backbone, on: .stacked(frames), Ragged(frames.map(\.rows)), reader)
    let seed = try reader.tensor("seed", weighted.shape)
    return [Output("weighted", weighted.value)] + gradients(seed)
  }
}

private func buckets(_ reader: CaseReader) throws -> [Output] {
  let count = try reader.count("buckets", within: 4...10_000)
  let buckets = PositionBuckets(
    count: count,
    greatestDistance: try reader.count("greatestDistance", within: count...1_000_000))
  return [Output("buckets", try reader.integers("offsets").map(buckets.bucket))]
}

/// Returns the frames of the trained part and a function from the frames' gradient to the
/// parameters' gradients. The parameters are the checkpoint's and the case's layer weights.
private func trained(
  _ backbone: PretrainedBackbone, on frames: Tensor, _ sequences: Ragged, _ reader: CaseReader
) throws -> (frames: Variable, gradients: (Tensor) -> [Output]) {
  var parameters = Parameters()
  let network = backbone.trained(in: &parameters)
  let shares = try reader.tensor(
    "layerWeights", [backbone.checkpoint.configuration.layers + 1])
  let prefix = "backbone."
  parameters.update { _, parameter in
    guard parameter.name == prefix + "layer_weights" else { return }
    parameter.value = Tensor(shape: parameter.value.shape, values: shares.array)
  }
  let pass = Pass(parameters, dropouts: unused)
  let (output, _) = network.frames(of: Variable(constant: frames), sequences, pass)
  return (
    output,
    { seed in
      let gradients = pass.gradients(of: [(output, seed)]).parameters
      return zip(gradients, parameters.named).map { gradient, parameter in
        Output(
          "gradient." + parameter.name.dropFirst(prefix.count),
          gradient ?? .zeros(parameter.tensor.shape))
      }
    }
  )
}

/// Returns `count` columns of a matrix.
private func columns(_ first: Int, _ count: Int, of matrix: Tensor) -> Tensor {
  let values = matrix.array
  return Tensor(
    shape: [matrix.rows, count],
    values: (0..<matrix.rows).flatMap { row in
      let start = row * matrix.columns + first
      return values[start..<start + count]
    })
}

/// Opens the checkpoint with the files listed in the case.
private func checkpoint(_ reader: CaseReader) throws -> Checkpoint {
  let files = try (0..<reader.count("files", within: 1...100)).map {
    try reader.file("file\($0)")
  }
  return try Checkpoint(folder: URL(fileURLWithPath: files[0]).deletingLastPathComponent().path)
}

/// The waveforms of a case, each long enough for a frame.
private func recordings(_ reader: CaseReader, of weights: FrozenWeights) throws -> [[Float]] {
  let samples = try reader.tensor("samples", [nil])
  let sequences = try reader.ragged(rows: samples.count)
  let configuration = weights.checkpoint.configuration
  try require(
    sequences.lengths.allSatisfy { configuration.frameCount(samples: $0) > 0 }, "lengths",
    expected: "at least a frame each", found: sequences.lengths)
  return zip(sequences.offsets, sequences.lengths).map { start, length in
    Array(samples.array[start..<start + length])
  }
}
