// Special functions behind the distributions. golden/inference records their agreement with SciPy.
import Foundation

/// Returns the regularised incomplete beta function.
///
///     I(x; a, b) = ∫₀ˣ t^(a-1) (1-t)^(b-1) dt / B(a, b)
///
/// - Parameters:
///   - x: 0…1.
///   - a: > 0.
///   - b: > 0.
/// - Returns: 0…1, within 1e-13 for a and b up to a few thousand.
///
/// Source: the continued fraction DLMF 8.17.22, evaluated by Lentz's method.
package func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
  precondition((0...1).contains(x) && a > 0 && b > 0, "I(\(x); \(a), \(b)) is not defined")
  if x == 0 || x == 1 { return x }
  // The fraction converges fast on this side of the mean. The other side follows by symmetry.
  if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
  let front = exp(
    lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
  let tiny = 1e-300
  var (c, d) = (1.0, 1 - (a + b) * x / (a + 1))
  d = 1 / (abs(d) < tiny ? tiny : d)
  var fraction = d
  for m in 1...10_000 {
    let step = Double(m)
    for numerator in [
      step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step)),
      -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1)),
    ] {
      d = 1 + numerator * d
      d = 1 / (abs(d) < tiny ? tiny : d)
      c = 1 + numerator / c
      if abs(c) < tiny { c = tiny }
      fraction *= c * d
    }
    if abs(c * d - 1) < 1e-16 { break }
  }
  return front * fraction / a
}

/// Returns the natural logarithm of the number of ways to choose `k` of `n`.
func logChoose(_ n: Int, _ k: Int) -> Double {
  lgamma(Double(n + 1)) - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1))
}
