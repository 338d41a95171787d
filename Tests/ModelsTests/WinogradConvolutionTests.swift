// Oracle: convolutions computed three frames at a time against plain double precision.
import Autograd
import Models
import Randomness
import TestSupport
import Tensors
import Testing

@Suite struct `A convolution of three frames at a time` {
  /// `[O, 3 · C]` and `[6 · count + 1, C]`.
  func factors(c: Int, o: Int, count: Int) -> (rows: Tensor, x: Tensor, bias: Tensor) {
    var random = RandomStream(seed: 7)
    return (
      .random([o, 3 * c], &random), .random([6 * count + 1, c], &random), .random([o], &random)
    )
  }

  func convolved(
    _ rows: Tensor, _ x: Tensor, bias: Tensor?, count: Int, gelu: Bool = false
  ) -> Tensor {
    var y = Tensor(uninitialized: [3 * count, rows.rows])
    WinogradConvolution(rows, threads: 2).convolve(
      x.address, count: count, bias: bias?.address, into: y.ownAddress(), gelu: gelu)
    withExtendedLifetime((x, bias)) {}
    return y
  }

  @Test(arguments: [(1, 1, 1), (5, 7, 2), (16, 33, 13), (300, 20, 9), (64, 64, 80)])
  func `gives the sum over taps and channels`(c: Int, o: Int, count: Int) {
    let (rows, x, bias) = factors(c: c, o: o, count: count)
    let (w, frames) = (rows.array.map(Double.init), x.array.map(Double.init))
    for bias in [nil, bias] {
      let expected = (0..<3 * count * o).map { index in
        (0..<3 * c).reduce(Double(bias?.array[index % o] ?? 0)) {
          $0 + w[index % o * 3 * c + $1] * frames[index / o * 2 * c + $1]
        }
      }
      let result = convolved(rows, x, bias: bias, count: count)
      expectClose(result.array.map(Double.init), expected, relative: 1e-5, absolute: 1e-4)
      let tape = Tape(recording: false)
      let activated = tape.gelu(Variable(constant: result)).value
      let fused = convolved(rows, x, bias: bias, count: count, gelu: true)
      expectClose(fused.array, activated.array, absolute: 1e-5)
    }
  }

  @Test func `has the same bits for three frames wherever they stand`() {
    let (rows, x, bias) = factors(c: 40, o: 50, count: 30)
    let whole = convolved(rows, x, bias: bias, count: 30)
    let part = convolved(rows, x.rows(60..<85), bias: bias, count: 4)
    #expect(part == whole.rows(30..<42))
    #expect(part != whole.rows(31..<43))
  }
}
