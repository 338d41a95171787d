// Oracle: a head on the device, run by the CPU in its place, has the gradient, the steps and the
// predictions of the CPU's own head up to rounding. Property: its bits depend neither on the order
// in which the items of a group run, nor on threads, tiles, or where the frames lie.
import CDevice
import Devices
import Evaluation
import Layers
import Models
import Randomness
import Settings
import TestSupport
import Tensors
import Testing
import Training

private func random(_ shape: [Int], _ name: String) -> Tensor {
  var stream = RandomStream(seed: 23).split(name)
  return Tensor(
    shape: shape, values: (0..<shape.reduce(1, *)).map { _ in Float(stream.normal()) })
}

struct HeadCase: Sendable, CustomTestStringConvertible {
  var pooling = ModelSettings.Pooling.flam
  var width = 32
  var heads = 4
  var layers: Int?
  var lengths = [1, 9, 37, 4, 130]
  var classes = 4
  var scaling = LossSettings.Scaling.none

  var testDescription: String {
    "\(pooling.rawValue) of \(heads) heads, \(width) features, \(layers ?? 0) layers, \(lengths), "
      + "scaling \(scaling.rawValue)"
  }

  var settings: VariantSettings {
    var settings = VariantSettings()
    settings.model.pooling = pooling
    settings.model.heads = heads
    settings.model.embedding = 24
    settings.loss.center = 0.1
    settings.loss.scaling = scaling
    settings.training.weightAveraging = 0.9
    settings.training.gradientClip = 0.5
    settings.training.arithmetic = .gpuFloat32
    return settings
  }

  func made() -> (network: EmotionNetwork, parameters: Parameters) {
    var made = EmotionNetwork.make(
      settings.model, onFramesOf: width, layers: layers, classes: classes,
      using: RandomStream(seed: 4))
    // Biases and the query start at or near 0, which would hide their part.
    made.parameters.update { _, parameter in
      let deviation: Float = parameter.name.hasSuffix("query") ? 0.5 : 0.1
      guard parameter.value.array.allSatisfy({ abs($0) < 0.2 }) || deviation == 0.5 else { return }
      parameter.value.add(random(parameter.value.shape, parameter.name), scaledBy: deviation)
    }
    return made
  }

  var targets: Tensor {
    Tensor(
      shape: [lengths.count, classes],
      values: lengths.indices.flatMap { row in
        (0..<classes).map { k in
          k == row % 2 ? (row == 2 ? 0.6 : 1) : (row == 2 && k == 3 ? 0.4 : 0)
        }
      })
  }

  var frames: [Tensor] {
    lengths.enumerated().map { random([$1, width * (layers ?? 1)], "frames \($0)") }
  }

  var batch: Batch {
    Batch(
      shards: [
        Shard(
          input: .stacked(frames), sequences: Ragged(lengths),
          statistics: .zeros([lengths.count, 0]))
      ], targets: targets)
  }
}

private let cases = [
  HeadCase(), HeadCase(heads: 1), HeadCase(heads: 16), HeadCase(width: 48, heads: 2, layers: 3),
  HeadCase(width: 130, heads: 2, lengths: [70, 129, 3]),
  HeadCase(pooling: .mean), HeadCase(pooling: .max), HeadCase(pooling: .mean, layers: 2),
  HeadCase(pooling: .max, layers: 2), HeadCase(lengths: [5], classes: 4),
  HeadCase(scaling: .unit), HeadCase(lengths: [5, 9], scaling: .unit),
]

private func head(_ chosen: HeadCase, _ parameters: Parameters) throws -> DeviceHead {
  try DeviceHead(try Device.open(.cpu), parameters, chosen.settings)
}

/// The gradients of a case on the device, and its results.
private func gradients(
  _ chosen: HeadCase, tile: Int? = nil, faults: String = ""
) throws -> (result: HeadResult, gradients: [Tensor]) {
  let (_, parameters) = chosen.made()
  #expect(reprise_standin_faults(faults) == 1)
  defer { _ = reprise_standin_faults("") }
  let head = try head(chosen, parameters)
  head.tile = tile
  try head.computeGradient(
    of: HeadInput(chosen.batch), targets: chosen.targets, stored: nil,
    random: RandomStream(seed: 6))
  let result = try #require(try head.finishSteps().first)
  return (result, try head.gradients(like: parameters))
}

/// Expects the difference to be small in relation to the greatest number.
private func expectSame(
  _ found: Tensor, _ expected: Tensor, _ name: String, within share: Float = 2e-5
) {
  let scale = expected.array.reduce(0) { max($0, abs($1)) }
  let worst = zip(found.array, expected.array).reduce(0) { max($0, abs($1.0 - $1.1)) }
  #expect(found.shape == expected.shape)
  #expect(worst <= share * scale + 1e-9, "\(name): \(worst) of \(scale)")
}

@Suite(.timeLimit(.minutes(30))) struct `A head on a device` {
  @Test(arguments: cases)
  func `has the losses and the gradient of the CPU`(chosen: HeadCase) throws {
    let (network, parameters) = chosen.made()
    let expected = try network.gradient(
      of: chosen.batch, parameters, chosen.settings.loss, random: RandomStream(seed: 6),
      threads: 1)
    let found = try gradients(chosen)
    for ((name, a), (_, b)) in zip(found.result.terms.named, expected.terms.named) {
      expectClose(a, b, relative: 1e-5, absolute: 1e-7)
      #expect(a.isFinite, "\(name)")
    }
    #expect(found.result.correct == expected.correct)
    expectClose(found.result.gradientNorm, expected.norm(threads: 1), relative: 1e-5)
    for (index, parameter) in parameters.all.enumerated() {
      let slope = try #require(expected.gradients[index])
      guard parameter.name != "flam.attention.projection.bias" else {
        // The keys' true gradient is 0, and only rounding changes it.
        let (a, b) = (found.gradients[index].array, slope.array)
        let d = chosen.width
        for part in [0..<d, 2 * d..<3 * d] {
          expectSame(
            Tensor(shape: [d], values: Array(a[part])), Tensor(shape: [d], values: Array(b[part])),
            "\(parameter.name) \(part)")
        }
        continue
      }
      expectSame(found.gradients[index], slope, parameter.name)
    }
  }

  @Test func `scales the losses of each waiting step by the size of its own batch`() throws {
    let long = HeadCase(scaling: .unit)
    let short = HeadCase(lengths: [4, 9, 37], scaling: .unit)
    let (network, parameters) = long.made()
    let head = try head(long, parameters)
    for chosen in [long, short] {
      try head.computeGradient(
        of: HeadInput(chosen.batch), targets: chosen.targets, stored: nil,
        random: RandomStream(seed: 6))
    }
    let totals = try head.finishSteps().map(\.terms.total)
    let expected = try [long, short].map {
      try network.gradient(
        of: $0.batch, parameters, $0.settings.loss, random: RandomStream(seed: 6), threads: 1
      ).terms.total
    }
    expectClose(totals, expected, relative: 1e-5)
    #expect(abs(totals[0] - totals[1]) > 1e-3)
    // Negative control: without scaling both totals are others.
    let plain = try gradients(HeadCase()).result.terms.total
    #expect(abs(plain - totals[0]) > 1e-2)
  }

  @Test func `has another gradient for another dropout or batch`() throws {
    let chosen = HeadCase()
    let (network, parameters) = chosen.made()
    let other = try network.gradient(
      of: chosen.batch, parameters, chosen.settings.loss, random: RandomStream(seed: 7),
      threads: 1)
    let found = try gradients(chosen)
    #expect(abs(found.result.terms.total - other.terms.total) > 1e-4)
  }

  @Test(arguments: cases)
  func `has the same bits in either order of items and for any tile`(chosen: HeadCase) throws {
    let one = try gradients(chosen)
    for (tile, faults) in [(nil, "reversed"), (32, ""), (64, ""), (128, ""), (128, "reversed")] {
      let other = try gradients(chosen, tile: tile, faults: faults)
      #expect(other.result == one.result)
      #expect(other.gradients == one.gradients)
    }
    var changed = chosen
    changed.lengths[0] += 1
    #expect(try gradients(changed).gradients != one.gradients)
  }

  @Test(arguments: [cases[0], cases[3], cases[6], cases[10]])
  func `takes the steps of the CPU`(chosen: HeadCase) throws {
    let (network, parameters) = chosen.made()
    let settings = chosen.settings
    let schedule = Schedule(settings.training, stepsPerEpoch: 4)
    var expected = TrainingState(network, parameters, settings.training)
    var found = expected
    let head = try head(chosen, parameters)
    try head.load(found)
    for step in 0..<12 {
      let stream = RandomStream(seed: 8).split("step \(step)")
      let a = try expected.takeStep(
        of: network, on: chosen.batch, settings, schedule, random: stream, threads: 1)
      try head.startStep(
        on: HeadInput(chosen.batch), targets: chosen.targets, stored: nil, random: stream,
        factor: schedule.factor(atStep: step))
      let b = try #require(try head.finishSteps().first)
      // Adam turns rounding of the smallest gradients into steps of the whole rate.
      expectClose(b.terms.total, a.terms.total, relative: 1e-4)
      expectClose(b.gradientNorm, a.gradientNorm, relative: 1e-3)
    }
    try head.store(in: &found)
    #expect(found.optimizer.steps == 12)
    for (a, b) in zip(found.parameters.named, expected.parameters.named)
    where !a.name.hasSuffix("projection.bias") {
      expectSame(a.tensor, b.tensor, a.name, within: 1e-3)
    }
    for (a, b) in zip(found.average?.named ?? [], expected.average?.named ?? [])
    where !a.name.hasSuffix("projection.bias") {
      expectSame(a.tensor, b.tensor, a.name, within: 1e-3)
    }
    #expect(found.average != nil)
  }

  @Test func `reads frames that stay on the device as those that are sent`() throws {
    let chosen = HeadCase(layers: 2)
    let (_, parameters) = chosen.made()
    let device = try Device.open(.cpu)
    let stored = try device.buffer(.stacked([random([3, 64], "before")] + chosen.frames))
    func result(_ frames: [(source: HeadInput.Source, length: Int)]) throws -> [Tensor] {
      let head = try DeviceHead(device, parameters, chosen.settings)
      try head.computeGradient(
        of: HeadInput(frames), targets: chosen.targets, stored: stored,
        random: RandomStream(seed: 6))
      #expect(try head.finishSteps().count == 1)
      return try head.gradients(like: parameters)
    }
    let offsets = Ragged(chosen.lengths).offsets
    let sent = try result(zip(chosen.frames, chosen.lengths).map { (.sent($0), $1) })
    let mixed = try result(
      chosen.lengths.indices.map { index in
        (
          index % 2 == 0 ? .stored(row: 3 + offsets[index]) : .sent(chosen.frames[index]),
          chosen.lengths[index]
        )
      })
    #expect(mixed == sent)
    #expect(try gradients(chosen).gradients == sent)
  }

  @Test(arguments: [cases[0], cases[3], cases[6]])
  func `predicts as the CPU does, and each utterance by itself`(chosen: HeadCase) throws {
    let (network, parameters) = chosen.made()
    let head = try head(chosen, parameters)
    let shard = try #require(chosen.batch.shards.first)
    let expected = network.outputs(of: shard, parameters)
    let found = try head.outputs(of: HeadInput(chosen.batch), stored: nil)
    #expect(found.count == expected.count)
    for (a, b) in zip(found, expected) {
      expectClose(a.probabilities, b.probabilities, relative: 1e-4)
      expectClose(a.embedding, b.embedding, relative: 1e-4, absolute: 1e-5)
    }
    for (index, frames) in chosen.frames.enumerated() {
      let alone = try head.outputs(
        of: HeadInput([(.sent(frames), frames.rows)]), stored: nil)
      #expect(alone == [found[index]])
    }
  }

  @Test func `refuses what only the CPU trains`() throws {
    let (_, parameters) = EmotionNetwork.make(
      tinySettings.model, features: 7, statistics: 0, classes: 3, using: RandomStream(seed: 1))
    #expect(throws: DeviceHeadError.self) {
      try DeviceHead(try Device.open(.cpu), parameters, tinySettings)
    }
  }
}
