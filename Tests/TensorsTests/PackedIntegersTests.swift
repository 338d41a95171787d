// By hand, property and bound: products of 16-bit integers with packed matrices.
import Randomness
import TestSupport
import Tensors
import Testing

@Suite struct `A matrix packed as 16-bit integers` {
  /// Shapes on both sides of slices of 6, strips of 16, panels of 32, pairs and depths of 256.
  static let shapes = [
    (1, 1, 1), (6, 15, 4), (7, 16, 5), (12, 32, 256), (13, 33, 257), (25, 64, 600), (241, 70, 515),
  ]

  func random(_ shape: [Int], _ seed: UInt64) -> Tensor {
    var stream = RandomStream(seed: seed)
    return .random(shape, &stream)
  }

  /// `A·Wᵀ + bias`.
  func multiplied(
    _ a: Tensor, _ w: Tensor, as arithmetic: Arithmetic = .int16, bias: Tensor? = nil,
    gelu: Bool = false, threads: Int = 1
  ) -> Tensor {
    var c = Tensor(uninitialized: [a.rows, w.rows])
    PackedMatrix(transposing: w, as: arithmetic, threads: threads).multiply(
      a.address, rowStride: a.columns, m: a.rows, bias: bias?.address, into: c.ownAddress(),
      targetStride: w.rows, gelu: gelu, threads: threads)
    withExtendedLifetime((a, bias)) {}
    return c
  }

  /// The largest error that rounding to integers can cause: half a unit of each factor in its
  /// block.
  func bound(_ a: Tensor, _ w: Tensor, _ m: Int, _ n: Int) -> Double {
    let k = a.columns
    return stride(from: 0, to: k, by: 256).reduce(0) { sum, start in
      let block = start..<min(start + 256, k)
      let x = block.map { abs(Double(a.array[m * k + $0])) }
      let y = block.map { abs(Double(w.array[n * k + $0])) }
      let (unitX, unitY) = ((x.max() ?? 0) / 4095, (y.max() ?? 0) / 2047)
      return sum
        + zip(x, y).reduce(0) { $0 + ($1.0 * unitY + $1.1 * unitX) / 2 + unitX * unitY / 4 }
    }
  }

  @Test(arguments: shapes)
  func `is off by no more than the rounding of its factors`(m: Int, n: Int, k: Int) {
    let (a, w, bias) = (random([m, k], 1), random([n, k], 2), random([n], 3))
    let result = multiplied(a, w, bias: bias).array
    let (x, y) = (a.array.map(Double.init), w.array.map(Double.init))
    var greatest = 0.0
    for (row, column) in (0..<m).flatMap({ row in [0, n / 2, n - 1].map { (row, $0) } }) {
      let exact = (0..<k).reduce(Double(bias.array[column])) {
        $0 + x[row * k + $1] * y[column * k + $1]
      }
      let off = abs(Double(result[row * n + column]) - exact)
      #expect(off <= bound(a, w, row, column) + 1e-5)
      greatest = max(greatest, off)
    }
    #expect(k == 1 || greatest > 1e-5, "nothing was rounded")
  }

  @Test func `is exact for whole numbers whose greatest is the greatest there is`() {
    var stream = RandomStream(seed: 4)
    func whole(_ rows: Int, _ limit: Int) -> Tensor {
      Tensor(
        shape: [rows, 512],
        values: (0..<rows * 512).map {
          $0 % 256 == 7 ? Float(limit) : Float(Int(stream.uniform() * 200) - 100)
        })
    }
    let (a, w) = (whole(14, 4095), whole(40, 2047))
    let result = multiplied(a, w).array
    for index in 0..<14 * 40 {
      let sum = (0..<512).reduce(0) {
        $0 + Int(a.array[index / 40 * 512 + $1]) * Int(w.array[index % 40 * 512 + $1])
      }
      #expect(abs(Int(result[index]) - sum) <= 2)
    }
  }

  @Test(arguments: [Float(1), -1, 1e-20, 1e15])
  func `does not overflow where every number is the greatest`(size: Float) {
    let a = Tensor(shape: [3, 300], values: [Float](repeating: size, count: 900))
    let w = Tensor(shape: [2, 300], values: [Float](repeating: -1, count: 600))
    let result = multiplied(a, w).array
    #expect(result.allSatisfy { abs($0 / (-300 * size) - 1) < 1e-5 })
  }

  @Test(arguments: shapes)
  func `has the same bits on any number of threads, and row by row`(m: Int, n: Int, k: Int) {
    let (a, w) = (random([m, k], 1), random([n, k], 2))
    let whole = multiplied(a, w, gelu: true)
    #expect(multiplied(a, w, gelu: true, threads: 3) == whole)
    #expect(multiplied(a.rows(m - 1..<m), w, gelu: true) == whole.rows(m - 1..<m))
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func `hides no number that is none`(value: Float) {
    var (a, w) = (random([9, 300], 5), random([20, 300], 6))
    a.withUnsafeMutableBuffer { $0[4 * 300 + 270] = value }
    let rows = multiplied(a, w).array
    #expect(rows.indices.allSatisfy { rows[$0].isNaN == ($0 / 20 == 4) })
    a = random([9, 300], 5)
    w.withUnsafeMutableBuffer { $0[3 * 300] = value }
    let columns = multiplied(a, w).array
    #expect(columns.indices.allSatisfy { columns[$0].isNaN == ($0 % 20 == 3) })
  }

  @Test func `counts what is next to nothing as nothing`() {
    let w = random([5, 40], 7)
    for value in [0, Float.leastNonzeroMagnitude, 1e-38] {
      let a = Tensor(shape: [2, 40], values: [Float](repeating: value, count: 80))
      #expect(multiplied(a, w).array.allSatisfy { abs($0) < 1e-30 })
    }
  }
}
