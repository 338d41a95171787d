// Checkpoints with random weights, for trials without a real model.
import Files
import Foundation
import Randomness
import Tensors

/// The shapes available for random checkpoints.
package enum CheckpointShape: String, Sendable, CaseIterable {
  /// A WavLM with 3 layers of 32 features, for tests and trials.
  case tiny
  case wavlmBase = "wavlm-base"
  case wavlmLarge = "wavlm-large"

  /// The shape's configuration.
  package var configuration: TransformerConfiguration {
    let isTiny = self == .tiny
    let isBase = self == .wavlmBase
    return TransformerConfiguration(
      family: .wavlm, width: isTiny ? 32 : isBase ? 768 : 1024,
      layers: isTiny ? 3 : isBase ? 12 : 24,
      heads: isTiny ? 2 : isBase ? 12 : 16, feedForward: isTiny ? 64 : isBase ? 3072 : 4096,
      epsilon: 1e-5, normalizesFirst: !isBase, encoderNorm: isBase ? .group : .layer,
      convolutionChannels: [Int](repeating: isTiny ? 16 : 512, count: 7),
      convolutionKernels: [10, 3, 3, 3, 3, 2, 2], convolutionStrides: [5, 2, 2, 2, 2, 2, 2],
      convolutionBias: false, normalizesProjection: true, positionKernel: isTiny ? 16 : 128,
      positionGroups: isTiny ? 4 : 16, positionBuckets: 320, greatestPositionDistance: 800)
  }
}

/// Writes a checkpoint with random weights: `config.json`, `preprocessor_config.json` and
/// `model.safetensors`, marked as random. The same seed gives the same bytes.
///
/// Matrices are normal with standard deviation `1 / √inputs`. Gains are near 1 and biases near 0.
///
/// - Throws: `FileError`, also if the folder already has one of these files.
package func writeRandomCheckpoint(
  like shape: CheckpointShape, to folder: String, seed: UInt64
) throws {
  let (target, weights) = (folder + "/config.json", folder + "/model.safetensors")
  let processorTarget = folder + "/preprocessor_config.json"
  for path in [target, weights, processorTarget] where FileManager.default.fileExists(atPath: path)
  {
    throw FileError.cannotWrite(path: path, reason: "it already exists")
  }
  do {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  } catch {
    throw FileError.cannotWrite(path: folder, reason: error.localizedDescription)
  }
  let configuration = shape.configuration
  try writeWeights(configuration, to: weights, RandomStream(seed: seed))
  let normalizes = configuration.encoderNorm == .layer
  let processor =
    "{\"do_normalize\": \(normalizes), \"feature_size\": 1, \"sampling_rate\": 16000}\n"
  try Data(processor.utf8).writeAtomically(to: processorTarget)
  try Data((try configuration.json(isRandom: true) + "\n").utf8).writeAtomically(to: target)
}

/// Writes the weights one by one, so that memory holds only one.
private func writeWeights(
  _ configuration: TransformerConfiguration, to path: String, _ random: RandomStream
) throws {
  let tensors = configuration.expectedTensors
  var file = try AtomicFile(path)
  let header = try Safetensors.header(tensors.map { ($0.name, $0.shape) })
  try header.withUnsafeBytes { try file.write($0) }
  for (name, shape) in tensors {
    let weight = randomWeight(name, shape, random.split(name))
    try weight.withUnsafeBytes { try file.write($0) }
  }
  try file.finish()
}

private func randomWeight(_ name: String, _ shape: [Int], _ random: RandomStream) -> [Float] {
  var random = random
  let inputs = Double(shape.dropFirst().reduce(1, *))
  let isGain =
    name.hasSuffix("norm.weight") || name.hasSuffix("weight_g") || name.hasSuffix("const")
  let deviation = isGain || shape.count == 1 ? 0.1 : 1 / inputs.squareRoot()
  let mean = isGain ? 1.0 : 0
  return (0..<shape.reduce(1, *)).map { _ in Float(mean + deviation * random.normal()) }
}

extension TransformerConfiguration {
  /// The configuration in the form of `config.json`.
  func json(isRandom: Bool) throws -> String {
    let values: [String: Any] = [
      "model_type": family.rawValue, "hidden_size": width, "num_hidden_layers": layers,
      "num_attention_heads": heads, "intermediate_size": feedForward,
      "layer_norm_eps": Double("\(epsilon)") ?? 1e-5, "do_stable_layer_norm": normalizesFirst,
      "feat_extract_norm": encoderNorm.rawValue, "conv_dim": convolutionChannels,
      "conv_kernel": convolutionKernels, "conv_stride": convolutionStrides,
      "conv_bias": convolutionBias, "num_conv_pos_embeddings": positionKernel,
      "num_conv_pos_embedding_groups": positionGroups, "num_buckets": positionBuckets,
      "max_bucket_distance": greatestPositionDistance, "hidden_act": "gelu",
      "feat_extract_activation": "gelu", Checkpoint.randomKey: isRandom,
    ]
    let data = try JSONSerialization.data(
      withJSONObject: values, options: [.prettyPrinted, .sortedKeys])
    return String(decoding: data, as: UTF8.self)
  }
}
