// By hand and oracle: shapes, products against plain loops in Double, rows and value semantics.
import Randomness
import TestSupport
import Tensors
import Testing

func randomTensor(_ shape: [Int], _ name: String) -> Tensor {
  var stream = RandomStream(seed: 21).split(name)
  return Tensor(
    shape: shape, values: (0..<shape.reduce(1, *)).map { _ in Float(stream.normal()) })
}

@Suite struct `A tensor` {
  @Test func `knows its shape`() {
    let tensor = Tensor(shape: [2, 3, 2], values: (0..<12).map(Float.init))
    #expect((tensor.rows, tensor.columns, tensor.count) == (2, 6, 12))
    #expect((Tensor.scalar(3).rows, Tensor.scalar(3).columns, Tensor.scalar(3).item) == (1, 1, 3))
    #expect((Tensor.zeros([0, 4]).rows, Tensor.zeros([0, 4]).count) == (0, 0))
    #expect(tensor.reshaped([3, 4]).array == tensor.array)
  }

  @Test func `is equal by shape and bits`() {
    let a = Tensor(shape: [2, 2], values: [1, 2, 3, .nan])
    #expect(a == Tensor(shape: [2, 2], values: [1, 2, 3, .nan]))
    #expect(a != a.reshaped([4]))
    #expect(Tensor.full([1], 0) != Tensor.full([1], -0.0))
  }

  @Test func `is not changed by changes to its copy`() {
    let original = Tensor(shape: [3], values: [1, 2, 3])
    var copy = original
    copy.withUnsafeMutableBuffer { $0[1] = 9 }
    #expect(original.array == [1, 2, 3] && copy.array == [1, 9, 3])
    var view = original.reshaped([3, 1])
    view.add(.full([3, 1], 1), scaledBy: 2)
    #expect(original.array == [1, 2, 3] && view.array == [3, 4, 5])
    #expect(original.address != copy.address)
  }

  @Test func `is written in place when nobody shares it`() {
    var tensor = Tensor(shape: [3], values: [1, 2, 3])
    let before = tensor.address
    tensor.withUnsafeMutableBuffer { $0[0] = 5 }
    #expect(tensor.address == before && tensor.array == [5, 2, 3])
  }

  @Test func `adds to itself`() {
    var tensor = Tensor(shape: [2], values: [1, 2])
    tensor.add(tensor, scaledBy: -0.5)
    #expect(tensor.array == [0.5, 1])
  }

  @Test(arguments: [1, 7, 16, 33])
  func `adds, scales and sums as plain Swift does`(columns: Int) {
    let (x, y) = (randomTensor([5, columns], "x"), randomTensor([5, columns], "y"))
    expectClose((x + y).array, zip(x.array, y.array).map { $0 + $1 })
    expectClose(x.scaled(by: -3).array, x.array.map { -3 * $0 })
    let sums = (0..<columns).map { c in
      (0..<5).reduce(0.0) { $0 + Double(x.array[$1 * columns + c]) }
    }
    expectClose(x.columnSums.array.map(Double.init), sums, relative: 1e-5, absolute: 1e-5)
    expectClose(x.sumOfSquares, x.array.reduce(0) { $0 + Double($1) * Double($1) })
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func `tells numbers from others`(value: Float) {
    #expect(randomTensor([100], "finite").isFinite)
    var tensor = randomTensor([100], "finite")
    tensor.withUnsafeMutableBuffer { $0[99] = value }
    #expect(!tensor.isFinite)
  }
}

/// The product computed by plain loops.
private func plainProduct(_ a: Tensor, _ b: Tensor, _ transposing: Transposition) -> [Double] {
  let m = transposing == .first ? a.columns : a.rows
  let k = transposing == .first ? a.rows : a.columns
  let n = transposing == .second ? b.rows : b.columns
  let (x, y) = (a.array, b.array)
  var result: [Double] = []
  for row in 0..<m {
    for column in 0..<n {
      var sum = 0.0
      for inner in 0..<k {
        let left = transposing == .first ? x[inner * m + row] : x[row * k + inner]
        let right = transposing == .second ? y[column * k + inner] : y[inner * n + column]
        sum += Double(left) * Double(right)
      }
      result.append(sum)
    }
  }
  return result
}

@Suite struct `A product` {
  @Test(
    arguments: [(1, 1, 1), (3, 5, 7), (17, 1, 9), (1, 33, 2), (31, 64, 13), (5, 0, 3)],
    [Transposition.none, .first, .second])
  func `is what plain loops give`(extents: (Int, Int, Int), transposing: Transposition) {
    let (m, k, n) = extents
    let a = randomTensor(transposing == .first ? [k, m] : [m, k], "a")
    let b = randomTensor(transposing == .second ? [n, k] : [k, n], "b")
    let result = product(a, b, transposing: transposing)
    #expect(result.shape == [m, n])
    expectClose(
      result.array.map(Double.init), plainProduct(a, b, transposing), relative: 1e-4,
      absolute: 1e-5)
  }

  @Test func `differs from the product of the transposed, where that exists`() {
    let (a, b) = (randomTensor([4, 4], "a"), randomTensor([4, 4], "b"))
    let results = [Transposition.none, .first, .second].map { product(a, b, transposing: $0).array }
    #expect(Set(results).count == 3)
  }

  @Test func `adds to what is there, from within wider rows`() {
    let (a, b) = (randomTensor([3, 4], "a"), randomTensor([2, 5], "b"))
    var c = Tensor.full([3, 6], 1)
    c.withUnsafeMutableBuffer { out in
      // The first two columns of a times all of b, into columns 0 ..< 5 of c.
      multiply(
        a.address, rowStride: 4, b.address, rowStride: 5, into: out.baseAddress!, rowStride: 6,
        m: 3, n: 5, k: 2, scale: 2, accumulating: 1)
    }
    let expected = (0..<18).map { index -> Float in
      let (row, column) = (index / 6, index % 6)
      guard column < 5 else { return 1 }
      return 1 + 2
        * (a.array[row * 4] * b.array[column] + a.array[row * 4 + 1] * b.array[5 + column])
    }
    expectClose(c.array, expected, relative: 1e-4, absolute: 1e-5)
  }
}

@Suite struct `Rows of a tensor` {
  @Test func `come out and go back together`() {
    let tensor = randomTensor([6, 3], "rows")
    #expect(tensor.rows(2..<4).array == Array(tensor.array[6..<12]))
    #expect(tensor.rows(1..<1).shape == [0, 3])
    let parts = [0..<1, 1..<4, 4..<4, 4..<6].map(tensor.rows)
    #expect(Tensor.stacked(parts) == tensor)
    #expect(Tensor.stacked(Array(parts.reversed())) != tensor)
    #expect(Tensor.stacked([]).count == 0)
  }

  @Test func `keep the further extents`() {
    let tensor = randomTensor([4, 2, 3], "deep")
    #expect(tensor.rows(1..<3).shape == [2, 2, 3])
    #expect(tensor.rows(1..<3).array == Array(tensor.array[6..<18]))
  }
}

@Suite struct `Packed sequences` {
  @Test func `lie end to end`() {
    let sequences = Ragged([3, 1, 5])
    #expect((sequences.count, sequences.rows) == (3, 9))
    #expect(sequences.offsets == [0, 3, 4, 9])
    #expect((Ragged([]).count, Ragged([]).rows) == (0, 0))
    #expect(sequences != Ragged([3, 5, 1]))
  }
}
