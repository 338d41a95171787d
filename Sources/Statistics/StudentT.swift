// Student's t distribution, and the normal one as its limit.
import Foundation

/// Student's t distribution, location 0, scale 1.
package struct StudentT: Hashable, Sendable {
  /// ν > 0, not necessarily whole; infinite for the normal distribution.
  package let degreesOfFreedom: Double

  package init(degreesOfFreedom: Double) {
    precondition(degreesOfFreedom > 0, "\(degreesOfFreedom) degrees of freedom, needs more than 0")
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The standard normal distribution.
  package static let normal = StudentT(degreesOfFreedom: .infinity)

  /// Returns the probability of a value of at most `t`.
  ///
  ///     P(T ≤ t) = 1 - ½ I(ν/(ν+t²); ν/2, ½)   for t ≥ 0, and 1 - P(T ≤ -t) for t < 0
  package func cumulative(_ t: Double) -> Double { t < 0 ? upperTail(-t) : 1 - upperTail(t) }

  /// Returns the probability of a value beyond ±|t|: the two-sided p.
  package func twoSided(_ t: Double) -> Double { min(1, 2 * upperTail(abs(t))) }

  /// Returns the t that is exceeded with probability 1 - p.
  ///
  /// - Parameter p: between 0 and 1, both excluded.
  ///
  /// Source: Newton steps on `cumulative` within a bracket. They end when the relative step is
  /// below 1e-14.
  package func quantile(_ p: Double) -> Double {
    precondition(p > 0 && p < 1, "quantile of \(p), needs a probability between 0 and 1")
    if p == 0.5 { return 0 }
    if p < 0.5 { return -quantile(1 - p) }
    let tail = 1 - p
    var (low, high) = (0.0, 1.0)
    while upperTail(high) > tail { (low, high) = (high, 2 * high) }
    var t = (low + high) / 2
    for _ in 0..<200 {
      let excess = upperTail(t) - tail
      if excess > 0 { low = t } else { high = t }
      var next = t + excess / density(t)
      if !(next > low && next < high) { next = (low + high) / 2 }
      if abs(next - t) <= 1e-14 * abs(t) { return next }
      t = next
    }
    return t
  }

  /// P(T > t) for t ≥ 0.
  private func upperTail(_ t: Double) -> Double {
    guard degreesOfFreedom.isFinite else { return 0.5 * erfc(t / 2.0.squareRoot()) }
    let ν = degreesOfFreedom
    if t.isInfinite { return 0 }
    // Near 0 the second argument would round to 1. Its complement does not.
    return t * t < 1
      ? 0.5 - 0.5 * incompleteBeta(t * t / (ν + t * t), 0.5, ν / 2)
      : 0.5 * incompleteBeta(ν / (ν + t * t), ν / 2, 0.5)
  }

  private func density(_ t: Double) -> Double {
    guard degreesOfFreedom.isFinite else { return exp(-t * t / 2) / (2 * Double.pi).squareRoot() }
    let ν = degreesOfFreedom
    let scale: Double = lgamma((ν + 1) / 2) - lgamma(ν / 2) - 0.5 * log(ν * Double.pi)
    return exp(scale - (ν + 1) / 2 * log1p(t * t / ν))
  }
}
