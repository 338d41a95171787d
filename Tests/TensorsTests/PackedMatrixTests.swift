// Oracle and property: products with packed matrices against double precision, and work shared by
// threads.
import CKernels
import Foundation
import Randomness
import Synchronization
import TestSupport
import Tensors
import Testing

@Suite struct `A packed matrix` {
  /// Shapes on both sides of slices of 5 and 6 rows, strips of 16, panels of 32, groups of 64,
  /// depths of 256 and blocks of 40 slices.
  static let shapes = [
    (1, 1, 1), (6, 15, 4), (7, 16, 5), (11, 31, 255), (12, 32, 256), (13, 33, 257), (25, 64, 600),
    (481, 40, 3), (5, 100, 1), (500, 33, 300), (239, 65, 258), (241, 130, 513), (199, 70, 259),
  ]

  func random(_ shape: [Int], _ seed: UInt64) -> Tensor {
    var stream = RandomStream(seed: seed)
    return .random(shape, &stream)
  }

  func multiplied(
    _ a: Tensor, _ b: PackedMatrix, bias: Tensor? = nil, addend: Tensor? = nil, gelu: Bool = false,
    threads: Int = 1
  ) -> Tensor {
    var c = Tensor(uninitialized: [a.rows, b.columns])
    b.multiply(
      a.address, rowStride: a.columns, m: a.rows, bias: bias?.address, addend: addend?.address,
      into: c.ownAddress(), targetStride: b.columns, gelu: gelu, threads: threads)
    withExtendedLifetime((a, bias, addend)) {}
    return c
  }

  @Test(arguments: shapes)
  func `gives the product of double precision`(m: Int, n: Int, k: Int) {
    let (a, w) = (random([m, k], 1), random([n, k], 2))
    let packed = PackedMatrix(transposing: w)
    let (x, y) = (a.array.map(Double.init), w.array.map(Double.init))
    let sums = (0..<m * n).map { index in
      (0..<k).reduce(0.0) { $0 + x[index / n * k + $1] * y[index % n * k + $1] }
    }
    for bias in [nil, random([n], 3)] {
      for addend in [nil, random([m, n], 4)] {
        let expected = sums.indices.map { index in
          sums[index] + Double(bias?.array[index % n] ?? 0) + Double(addend?.array[index] ?? 0)
        }
        let result = multiplied(a, packed, bias: bias, addend: addend)
        expectClose(result.array.map(Double.init), expected, relative: 1e-5, absolute: 5e-5)
      }
    }
    let plain = product(a, w, transposing: .second)
    expectClose(multiplied(a, packed).array, plain.array, absolute: 5e-5)
  }

  @Test(arguments: shapes)
  func `has the same bits on any number of threads, and row by row`(m: Int, n: Int, k: Int) {
    let (a, w) = (random([m, k], 1), random([n, k], 2))
    let whole = multiplied(a, PackedMatrix(transposing: w), gelu: true)
    let shared = multiplied(a, PackedMatrix(transposing: w, threads: 3), gelu: true, threads: 3)
    #expect(whole == shared)
    let last = multiplied(a.rows(m - 1..<m), PackedMatrix(transposing: w), gelu: true)
    #expect(whole.rows(m - 1..<m) == last)
  }

  @Test func `adds in place, between rows that lie apart, and touches nothing else`() {
    let (a, w) = (random([13, 20], 7), random([33, 20], 8))
    let packed = PackedMatrix(transposing: w)
    let before = random([13, 40], 9)
    var c = before
    let address = c.ownAddress()
    packed.multiply(
      a.address, rowStride: 20, m: 13, addend: address, into: address, targetStride: 40)
    let product = multiplied(a, packed)
    for index in 0..<13 * 40 {
      let (row, column) = (index / 40, index % 40)
      let sum = column < 33 ? product.array[row * 33 + column] : 0
      #expect(abs(c.array[index] - before.array[index] - sum) < 1e-5)
    }
    withExtendedLifetime(a) {}
  }

  /// Slices of 6 and then 5 rows hold each row once. From 20 rows on, no slice needs padding.
  @Test func `cuts rows into slices without gaps`() {
    for m in 1...500 {
      let starts = (0...reprise_slices(m)).map { reprise_slice_start(m, $0) }
      let heights = zip(starts.dropFirst(), starts).map { $0 - $1 }
      #expect(starts.first == 0 && starts.last == reprise_packed_rows(m))
      #expect(heights == heights.sorted(by: >) && Set(heights).isSubset(of: [5, 6]))
      #expect(m < 20 ? starts.last ?? 0 >= m : starts.last == m)
    }
  }

  @Test(arguments: [Arithmetic.float32, .int16], [1, 2, 5])
  func `gives several products of one factor the bits of each alone`(
    arithmetic: Arithmetic, threads: Int
  ) {
    let (a, bias) = (random([61, 300], 1), random([200, 1], 2))
    let weights = [random([200, 300], 3), random([7, 300], 4), random([97, 300], 5)]
    let matrices = weights.map { PackedMatrix(transposing: $0, as: arithmetic) }
    var results = weights.map { Tensor.zeros([61, $0.rows]) }
    PackedMatrix.multiply(
      a.address, rowStride: 300, m: 61,
      zip(matrices, results.indices).map {
        PackedProduct(
          $0, bias: bias.address, into: results[$1].ownAddress(), targetStride: $0.columns,
          gelu: true)
      }, threads: threads)
    for (matrix, result) in zip(matrices, results) {
      #expect(result == multiplied(a, matrix, bias: bias, gelu: true))
    }
    #expect(results[0].isFinite && results[0] != .zeros([61, 200]))
  }

  @Test func `reads windows that overlap`() {
    let (x, w) = (random([50, 1], 5), random([3, 10], 6))
    let packed = PackedMatrix(transposing: w)
    var c = Tensor(uninitialized: [9, 3])
    packed.multiply(x.address, rowStride: 5, m: 9, into: c.ownAddress(), targetStride: 3)
    let windows = Tensor(shape: [9, 10], values: (0..<90).map { x.array[$0 / 10 * 5 + $0 % 10] })
    #expect(c == multiplied(windows, packed))
  }

  /// Windows of 10 numbers anywhere in a buffer: as many as a block of 240 holds, one fewer and one
  /// more.
  @Test(arguments: [1, 6, 239, 240, 241, 513])
  func `multiplies windows that lie anywhere, and puts rows anywhere`(m: Int) {
    let (x, w, bias) = (random([700, 1], 5), random([33, 10], 6), random([33], 7))
    let packed = PackedMatrix(transposing: w)
    let starts = (0..<m).map { ($0 * 131) % 691 }
    let windows = Tensor(
      shape: [m, 10], values: starts.flatMap { Array(x.array[$0..<$0 + 10]) })
    let expected = multiplied(windows, packed, bias: bias)
    var inOrder = Tensor.zeros([m, 33])
    packed.multiply(
      windowsOf: x.address, at: starts, bias: bias.address, into: inOrder.ownAddress())
    #expect(inOrder == expected)
    var reversed = Tensor.zeros([m, 33])
    packed.multiply(
      windowsOf: x.address, at: starts, bias: bias.address, into: reversed.ownAddress(),
      at: (0..<m).reversed().map { $0 * 33 })
    #expect((0..<m).allSatisfy { reversed.rows($0..<$0 + 1) == expected.rows(m - 1 - $0..<m - $0) })

    let b = random([m, 20], 8)
    let transposed = product(transposedWindowsOf: x.address, at: starts, m: 10, b)
    expectClose(
      transposed.array, product(windows, b, transposing: .first).array, absolute: 1e-4)
    withExtendedLifetime((x, bias)) {}
  }

  @Test func `stacks blocks below one another`() {
    let (blocks, a) = (random([12, 40], 1), random([7, 12], 2))
    let order = [2, 0, 1]
    let stacked = PackedMatrix(
      stacking: order.map { blocks.address + $0 * 4 * 40 }, depth: 4, columns: 40, rowStride: 40,
      columnStride: 1)
    let rows = Tensor(
      shape: [12, 40],
      values: order.flatMap { Array(blocks.array[$0 * 160..<($0 + 1) * 160]) })
    let packed = PackedMatrix(
      rows.address, rows: 12, columns: 40, rowStride: 40, columnStride: 1)
    #expect(multiplied(a, stacked) == multiplied(a, packed))
    withExtendedLifetime((blocks, rows)) {}
  }
}
