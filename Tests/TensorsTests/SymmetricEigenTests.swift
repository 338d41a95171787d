// Property and oracle: LAPACK's eigenvectors against their definition and against Jacobi rotations.
import Foundation
import Randomness
import TestSupport
import Tensors
import Testing

/// A symmetric matrix with these eigenvalues, rotated at random.
private func matrix(_ values: [Double], _ name: String) -> [Double] {
  let n = values.count
  var stream = RandomStream(seed: 9).split(name)
  var a = [Double](repeating: 0, count: n * n)
  for i in 0..<n { a[i * n + i] = values[i] }
  for _ in 0..<6 * n where n > 1 {
    let p = stream.integer(below: n)
    let q = (p + 1 + stream.integer(below: n - 1)) % n
    let angle = 3 * stream.normal()
    let (c, s) = (cos(angle), sin(angle))
    for k in 0..<n {
      let (x, y) = (a[k * n + p], a[k * n + q])
      (a[k * n + p], a[k * n + q]) = (c * x - s * y, s * x + c * y)
    }
    for k in 0..<n {
      let (x, y) = (a[p * n + k], a[q * n + k])
      (a[p * n + k], a[q * n + k]) = (c * x - s * y, s * x + c * y)
    }
  }
  return a
}

private func dot(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
}

/// The greatest element of A v - λ v over all vectors.
private func residual(_ a: [Double], _ values: [Double], _ vectors: [[Double]]) -> Double {
  zip(values, vectors).map { value, vector in
    let n = vector.count
    return (0..<n).map { abs(dot(Array(a[$0 * n..<($0 + 1) * n]), vector) - value * vector[$0]) }
      .max() ?? 0
  }.max() ?? 0
}

@Suite struct `Leading eigenvectors` {
  static let spectra: [(name: String, values: [Double])] = [
    ("one", [3]), ("two", [-1, 4]), ("falling", (0..<40).map { 1 / Double($0 + 1) }),
    ("equal in threes", (0..<30).map { Double($0 / 3) }), ("all equal", [2, 2, 2, 2, 2]),
    ("none", [0, 0, 0, 0]), ("rank one", [5] + [Double](repeating: 0, count: 20)),
    ("negative", [-3, -2, -1, -5]), ("great", (1...9).map { Double($0) * 1e150 }),
    ("small", (1...9).map { Double($0) * 1e-150 }), ("wide", (0..<24).map { pow(10, -Double($0)) }),
  ]

  @Test(arguments: spectra) func `solve their equation, are orthonormal and ordered (property)`(
    name: String, values: [Double]
  ) {
    let a = matrix(values, name)
    let scale = max(values.map(abs).max() ?? 0, .leastNormalMagnitude)
    for count in Set([1, min(2, values.count), values.count]).sorted() {
      let found = leadingEigen(a, order: values.count, count: count)
      expectClose(
        found.values.map { $0 / scale },
        values.sorted(by: >).prefix(count).map { $0 / scale }, absolute: 1e-13)
      #expect(residual(a, found.values, found.vectors) / scale < 1e-12)
      for i in 0..<count {
        for j in 0...i {
          expectClose(dot(found.vectors[i], found.vectors[j]), i == j ? 1 : 0, absolute: 1e-12)
        }
      }
    }
  }

  @Test func `are told from others (negative control)`() {
    let a = matrix([5, 3, 1, 0.5], "control")
    let found = leadingEigen(a, order: 4, count: 2)
    #expect(residual(a, found.values, found.vectors) < 1e-12)
    #expect(residual(a, found.values.reversed(), found.vectors) > 1)
    #expect(residual(a, found.values, found.vectors.map { [$0[1], $0[0], $0[2], $0[3]] }) > 1e-3)
  }

  @Test func `of a product of a matrix with itself are its principal directions`() {
    // Columns 2, 1 and 0 have variances 9, 4 and 1 and are orthogonal.
    let rows: [Double] = [1, 2, 3, -1, 2, -3, 1, -2, -3, -1, -2, 3]
    let product = crossProduct(rows, rows: 4, columns: 3)
    #expect(product == [1, 0, 0, 0, 4, 0, 0, 0, 9])
    let found = leadingEigen(product, order: 3, count: 3)
    #expect(found.values == [9, 4, 1])
    expectClose(found.vectors.map { $0.map(abs) }.flatMap { $0 }, [0, 0, 1, 0, 1, 0, 1, 0, 0])
    #expect(crossProduct([], rows: 0, columns: 2) == [0, 0, 0, 0])
  }

  @Test func `have the same bits whoever computes beside them`() async {
    let a = matrix((0..<150).map { sin(Double($0)) }, "beside")
    let alone = leadingEigen(a, order: 150, count: 3)
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask {
          let found = leadingEigen(a, order: 150, count: 3)
          return found.values == alone.values && found.vectors == alone.vectors
        }
      }
      for await isSame in group { #expect(isSame) }
    }
  }
}
