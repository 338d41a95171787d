// Property: the frames of a pretrained network depend only on their recording, and a trained part
// with initial weights gives the results of the frozen network. The golden fixture "pretrained"
// checks the numbers against another library.
import Autograd
import Checkpoints
import Devices
import Foundation
import Layers
import Models
import Randomness
import Settings
import Tensors
import Testing

/// A tiny network with random weights. Its files stay mapped after their folder is removed.
private let weights = Result {
  let folder = FileManager.default.temporaryDirectory.path + "/backbone-\(UUID())"
  defer { try? FileManager.default.removeItem(atPath: folder) }
  try writeRandomCheckpoint(like: .tiny, to: folder, seed: 3)
  return FrozenWeights(try Checkpoint(folder: folder))
}

private func backbone(
  _ layers: LayerChoice = .last, from first: Int? = nil, recomputes: Bool = false,
  in arithmetic: FrozenArithmetic = .float32
) throws -> PretrainedBackbone {
  try PretrainedBackbone(
    try weights.get(), layers: layers, firstTrainedLayer: first, recomputes: recomputes,
    arithmetic: arithmetic, device: arithmetic.needsDevice ? try device.get() : nil)
}

/// The CPU in the place of a GPU.
private let device = Result { try Device.open(.cpu) }

private func noise(_ count: Int, _ name: String) -> [Float] {
  var random = RandomStream(seed: 5).split(name)
  return (0..<count).map { _ in Float(0.1 * random.normal()) }
}

private let recordings = [noise(8000, "a"), noise(400, "b"), noise(5013, "c")]

@Suite struct `A frozen transformer` {
  @Test(arguments: LayerChoice.allCases, FrozenArithmetic.allCases)
  func `gives a recording the same bits in any company and on any number of threads`(
    layers: LayerChoice, arithmetic: FrozenArithmetic
  ) throws {
    let source = try backbone(layers, in: arithmetic).source
    let together = try source.frames(of: recordings, threads: 1)
    #expect(together.map(\.rows) == recordings.map { source.frameCount(samples: $0.count) })
    #expect(together.map(\.rows) == [24, 1, 15])
    #expect(together.allSatisfy { $0.columns == source.columns && $0.isFinite })
    #expect(try source.frames(of: recordings, threads: 3) == together)
    for (recording, frames) in zip(recordings, together) {
      #expect(try source.frames(of: [recording], threads: 1) == [frames])
    }
    #expect(try source.frames(of: recordings.reversed(), threads: 1) == together.reversed())
    #expect(try source.frames(of: [noise(8000, "d")], threads: 1)[0] != together[0])
  }

  @Test func `gives nearly the same frames in 16-bit integers, but not the same`() throws {
    let exact = try backbone().source.frames(of: recordings, threads: 1)
    let frames = try backbone(in: .int16).source.frames(of: recordings, threads: 1)
    for (frames, exact) in zip(frames, exact) {
      let greatest = exact.array.map(abs).max() ?? 0
      let off = zip(frames.array, exact.array).map { abs($0 - $1) }.max() ?? 0
      #expect(off > 1e-6 * greatest && off < 1e-2 * greatest)
    }
  }

  @Test func `ends its states with the last one`() throws {
    let all = try backbone(.weighted).source.frames(of: recordings, threads: 1)
    let last = try backbone().source.frames(of: recordings, threads: 1)
    #expect(all.map { $0.lastColumns(32) } == last)
    #expect(all[0].columns == 4 * 32)
  }

  @Test func `does not hear loudness, which its processor takes away`() throws {
    let source = try backbone().source
    let frames = try source.frames(of: [recordings[0]], threads: 1)[0].array
    let louder = try source.frames(of: [recordings[0].map { 2 * $0 + 0.25 }], threads: 1)[0].array
    #expect(zip(frames, louder).allSatisfy { abs($0 - $1) < 1e-3 })
  }

  @Test func `is known by its weights and its states`() throws {
    let uses = [
      try backbone(), try backbone(.weighted), try backbone(from: 0), try backbone(from: 1),
      try backbone(.weighted, from: 1), try backbone(from: 2), try backbone(in: .int16),
    ]
    #expect(Set(uses.map(\.source.fingerprint)).count == uses.count)
    #expect(try backbone().source.fingerprint == uses[0].source.fingerprint)
    #expect(
      try backbone(.last, from: 1, recomputes: true).source.fingerprint
        == uses[3].source.fingerprint)
  }
}

@Suite struct `A trained transformer` {
  /// Frames computed through the trained part, and its parameters.
  func trained(
    _ use: PretrainedBackbone, dropout: Double = 0, seed: UInt64? = nil
  ) throws -> (frames: Variable, sequences: Ragged, pass: Pass, parameters: Parameters) {
    var parameters = Parameters()
    let network = use.trained(dropout: dropout, in: &parameters)
    let input = try use.source.frames(of: recordings, threads: 1)
    let pass = Pass(parameters, dropouts: seed.map { RandomStream(seed: $0) })
    let (frames, sequences) = network.frames(
      of: Variable(constant: .stacked(input)), Ragged(input.map(\.rows)), pass)
    return (frames, sequences, pass, parameters)
  }

  @Test(arguments: [0, 1, 2], [false, true])
  func `gives the frozen network's bits before its first step`(first: Int, recomputes: Bool) throws
  {
    let frozen = try backbone().source.frames(of: recordings, threads: 1)
    let (frames, sequences, _, parameters) = try trained(
      try backbone(from: first, recomputes: recomputes), seed: 1)
    #expect(frames.value == .stacked(frozen) && sequences.lengths == frozen.map(\.rows))
    let names = parameters.all.map(\.name)
    #expect(names.allSatisfy { $0.hasPrefix("backbone.") } && Set(names).count == names.count)
    #expect(!names.contains { $0.contains("feature_extractor") })
    #expect(names.contains("backbone.feature_projection.projection.weight") == (first == 0))
    #expect(names.contains("backbone.encoder.layers.\(first).layer_norm.weight"))
    #expect(first == 0 || !names.contains("backbone.encoder.layers.\(first - 1).layer_norm.weight"))
  }

  @Test func `weighs all states alike before its first step`() throws {
    let all = Tensor.stacked(try backbone(.weighted).source.frames(of: recordings, threads: 1))
    let (frames, _, _, _) = try trained(backbone(.weighted))
    let values = all.array
    let mean = (0..<all.rows * 32).map { index -> Float in
      let first = index / 32 * 128 + index % 32
      return (values[first] + values[first + 32] + values[first + 64] + values[first + 96]) / 4
    }
    #expect(zip(frames.value.array, mean).allSatisfy { abs($0 - $1) < 1e-5 })
    let upper = try trained(backbone(.weighted, from: 1)).frames.value
    #expect(zip(upper.array, mean).allSatisfy { abs($0 - $1) < 1e-5 })
    let whole = try trained(backbone(.weighted, from: 0)).frames.value
    #expect(zip(whole.array, mean).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test(arguments: LayerChoice.allCases)
  func `sends a gradient to every parameter, the same when activations are computed again`(
    layers: LayerChoice
  ) throws {
    func gradients(_ recomputes: Bool) throws -> [Tensor?] {
      let (frames, _, pass, _) = try trained(
        try backbone(layers, from: 0, recomputes: recomputes), dropout: 0.3, seed: 2)
      let random = RandomStream(seed: 9)
      return pass.gradients(of: [(frames, .uniform(frames.shape, 1, random))])
        .parameters
    }
    let found = try gradients(true)
    let (_, _, _, parameters) = try trained(backbone(layers, from: 0))
    for (gradient, parameter) in zip(found, parameters.all) {
      // Adding the same vector to all keys does not change attention.
      let isKeyBias = parameter.name.hasSuffix("k_proj.bias")
      #expect(gradient?.isFinite ?? false, "\(parameter.name)")
      #expect((gradient?.sumOfSquares ?? 0) > (isKeyBias ? -1 : 1e-12), "\(parameter.name)")
    }
    for (again, kept) in zip(found, try gradients(false)) {
      // If the sum of states also reads a state, its gradients add up in another order.
      let (again, kept) = (try #require(again), try #require(kept))
      let difference = (again + kept.scaled(by: -1)).sumOfSquares
      #expect(layers == .last ? again == kept : difference <= 1e-10 * kept.sumOfSquares + 1e-10)
    }
  }

  @Test func `counts depth from its last layer down`() throws {
    let parameters = try trained(backbone(.weighted, from: 0)).parameters
    for (name, depth) in [
      ("encoder.layers.2.layer_norm.weight", 1), ("encoder.layers.0.layer_norm.weight", 3),
      ("feature_projection.projection.weight", 4), ("encoder.pos_conv_embed.conv.weight_v", 4),
      ("encoder.layer_norm.weight", 1), ("layer_weights", 0),
    ] { #expect(parameters.all.first { $0.name == "backbone." + name }?.depth == depth, "\(name)") }
  }

  @Test(arguments: [3, -1, 100]) func `has no layer that its checkpoint has not`(layer: Int) throws
  {
    #expect(throws: PretrainedBackboneError.noSuchLayer(layer, layers: 3)) {
      try backbone(from: layer)
    }
  }
}
