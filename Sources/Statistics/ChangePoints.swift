// Slow drift: divides a history of scores into stretches of equal mean. Many small losses, each
// within the margin, then show up as one.
import Foundation

/// Returns where the mean of a series changes: the first index of each stretch except the first.
///
/// The cuts minimise this cost exactly, by dynamic programming over all cuts into stretches of at
/// least `shortest` values:
///
///     Σ over stretches Σ (x - mean of stretch)² + penalty · number of cuts
///
/// - Parameters:
///   - values: `[n]`, oldest first.
///   - deviation: standard deviation of a value within its stretch, if known (from seeds). The
///     default estimates it from neighbours' differences, which a few steps hardly change: `median
///     |x(i+1) - x(i)| / (0.6745 √2)`.
///   - penalty: in units of the variance. The default, 3 ln n, makes cuts in pure noise rare;
///     docs/coverage.md lists the rates.
/// - Complexity: O(n²).
///
/// Source: optimal partitioning, Jackson et al. 2005, with a BIC-like penalty. The cuts equal those
/// of ruptures 1.1.10 `Dynp`/`Pelt(model="l2")` in golden/inference.
package func changePoints(
  _ values: [Double], deviation: Double? = nil, penalty: Double? = nil, shortest: Int = 2
) -> [Int] {
  let n = values.count
  guard n >= 2 * shortest else { return [] }
  let deviation = deviation ?? neighbourDeviation(values)
  let cost = (penalty ?? 3 * log(Double(n))) * deviation * deviation
  var (sums, squares) = ([0.0], [0.0])
  let offset = values.reduce(0, +) / Double(n)
  for value in values.map({ $0 - offset }) {
    sums.append((sums.last ?? 0) + value)
    squares.append((squares.last ?? 0) + value * value)
  }
  func spread(_ from: Int, _ to: Int) -> Double {
    let sum = sums[to] - sums[from]
    return max(0, squares[to] - squares[from] - sum * sum / Double(to - from))
  }
  var best = [Double](repeating: .infinity, count: n + 1)
  var start = [Int](repeating: 0, count: n + 1)
  best[0] = -cost
  for end in shortest...n {
    for from in stride(from: 0, through: end - shortest, by: 1) where best[from] < .infinity {
      let total = best[from] + spread(from, end) + cost
      if total < best[end] - 1e-12 * abs(total) { (best[end], start[end]) = (total, from) }
    }
  }
  var (cuts, end) = ([Int](), n)
  while start[end] > 0 {
    end = start[end]
    cuts.append(end)
  }
  return cuts.reversed()
}

private func neighbourDeviation(_ values: [Double]) -> Double {
  let steps = zip(values, values.dropFirst()).map { abs($1 - $0) }.sorted()
  let middle = steps.count / 2
  let median = steps.count % 2 == 1 ? steps[middle] : (steps[middle - 1] + steps[middle]) / 2
  return median / (0.6745 * 2.0.squareRoot())
}
