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

/// Returns the regularised lower incomplete gamma function.
///
///     P(a, x) = ∫₀ˣ t^(a-1) e^(-t) dt / Γ(a) = x^a e^(-x) Σ_k x^k / Γ(a + k + 1)
///
/// - Parameters:
///   - a: > 0.
///   - x: ≥ 0.
/// - Returns: 0…1, within 1e-13 for a and x up to a few hundred.
///
/// Source: the series DLMF 8.7.1. All of its terms are positive, so none cancels another.
package func incompleteGamma(_ a: Double, _ x: Double) -> Double {
  precondition(a > 0 && x >= 0, "P(\(a), \(x)) is not defined")
  guard x > 0 else { return 0 }
  var term = 1 / a
  var sum = term
  var place = a
  // The terms grow until k = x - a and then fall.
  while term > 1e-17 * sum {
    place += 1
    term *= x / place
    sum += term
    // Beyond x = 700, where the upper tail is far below the smallest number.
    guard sum.isFinite else { return 1 }
  }
  return min(1, exp(a * log(x) - x - lgamma(a) + log(sum)))
}

/// Returns the value that a χ² variable stays below with probability `p`.
///
/// - Parameters:
///   - p: between 0 and 1, both excluded.
///   - degreesOfFreedom: > 0.
package func chiSquareQuantile(_ p: Double, degreesOfFreedom ν: Double) -> Double {
  precondition(p > 0 && p < 1, "quantile of \(p), needs a probability between 0 and 1")
  var (low, high) = (0.0, ν + 1)
  while incompleteGamma(ν / 2, high / 2) < p { high *= 2 }
  // Halving the bracket 100 times leaves neighbouring numbers.
  for _ in 0..<100 {
    let middle = (low + high) / 2
    if incompleteGamma(ν / 2, middle / 2) < p { low = middle } else { high = middle }
  }
  return (low + high) / 2
}

/// Returns the natural logarithm of the number of ways to choose `k` of `n`.
func logChoose(_ n: Int, _ k: Int) -> Double {
  lgamma(Double(n + 1)) - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1))
}
