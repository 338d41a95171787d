// By hand and property: neighbour probabilities and the entropy they are calibrated to.
import Foundation
import Projections
import Randomness
import TestSupport
import Tensors
import Testing

@Suite struct `Neighbour affinities` {
  @Test func `of an equilateral triangle are equal (worked by hand)`() {
    // p[j|i] = 1/2 at any σ, so p[i,j] = (1/2 + 1/2) / (2 · 3) = 1/6; perplexity 2 = both others.
    let triangle: [Float] = [1, 0, 0, 0, 1, 0, 0, 0, 1]
    let affinities = Affinities(of: Tensor(shape: [3, 3], values: triangle), perplexity: 2)
    expectClose(affinities.joint, [0, 1, 1, 1, 0, 1, 1, 1, 0].map { $0 / 6 })
  }

  @Test func `of three points on a line follow their precision (worked by hand)`() {
    // The middle point sees both others at distance 1: 1/2 each at perplexity 2, and nearly that
    // below. An end point sees squared distances 1 and 4, so p = 1 / (1 + exp(-3β)).
    let affinities = Affinities(
      of: Tensor(shape: [3, 1], values: [0, 1, 2]), perplexity: 1.5)
    let near = 1 / (1 + exp(-3 * affinities.precisions[0]))
    let entropy = -near * log(near) - (1 - near) * log(1 - near)
    expectClose(exp(entropy), 1.5, relative: 1e-8)
    expectClose(affinities.joint[1], (near + 0.5) / 6, relative: 1e-8)
    expectClose(affinities.joint[2], (1 - near) / 3, relative: 1e-8)
  }

  @Test(arguments: [2.0, 5, 30])
  func `have the entropy of their perplexity, are symmetric and sum to one (property)`(
    perplexity: Double
  ) {
    var stream = RandomStream(seed: 2)
    let (n, d) = (100, 5)
    let x = (0..<n * d).map { _ in Float(stream.normal()) }
    let affinities = Affinities(of: Tensor(shape: [n, d], values: x), perplexity: perplexity)
    expectClose(affinities.joint.reduce(0, +), 1, relative: 1e-12)
    for i in 0..<n {
      #expect(affinities.joint[i * n + i] == 0)
      for j in 0..<n { #expect(affinities.joint[i * n + j] == affinities.joint[j * n + i]) }
      let weights = (0..<n).map { j in
        let squares = (0..<d).reduce(0.0) {
          let difference = Double(x[i * d + $1]) - Double(x[j * d + $1])
          return $0 + difference * difference
        }
        return i == j ? 0 : exp(-affinities.precisions[i] * squares)
      }
      let sum = weights.reduce(0, +)
      let entropy = weights.reduce(0.0) { $1 > 0 ? $0 - $1 / sum * log($1 / sum) : $0 }
      expectClose(exp(entropy), perplexity, relative: 1e-6)
    }
  }
}
