// Normally distributed numbers.
import Foundation

extension RandomStream {
  /// Returns a standard normal number by Marsaglia's polar method. The second number of each pair
  /// is discarded, so a draw depends on nothing but the stream's state.
  package mutating func normal() -> Double {
    while true {
      let x = uniform(-1, 1)
      let y = uniform(-1, 1)
      let square = x * x + y * y
      if square > 0, square < 1 { return x * (-2 * log(square) / square).squareRoot() }
    }
  }
}
