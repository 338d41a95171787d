// Tests on counts and on lists of p values.
import Foundation

/// McNemar's test on discordant pairs. It is a secondary test for accuracy only, because it assumes
/// independent utterances, and those of one speaker are dependent.
///
/// - Parameters:
///   - onlyFirst: b, utterances that only the first system classifies correctly.
///   - onlySecond: c, utterances that only the second system classifies correctly.
/// - Returns: the mid-p, `2 P(X < min(b,c)) + P(X = min(b,c))` with X ~ Binomial(b+c, ½), at most
///   1.
///
/// Source: Fagerland, Lydersen & Laake 2013 (BMC Med. Res. Methodol. 13:91).
package func mcNemar(onlyFirst: Int, onlySecond: Int) -> TestOutcome {
  precondition(onlyFirst >= 0 && onlySecond >= 0, "counts \(onlyFirst), \(onlySecond)")
  let (n, least) = (onlyFirst + onlySecond, min(onlyFirst, onlySecond))
  func probability(_ k: Int) -> Double { exp(logChoose(n, k) - Double(n) * log(2)) }
  let below = (0..<least).reduce(0) { $0 + probability($1) }
  let p = onlyFirst == onlySecond ? 1 : min(1, 2 * below + probability(least))
  return TestOutcome(
    p: n == 0 ? 1 : p, smallestAttainable: exp(-Double(n) * log(2)),
    method: "McNemar, mid-p, \(onlyFirst) against \(onlySecond) discordant utterances")
}

/// Returns p values adjusted for their number.
///
///     adjusted(i) = max over j ≤ i of (m - j) p(j),  at most 1,  p ascending, j from 0
///
/// Source: Holm 1979; agrees with statsmodels `multipletests(method="holm")`.
package func holm(_ values: [Double]) -> [Double] {
  let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
  var adjusted = values
  var greatest = 0.0
  for (rank, index) in order.enumerated() {
    greatest = max(greatest, Double(values.count - rank) * values[index])
    adjusted[index] = min(1, greatest)
  }
  return adjusted
}

/// Returns the probability that a value of `first` exceeds one of `second`, with ties counted as
/// half: Mann and Whitney's U divided by mn.
///
/// Source: Bouthillier et al. 2021, who recommend it for comparing benchmarks over seeds.
package func probabilityOfSuperiority(_ first: [Double], over second: [Double]) -> Double {
  precondition(!first.isEmpty && !second.isEmpty, "no values to compare")
  let wins = first.reduce(0.0) { sum, a in
    sum + second.reduce(0.0) { $0 + (a > $1 ? 1 : a == $1 ? 0.5 : 0) }
  }
  return wins / Double(first.count * second.count)
}
