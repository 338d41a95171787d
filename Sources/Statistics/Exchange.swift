// Is there a difference at all? Under the hypothesis of none, the two systems' results of each
// cluster may change places. The p is the share of such arrangements with a difference as large as
// the observed one. It is counted wherever that is possible, and drawn otherwise.
import Foundation
package import Randomness

/// Tests "no difference" of a figure that is a sum over clusters, such as WA or UA.
///
///     θ(s) = Σ_g s_g δ_g,   s_g = ±1,   p = #{s: |θ(s)| ≥ |θ(1…1)|} / 2^G
///
/// Up to 32 clusters, all 2^G arrangements are counted: the clusters are cut into two halves, and
/// the sums of each half are sorted. Beyond, arrangements are drawn, see `drawnShare`.
///
/// - Parameters:
///   - differences: δ, the share of each cluster in A minus B, `[G]`.
///   - unit: the kind of cluster for the method's name, such as "speaker".
/// - Returns: nil without clusters. The smallest p is 2/2^G.
///
/// Source: Horowitz & Sahni 1974 for the two halves; Fisher 1935, §21, for the test.
package func exchangeTest(
  differences: [Double], unit: String, random: RandomStream
) -> TestOutcome? {
  let clusters = differences.count
  guard clusters > 0 else { return nil }
  // Equal sums may differ by rounding.
  let rounding = 1e-12 * differences.reduce(0) { $0 + abs($1) }
  let threshold = abs(differences.reduce(0, +)) - rounding
  guard clusters <= 32 else {
    let bits = 64
    var stream = random
    let drawn = drawnShare {
      var sum = 0.0
      for start in stride(from: 0, to: clusters, by: bits) {
        var word = stream.next()
        for index in start..<min(start + bits, clusters) {
          sum += word & 1 == 1 ? -differences[index] : differences[index]
          word >>= 1
        }
      }
      return abs(sum) >= threshold
    }
    return drawn.outcome("exchange of whole \(unit)s")
  }
  let arrangements = 1 << clusters
  let extreme =
    threshold > 0
    ? pairs(
      signedSums(differences[..<(clusters / 2)]), signedSums(differences[(clusters / 2)...]),
      reaching: threshold) : arrangements
  return TestOutcome(
    p: Double(extreme) / Double(arrangements),
    smallestAttainable: min(1, 2 / Double(arrangements)),
    method: "exchange of whole \(unit)s, all \(arrangements) arrangements")
}

/// The number of pairs, one of each list, whose sum lies at least `threshold` > 0 from zero.
func pairs(_ first: [Double], _ second: [Double], reaching threshold: Double) -> Int {
  // As the first sum grows, more of the second ones reach the threshold with it.
  func above(_ ascending: [Double], _ descending: [Double]) -> Int {
    var (count, reached) = (0, 0)
    for sum in ascending {
      while reached < descending.count, sum + descending[reached] >= threshold { reached += 1 }
      count += reached
    }
    return count
  }
  let (first, second) = (first.sorted(), second.sorted())
  return above(first, second.reversed())
    + above(first.reversed().map { -$0 }, second.map { -$0 })
}

/// The sums of the values with all patterns of signs, `[2^n]`.
private func signedSums(_ values: ArraySlice<Double>) -> [Double] {
  values.reduce(into: [0]) { sums, value in
    sums = sums.map { $0 + value } + sums.map { $0 - value }
  }
}

/// Tests "no difference" by exchanging the two systems in whole clusters, for any figure.
///
/// Up to 16 clusters, all 2^G arrangements are counted. Beyond, arrangements are drawn, see
/// `drawnShare`.
///
/// - Parameter difference: the figure of A minus that of B after exchanging the marked clusters.
/// - Returns: nil if the figure is undefined. The smallest p is 2/2^G.
package func signFlipTest(
  clusters: Int, unit: String, random: RandomStream,
  difference: (_ isExchanged: [Bool]) -> Double?
) -> TestOutcome? {
  guard clusters > 0, let own = difference([Bool](repeating: false, count: clusters)) else {
    return nil
  }
  let threshold = abs(own) * (1 - 1e-12)
  if clusters <= 16 {
    let arrangements = 1 << clusters
    let extreme = (0..<arrangements).count { pattern in
      let value = difference((0..<clusters).map { pattern >> $0 & 1 == 1 })
      return abs(value ?? 0) >= threshold
    }
    return TestOutcome(
      p: Double(extreme) / Double(arrangements),
      smallestAttainable: min(1, 2 / Double(arrangements)),
      method: "exchange of whole \(unit)s, all \(arrangements) arrangements")
  }
  var random = random
  let drawn = drawnShare {
    let bits = (0..<clusters).map { _ in random.next() >> 63 == 1 }
    return abs(difference(bits) ?? 0) >= threshold
  }
  return drawn.outcome("exchange of whole \(unit)s")
}

/// How many drawn arrangements were as extreme as the observed one.
struct DrawnShare {
  let extreme: Int
  let draws: Int

  /// The p with the observed arrangement among the drawn ones:
  ///
  ///     p = (1 + #{|θ*| ≥ |θ|}) / (1 + draws)
  ///
  /// Source: Phipson & Smyth 2010.
  func outcome(_ method: String, smallest: Double = 0) -> TestOutcome {
    TestOutcome(
      p: Double(1 + extreme) / Double(1 + draws),
      smallestAttainable: max(smallest, 1 / Double(1 + draws)),
      method: "\(method), \(draws) drawn arrangements")
  }
}

/// Draws 20 000 arrangements, and 1 000 000 if the share of extreme ones is at most 0.2. The
/// standard error of a p of 0.05 is then 0.0002.
func drawnShare(_ isExtreme: () -> Bool) -> DrawnShare {
  let (few, many) = (20_000, 1_000_000)
  var extreme = (0..<few).count { _ in isExtreme() }
  guard Double(extreme) <= 0.2 * Double(few) else {
    return DrawnShare(extreme: extreme, draws: few)
  }
  extreme += (few..<many).count { _ in isExtreme() }
  return DrawnShare(extreme: extreme, draws: many)
}
