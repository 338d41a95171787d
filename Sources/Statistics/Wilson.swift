// The interval of a share of independent units.
import Foundation

/// Returns Wilson's score interval of a share.
///
///     (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)
///
/// It stays within 0…1, and it has a length even if all units, or none, are right.
///
/// The units may be right in part, such as an utterance that two of three seeds get right. Of all
/// values in 0…1 with mean p, zeros and ones vary most: their variance is p(1-p). So such units
/// vary no more than the interval assumes.
///
/// - Parameters:
///   - share: p, the mean over the units, 0…1.
///   - units: n. Several seeds on one utterance are one unit.
/// - Returns: nil without units, or for a share outside 0…1.
///
/// Source: Wilson 1927 (JASA 22:209); the bound on the variance: Bhatia & Davis 2000 (Amer. Math.
/// Monthly 107:353).
package func wilsonInterval(
  share: Double, units: Int, level: Double = 0.95
) -> Estimate.Interval? {
  guard units > 0, (0...1).contains(share) else { return nil }
  let n = Double(units)
  let z = StudentT.normal.quantile((1 + level) / 2)
  let centre = share + z * z / (2 * n)
  let half = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
  let scale = 1 + z * z / n
  return Estimate.Interval(
    lower: max(0, (centre - half) / scale), upper: min(1, (centre + half) / scale), level: level)
}
