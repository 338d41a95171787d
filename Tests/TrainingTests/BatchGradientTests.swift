// Property: the gradient of a batch has the same bits for any number of threads, and differs only
// by rounding for another division into shards. Its terms are the requested ones.
import Autograd
import Evaluation
import Layers
import Models
import Randomness
import Settings
import TestSupport
import Tensors
import Training
import Testing

private func random(_ shape: [Int], _ name: String) -> Tensor {
  var stream = RandomStream(seed: 91).split(name)
  return Tensor(
    shape: shape, values: (0..<shape.reduce(1, *)).map { _ in Float(stream.normal()) })
}

private let lengths = [9, 4, 14, 5, 6, 11]
private let targets = Tensor(
  shape: [6, 3],
  values: [1, 0, 0, 0, 1, 0, 0.75, 0.25, 0, 0, 0, 1, 0, 0.4, 0.6, 1, 0, 0])

/// The six utterances in shards of the given sizes.
private func batch(_ sizes: [Int], targets: Tensor = targets) -> Batch {
  var next = 0
  let shards = sizes.map { size -> Shard in
    let members = next..<next + size
    next += size
    return Shard(
      input: .stacked(members.map { random([lengths[$0], 7], "frames \($0)") }),
      sequences: Ragged(members.map { lengths[$0] }),
      statistics: .stacked(members.map { random([1, 4], "statistics \($0)") }))
  }
  return Batch(shards: shards, targets: targets)
}

private func network(dropout: Double = 0) -> (network: EmotionNetwork, parameters: Parameters) {
  var settings = tinySettings.model
  (settings.dropout, settings.headDropout, settings.statisticsDropout) = (dropout, dropout, dropout)
  return EmotionNetwork.make(
    settings, features: 7, statistics: 4, classes: 3, using: RandomStream(seed: 1))
}

private func gradient(
  _ made: (network: EmotionNetwork, parameters: Parameters), _ batch: Batch,
  threads: Int = 1, seed: UInt64 = 5, _ change: (inout LossSettings) -> Void = { _ in }
) throws -> BatchGradient {
  var settings = LossSettings()
  settings.center = 0.1
  change(&settings)
  return try made.network.gradient(
    of: batch, made.parameters, settings, random: RandomStream(seed: seed), threads: threads)
}

@Suite struct `The gradient of a batch` {
  @Test func `has the same bits for any number of threads`() throws {
    let made = network(dropout: 0.3)
    let one = try gradient(made, batch([2, 1, 3]))
    for threads in [2, 3, 8] {
      let several = try gradient(made, batch([2, 1, 3]), threads: threads)
      #expect(several.gradients == one.gradients && several.terms == one.terms)
    }
    let other = try gradient(made, batch([2, 1, 3]), seed: 6)
    #expect(other.gradients != one.gradients)
  }

  @Test(arguments: [[3, 3], [1, 1, 1, 1, 1, 1], [5, 1]])
  func `differs by rounding alone for other shards`(sizes: [Int]) throws {
    let (whole, divided) = (
      try gradient(network(), batch([6])), try gradient(network(), batch(sizes))
    )
    expectClose(
      divided.terms.named.map(\.value), whole.terms.named.map(\.value), relative: 1e-5,
      absolute: 1e-6)
    #expect(divided.correct == whole.correct && divided.gradients.count == whole.gradients.count)
    let scale = Float(whole.norm(threads: 2))
    for (a, b) in zip(divided.gradients, whole.gradients) {
      expectClose(a?.array ?? [], b?.array ?? [], relative: 1e-4, absolute: 1e-5 * scale)
    }
    expectClose(divided.norm(threads: 1), whole.norm(threads: 1), relative: 1e-5)
  }

  @Test func `has the norm of all parameters together`() throws {
    let result = try gradient(network(), batch([6]))
    let squares = result.gradients.flatMap { $0?.array ?? [] }.reduce(0.0) {
      $0 + Double($1) * Double($1)
    }
    for threads in [1, 3] {
      expectClose(result.norm(threads: threads), squares.squareRoot(), relative: 1e-6)
    }
    #expect(result.gradients.allSatisfy { $0 != nil })
  }

  @Test func `is clipped to the same bits for any number of threads`() {
    // More than one piece for each thread, and a last piece that is shorter.
    let whole = [random([500, 401], "large"), nil, random([3], "small")]
    func clipped(threads: Int, limit: Double = 2) -> [Tensor?] {
      var gradient = BatchGradient(terms: LossTerms(), gradients: whole, correct: 0)
      gradient.clip(to: limit, norm: 8, threads: threads)
      return gradient.gradients
    }
    #expect(clipped(threads: 1) == whole.map { $0?.scaled(by: 0.25) })
    #expect(clipped(threads: 3) == clipped(threads: 1))
    #expect(clipped(threads: 3, limit: 9) == whole && clipped(threads: 3, limit: 0) == whole)
  }

  @Test func `counts the main classes that were predicted`() throws {
    let made = network()
    let result = try gradient(made, batch([6]))
    let pass = Pass(made.parameters)
    let shard = batch([6]).shards[0]
    let pooled = made.network.encode(
      shard.input, shard.sequences, statistics: shard.statistics, pass
    ).pooled
    let predicted = made.network.classify(pooled, pass).logits.value.greatestOfRows
    #expect(result.correct == zip(predicted, [0, 1, 0, 2, 2, 0]).count { $0 == $1 })
    let agreeing = Tensor(
      shape: [6, 3], values: predicted.flatMap { p in (0..<3).map { $0 == p ? 1 : 0 } })
    #expect(try gradient(made, batch([6], targets: agreeing)).correct == 6)
  }
}

@Suite struct `The terms of the loss` {
  @Test func `add up with their weights`() throws {
    let terms = try gradient(network(), batch([6])) {
      ($0.kl, $0.focal, $0.center, $0.supcon) = (0.5, 2, 0.01, 0.3)
    }.terms
    #expect(terms[.kl] > 0 && terms[.focal] > 0 && terms[.center] > 0 && terms[.supcon] > 0)
    expectClose(
      terms.total,
      0.5 * terms[.kl] + 2 * terms[.focal] + 0.01 * terms[.center] + 0.3 * terms[.supcon],
      relative: 1e-5)
  }

  @Test func `are 0 where their weight is, and leave the others as they are`() throws {
    let whole = try gradient(network(), batch([6])).terms
    for (index, name) in ["kl", "focal", "center", "supcon"].enumerated() {
      let terms = try gradient(network(), batch([6])) { settings in
        let weights: [WritableKeyPath<LossSettings, Double>] = [\.kl, \.focal, \.center, \.supcon]
        settings[keyPath: weights[index]] = 0
      }.terms
      for (term, expected) in zip(terms.named, whole.named) where term.name != "total" {
        #expect(term.value == (term.name == name ? 0 : expected.value), "\(name), \(term.name)")
      }
    }
  }

  @Test func `of weight 0 are not even computed`() throws {
    // This would poison a term that should not be computed.
    var made = network()
    made.parameters[made.network.centers] = .full([3, 5], .nan)
    let poisoned = try gradient(made, batch([6])) { $0.temperature = .nan }
    #expect(!poisoned.terms.total.isFinite && poisoned.terms[.center].isNaN)
    let spared = try gradient(made, batch([6])) {
      ($0.center, $0.supcon, $0.focal) = (0, 0, 0)
      ($0.temperature, $0.focalGamma) = (.nan, .nan)
    }
    #expect(spared.terms.total.isFinite && spared.norm(threads: 1).isFinite)
    #expect(spared.gradients[made.network.centers.index] == nil)
    #expect(spared.terms.total == spared.terms[.kl])
  }

  @Test func `see smoothed labels, and the classes of the unsmoothed`() throws {
    let smoothed = Tensor(
      shape: [6, 3], values: targets.array.map { $0 * 0.7 + 0.3 / 3 })
    let inside = try gradient(network(), batch([6])) { $0.labelSmoothing = 0.3 }
    let outside = try gradient(network(), batch([6], targets: smoothed)) { $0.labelSmoothing = 0 }
    let without = try gradient(network(), batch([6])) { $0.labelSmoothing = 0 }
    expectClose(
      inside.terms.named.map(\.value), outside.terms.named.map(\.value), relative: 1e-5,
      absolute: 1e-6)
    #expect(abs(inside.terms[.kl] - without.terms[.kl]) > 1e-3)
    #expect(inside.terms[.center] == without.terms[.center])
    #expect(inside.terms[.supcon] == without.terms[.supcon])
  }

  @Test func `take the first of equal shares as the class`() {
    let rows = Tensor(shape: [3, 3], values: [0.5, 0.5, 0, 0, 0, 0, 0.1, 0.2, 0.7])
    #expect(rows.greatestOfRows == [0, 0, 2])
  }
}
