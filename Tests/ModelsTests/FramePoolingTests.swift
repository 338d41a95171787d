// Oracle: frame-level attention pooling in plain Swift, step by step as in method.md, with the
// context broadcast carried out literally. By hand: mean, maximum, and the embedding of statistics.
import Autograd
import CKernels
import Foundation
import Layers
import Models
import Randomness
import Settings
import TestSupport
import Tensors
import Testing

private typealias Matrix = [[Double]]

/// FLAM in plain Swift.
private struct PlainFLAM {
  let weights: [String: Tensor]
  let heads: Int

  private func matrix(_ name: String) -> Matrix {
    let tensor = weights[name]!
    return (0..<tensor.rows).map { tensor.rows($0..<$0 + 1).array.map(Double.init) }
  }

  private func affine(_ x: Matrix, _ name: String) -> Matrix {
    let (w, b) = (matrix(name + ".weight"), weights[name + ".bias"]!.array.map(Double.init))
    return x.map { row in
      b.indices.map { o in b[o] + row.indices.reduce(0.0) { $0 + row[$1] * w[$1][o] } }
    }
  }

  private func softmax(_ x: [Double]) -> [Double] {
    let total = x.reduce(0) { $0 + exp($1) }
    return x.map { exp($0) / total }
  }

  /// H = F + MSA(F).
  func attended(_ frames: Matrix) -> Matrix {
    let d = frames[0].count
    let e = d / heads
    let projected = affine(frames, "flam.attention.projection")
    let gathered = projected.map { query -> [Double] in
      (0..<heads).flatMap { head -> [Double] in
        let scores = projected.map { key in
          (0..<e).reduce(0.0) { $0 + query[head * e + $1] * key[d + head * e + $1] }
            / Double(e).squareRoot()
        }
        let shares = softmax(scores)
        return (0..<e).map { f in
          zip(shares, projected).reduce(0.0) { $0 + $1.0 * $1.1[2 * d + head * e + f] }
        }
      }
    }
    return zip(frames, affine(gathered, "flam.attention.output")).map {
      zip($0, $1).map { $0 + $1 }
    }
  }

  /// α = softmax(H w).
  func shares(_ h: Matrix) -> [Double] {
    let w = matrix("flam.query").map { $0[0] }
    return softmax(h.map { row in zip(row, w).reduce(0) { $0 + $1.0 * $1.1 } })
  }

  /// Σ α_t x_t.
  func pooled(_ x: Matrix, _ shares: [Double]) -> [Double] {
    x[0].indices.map { f in zip(shares, x).reduce(0.0) { $0 + $1.0 * $1.1[f] } }
  }
}

/// CB(H)_t = (H_t + mean_t H) / 2, carried out literally.
private func contextBroadcast(_ h: Matrix) -> Matrix {
  let mean = h[0].indices.map { f in h.reduce(0.0) { $0 + $1[f] } / Double(h.count) }
  return h.map { zip($0, mean).map { ($0 + $1) / 2 } }
}

@Suite struct `Frame-level attention pooling` {
  private let lengths = [3, 1, 6]

  /// Pooling with weights so large that attention is far from even, and its results.
  private func flam() -> (PlainFLAM, Tensor, pooled: Tensor, broadcast: Tensor, weights: Tensor?) {
    let settings = tinySettings()
    var parameters = Parameters()
    let pooling = FramePooling(
      settings, width: settings.width, in: &parameters, using: RandomStream(seed: 2))
    parameters.update { index, parameter in
      parameter.value = randomTensor(parameter.value.shape, "\(index)", scale: 0.7)
    }
    let plain = PlainFLAM(
      weights: Dictionary(uniqueKeysWithValues: parameters.named.map { ($0.name, $0.tensor) }),
      heads: settings.heads)
    let frames = randomTensor([10, 8], "frames")
    let result = pooling.pooled(Variable(constant: frames), Ragged(lengths), Pass(parameters))
    let weights = pooling.weights(Variable(constant: frames), Ragged(lengths), Pass(parameters))
    return (plain, frames, result.pooled.value, result.broadcast.value, weights)
  }

  private func matrices(_ frames: Tensor) -> [Matrix] {
    let rows = (0..<frames.rows).map { frames.rows($0..<$0 + 1).array.map(Double.init) }
    let offsets = Ragged(lengths).offsets
    return lengths.indices.map { Array(rows[offsets[$0]..<offsets[$0 + 1]]) }
  }

  @Test func `attends, weighs and sums as the method says`() {
    let (plain, frames, pooled, _, _) = flam()
    let expected = matrices(frames).flatMap { frames -> [Double] in
      let h = plain.attended(frames)
      return plain.pooled(h, plain.shares(h))
    }
    expectClose(pooled.array.map(Double.init), expected, relative: 1e-4, absolute: 1e-5)
    // Controls: without its residual, or with even weights, the result would differ.
    let even = matrices(frames).flatMap { frames -> [Double] in
      let h = plain.attended(frames)
      return plain.pooled(h, h.map { _ in 1 / Double(h.count) })
    }
    #expect(zip(even, expected).contains { abs($0 - $1) > 0.1 })
  }

  @Test func `tells the weights that it pools with, and other poolings have none`() throws {
    let (plain, frames, _, _, weights) = flam()
    let expected = matrices(frames).flatMap { plain.shares(plain.attended($0)) }
    expectClose(try #require(weights).array.map(Double.init), expected, relative: 1e-4)
    // Control: even weights would differ from these.
    #expect(expected.contains { abs($0 - 1 / 3) > 0.1 } && expected[3] == 1)
    var settings = tinySettings()
    for pooling in [ModelSettings.Pooling.mean, .max] {
      settings.pooling = pooling
      var parameters = Parameters()
      let other = FramePooling(
        settings, width: settings.width, in: &parameters, using: RandomStream(seed: 2))
      #expect(
        other.weights(Variable(constant: frames), Ragged(lengths), Pass(parameters)) == nil)
    }
  }

  @Test func `pools context-broadcast frames with the same weights`() {
    let (plain, frames, _, broadcast, _) = flam()
    let expected = matrices(frames).flatMap { frames -> [Double] in
      let h = plain.attended(frames)
      return plain.pooled(contextBroadcast(h), plain.shares(h))
    }
    expectClose(broadcast.array.map(Double.init), expected, relative: 1e-4, absolute: 1e-5)
    let fromFrames = matrices(frames).flatMap { frames -> [Double] in
      plain.pooled(contextBroadcast(frames), plain.shares(plain.attended(frames)))
    }
    #expect(zip(fromFrames, expected).contains { abs($0 - $1) > 0.1 })
  }

  @Test(arguments: [5, 13, 40, 100])
  func `weighs frames to the same bits wherever the result lies`(length: Int) {
    let scores = randomTensor([length], "scores").array
    let results = stride(from: length, through: length + 200, by: 4).map { place -> [Float] in
      var memory = scores + [Float](repeating: 0, count: place)
      memory.withUnsafeMutableBufferPointer {
        reprise_softmax($0.baseAddress!, $0.baseAddress! + place, length)
      }
      return Array(memory[place..<place + length])
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  @Test func `is the frame itself, attended to, where there is only one`() {
    let (plain, frames, pooled, broadcast, _) = flam()
    let h = plain.attended(matrices(frames)[1])[0]
    expectClose(pooled.rows(1..<2).array.map(Double.init), h, relative: 1e-4, absolute: 1e-5)
    expectClose(broadcast.rows(1..<2).array.map(Double.init), h, relative: 1e-4, absolute: 1e-5)
  }
}

@Suite struct `The pooling compared with it` {
  private let frames = Variable(
    constant: Tensor(shape: [5, 2], values: [1, 8, 3, 6, 5, 1, -4, -2, -6, 0]))

  private func pooled(_ kind: ModelSettings.Pooling) -> (pooled: Tensor, broadcast: Tensor) {
    var parameters = Parameters()
    let pooling = FramePooling(
      tinySettings(kind), width: tinySettings(kind).width, in: &parameters,
      using: RandomStream(seed: 1))
    #expect(parameters.all.isEmpty)
    let result = pooling.pooled(frames, Ragged([3, 2]), Pass(parameters))
    return (result.pooled.value, result.broadcast.value)
  }

  @Test func `takes the mean, which the context broadcast leaves as it is`() {
    let result = pooled(.mean)
    expectClose(result.pooled.array, [3, 5, -5, -1])
    expectClose(result.broadcast.array, [3, 5, -5, -1])
  }

  @Test func `takes the maximum, feature by feature`() {
    let result = pooled(.max)
    expectClose(result.pooled.array, [5, 8, -4, 0])
    // The maximum of (H_t + mean)/2 is (maximum + mean)/2.
    expectClose(result.broadcast.array, [4, 6.5, -4.5, -0.5])
  }
}

@Suite struct `The embedding of statistics` {
  private func gelu(_ x: Double) -> Double { 0.5 * x * (1 + erf(x / 2.0.squareRoot())) }

  @Test func `joins both vectors of an utterance by addition`() {
    let made = tinyNetwork()
    let plain = tinyNetworkWithoutStatistics()
    let inputs = [TinyInput("a", length: 6), TinyInput("b", length: 11)]
    let with = TinyResult(made, inputs)
    let pass = Pass(plain.parameters)
    let (pooled, broadcast) = plain.network.encode(
      .stacked(inputs.map(\.frames)), Ragged([6, 11]), statistics: .zeros([2, 0]), pass)
    let weights = Dictionary(
      uniqueKeysWithValues: made.parameters.named.map {
        ($0.name, $0.tensor.array.map(Double.init))
      })
    func affine(_ x: [Double], _ name: String) -> [Double] {
      let (w, b) = (weights[name + ".weight"]!, weights[name + ".bias"]!)
      return b.indices.map { o in
        x.indices.reduce(b[o]) { sum, i in sum + x[i] * w[i * b.count + o] }
      }
    }
    let embedded = inputs.flatMap { input -> [Double] in
      let hidden = affine(input.statistics.array.map(Double.init), "statistics.hidden")
      return affine(hidden.map(gelu), "statistics.output")
    }
    expectClose(
      zip(with.pooled.array, pooled.value.array).map { Double($0 - $1) }, embedded,
      relative: 1e-4, absolute: 1e-5)
    expectClose(
      zip(with.broadcast.array, broadcast.value.array).map { Double($0 - $1) }, embedded,
      relative: 1e-4, absolute: 1e-5)
  }

  private func tinyNetworkWithoutStatistics() -> (
    network: EmotionNetwork, parameters: Parameters
  ) {
    EmotionNetwork.make(
      tinySettings(), features: 7, statistics: 0, classes: 4, using: RandomStream(seed: 1))
  }
}
