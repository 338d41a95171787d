// Normally distributed numbers.
import Foundation

extension RandomStream {
  /// Returns a number drawn from the standard normal distribution (Marsaglia's polar method; the
  /// second number of each pair is thrown away, so that a draw has no memory).
  package mutating func normal() -> Double {
    while true {
      let x = uniform(-1, 1)
      let y = uniform(-1, 1)
      let square = x * x + y * y
      if square > 0, square < 1 { return x * (-2 * log(square) / square).squareRoot() }
    }
  }
}
