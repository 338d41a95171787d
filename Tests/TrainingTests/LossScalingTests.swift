// By hand: scaled losses of a network that cannot tell utterances apart. Property: their gradient
// agrees with central differences, and is that of weights divided on purpose.
import Evaluation
import Foundation
import Layers
import Models
import Randomness
import Settings
import TestSupport
import Tensors
import Testing
import Training

private func random(_ shape: [Int], _ name: String) -> Tensor {
  var stream = RandomStream(seed: 37).split(name)
  return Tensor(
    shape: shape, values: (0..<shape.reduce(1, *)).map { _ in Float(stream.normal()) })
}

/// Six utterances of four frames.
private func batch(_ labels: [Int]) -> Batch {
  let count = labels.count
  return Batch(
    shards: [
      Shard(
        input: random([4 * count, 7], "frames"),
        sequences: Ragged(labels.map { _ in 4 }), statistics: random([count, 4], "statistics"))
    ],
    targets: Tensor(
      shape: [count, 3],
      values: labels.flatMap { label in (0..<3).map { $0 == label ? 1 : 0 } }))
}

private let pairs = batch([0, 1, 2, 2, 1, 0])

private func made() -> (network: EmotionNetwork, parameters: Parameters) {
  EmotionNetwork.make(
    tinySettings.model, features: 7, statistics: 4, classes: 3, using: RandomStream(seed: 1))
}

/// A network with equal logits and equal embeddings for any input. The embeddings are 0, and the
/// centers have the mean squared length of centers drawn from N(0, 1).
private func blind() -> (network: EmotionNetwork, parameters: Parameters) {
  var made = made()
  made.parameters.update { $1.value = .zeros($1.value.shape) }
  made.parameters[made.network.centers] = Tensor(
    shape: [3, 5], values: [1, 1, 1, 1, 1, -1, 1, -1, 1, 1, 1, -1, -1, -1, -1])
  return made
}

private func settings(_ scaling: LossSettings.Scaling) -> LossSettings {
  var settings = LossSettings()
  (settings.kl, settings.focal, settings.center, settings.supcon) = (1, 1, 1, 1)
  settings.labelSmoothing = 0
  settings.scaling = scaling
  return settings
}

private func gradient(
  _ made: (network: EmotionNetwork, parameters: Parameters), _ batch: Batch,
  _ settings: LossSettings
) throws -> BatchGradient {
  try made.network.gradient(
    of: batch, made.parameters, settings, random: RandomStream(seed: 5), threads: 1)
}

@Suite struct `Scaled losses` {
  @Test(arguments: LossTerm.allCases)
  func `of a network that tells nothing apart are 1`(term: LossTerm) throws {
    var alone = settings(.unit)
    for other in LossTerm.allCases where other != term { alone[other] = 0 }
    expectClose(try gradient(blind(), pairs, alone).terms.total, 1, relative: 1e-6)
    alone[term] = 0.25
    expectClose(try gradient(blind(), pairs, alone).terms.total, 0.25, relative: 1e-6)
    // Negative controls: without scaling, and for a network that tells something apart.
    alone.scaling = .none
    #expect(abs(try gradient(blind(), pairs, alone).terms.total - 0.25) > 0.02)
    alone.scaling = .unit
    #expect(abs(try gradient(made(), pairs, alone).terms.total - 0.25) > 1e-3)
  }

  @Test func `add up to their number, and are logged without their scale`() throws {
    let scaled = try gradient(blind(), pairs, settings(.unit)).terms
    expectClose(scaled.total, 4, relative: 1e-6)
    let (log3, log5) = (log(3.0), log(5.0))
    expectClose(
      LossTerm.allCases.map { scaled[$0] }, [log3, 4.0 / 9 * log3, 5, log5], relative: 1e-6)
    let plain = try gradient(blind(), pairs, settings(.none)).terms
    #expect(LossTerm.allCases.allSatisfy { plain[$0] == scaled[$0] })
    expectClose(plain.total, log3 + 4.0 / 9 * log3 + 5 + log5, relative: 1e-6)
  }

  @Test func `are below 1 for smoothed labels and for an utterance alone in its class`() throws {
    var smoothed = settings(.unit)
    smoothed.labelSmoothing = 0.3
    // Smoothed: 0.8, 0.1, 0.1. The focal loss is linear in them, KL lacks their entropy.
    let entropy = -0.8 * log(0.8) - 0.2 * log(0.1)
    expectClose(
      try gradient(blind(), pairs, smoothed).terms.total, 4 - entropy / log(3.0), relative: 1e-6)
    let lonely = batch([0, 1, 2, 2, 0, 0])
    expectClose(
      try gradient(blind(), lonely, settings(.unit)).terms.total, 3 + 5.0 / 6, relative: 1e-6)
  }

  /// The greatest difference of the rule for some parameters from central differences, in relation
  /// to the greatest slope of each.
  private func disagreement(_ own: LossSettings, rule: LossSettings) throws -> Double {
    let made = made()
    let found = try gradient(made, pairs, rule)
    var worst = 0.0
    for (index, parameter) in made.parameters.all.enumerated()
    where ["centers", "head.projection.weight", "head.classifier.bias"].contains(parameter.name) {
      let slopes = try #require(found.gradients[index]).array.map(Double.init)
      let differences = try slopes.indices.map { element in
        let values = try [Float(0.01), -0.01].map { step in
          var moved = made
          moved.parameters.update { place, parameter in
            guard place == index else { return }
            parameter.value.withUnsafeMutableBuffer { $0[element] += step }
          }
          return try gradient(moved, pairs, own).terms.total
        }
        return (values[0] - values[1]) / 0.02
      }
      let scale = differences.map(abs).max() ?? 0
      #expect(scale > 1e-3, "\(parameter.name)")
      worst = max(worst, zip(slopes, differences).map { abs($0 - $1) / scale }.max() ?? 0)
    }
    return worst
  }

  @Test func `have the gradient of their formula`() throws {
    var own = settings(.unit)
    own.temperature = 0.5
    #expect(try disagreement(own, rule: own) < 0.01)
    var other = own
    other.scaling = .none
    #expect(try disagreement(own, rule: other) > 0.1)
  }

  @Test func `have the bits of weights that are divided on purpose`() throws {
    let own = settings(.unit)
    var divided = settings(.none)
    (divided.kl, divided.focal) = (1 / log(3.0), 1 / (pow(1 - 1.0 / 3, 2) * log(3.0)))
    (divided.center, divided.supcon) = (1 / 5.0, 1 / log(5.0))
    let (found, expected) = (
      try gradient(made(), pairs, own), try gradient(made(), pairs, divided)
    )
    #expect(found.gradients == expected.gradients && found.terms == expected.terms)
    #expect(found.gradients != (try gradient(made(), pairs, settings(.none))).gradients)
  }
}
