// By hand and property: principal components against worked examples and their definition.
import Projections
import Randomness
import TestSupport
import Tensors
import Testing

@Suite struct `Principal components` {
  @Test func `of four points on a line lie along it (worked by hand)`() {
    // Direction (3, 4) / 5; positions -3, -1, 1, 3 along it; variance (9 + 1 + 1 + 9) / 4 = 5.
    let points: [Float] = [-3, -1, 1, 3].flatMap { [10 + $0 * 0.6, 20 + $0 * 0.8] }
    let components = PrincipalComponents(of: Tensor(shape: [4, 2], values: points), count: 2)
    expectClose(components.directions[0], [0.6, 0.8], absolute: 1e-6)
    expectClose(components.variances, [5, 0], absolute: 1e-5)
    expectClose(components.scores.map { $0[0] }, [-3, -1, 1, 3], absolute: 1e-5)
  }

  @Test func `are orthonormal, ordered, and their scores uncorrelated (property)`() {
    var stream = RandomStream(seed: 1)
    let (n, d) = (200, 12)
    let values = (0..<n * d).map { Float(stream.normal() * Double($0 % d + 1)) }
    let components = PrincipalComponents(of: Tensor(shape: [n, d], values: values), count: d)
    for a in 0..<d {
      for b in 0..<d {
        let dot = (0..<d).reduce(0.0) {
          $0 + components.directions[a][$1] * components.directions[b][$1]
        }
        expectClose(dot, a == b ? 1 : 0, absolute: 1e-10)
        let covariance = components.scores.reduce(0.0) { $0 + $1[a] * $1[b] } / Double(n)
        expectClose(covariance, a == b ? components.variances[a] : 0, absolute: 1e-8)
      }
    }
    #expect(components.variances == components.variances.sorted(by: >))
  }

  @Test func `of equal rows are all zero`() {
    let components = PrincipalComponents(of: Tensor.full([5, 3], 2), count: 2)
    #expect(components.variances == [0, 0])
    #expect(components.scores.allSatisfy { $0 == [0, 0] })
  }
}
