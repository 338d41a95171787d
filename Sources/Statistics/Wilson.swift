// The interval of a share, of independent units or of an effective number of them.
import Foundation

/// Returns Wilson's score interval of a share of independent units.
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
/// Source: the bound on the variance: Bhatia & Davis 2000 (Amer. Math. Monthly 107:353).
package func wilsonInterval(
  share: Double, units: Int, level: Double = 0.95
) -> Estimate.Interval? {
  guard units > 0, (0...1).contains(share) else { return nil }
  return wilsonInterval(
    share: share, count: Double(units), quantile: StudentT.normal.quantile((1 + level) / 2),
    level: level)
}

/// Returns Wilson's score interval of a share.
///
///     (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)
///
/// Unlike the interval p ± z·se, it stays between 0 and 1, and it has a length where p is 0 or 1.
///
/// - Parameters:
///   - share: p, 0…1.
///   - count: n > 0. For clustered observations this is the effective number, not always whole.
///   - quantile: z, such as 1.96.
///
/// Source: Wilson 1927 (JASA 22:209); with an effective number as in Franco, Little, Louis & Slud
/// 2019. Agrees with statsmodels `proportion_confint(method="wilson")`.
package func wilsonInterval(
  share: Double, count: Double, quantile: Double, level: Double = 0.95
) -> Estimate.Interval {
  precondition(count > 0, "Wilson's interval of \(count) observations, needs more than 0")
  let weight = quantile * quantile / count
  let centre = (share + weight / 2) / (1 + weight)
  let half =
    (share * (1 - share) * weight + weight * weight / 4).squareRoot() / (1 + weight)
  return .init(lower: max(0, centre - half), upper: min(1, centre + half), level: level)
}
