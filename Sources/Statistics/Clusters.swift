// Inference from few speakers. The unit is the cluster (speaker, session), never the utterance,
// because utterances of one speaker are alike. Figures are recomputed from whole clusters each
// time, because UA and F1 are not sums over utterances.
package import Randomness

/// A figure computed from clusters with weights `[G]`; nil if the figure is undefined, such as UA
/// without utterances.
package typealias ClusterStatistic = (_ weights: [Int]) -> Double?

/// Returns a figure with its delete-one-cluster jackknife interval.
///
///     se² = (G-1)/G Σ_g (θ₍g₎ - mean θ₍·₎)²,   θ ± t(G-1) · se
///
/// θ₍g₎ is the figure without cluster g. The interval is deterministic and suits few clusters.
///
/// - Parameters:
///   - clusters: G.
///   - unit: the kind of cluster for the method's name, such as "speaker".
/// - Returns: an estimate, without interval if G < 2; nil if the figure is undefined.
///
/// Source: Efron & Tibshirani 1993, §11; t(G-1) as in Cameron & Miller 2015, §VI.
package func jackknife(
  clusters: Int, unit: String, level: Double = 0.95, _ statistic: ClusterStatistic
) -> Estimate? {
  let found = jackknifed(clusters: clusters, statistic)
  guard let value = found.value else { return nil }
  let method = "delete-one-\(unit) jackknife, t(\(clusters - 1))"
  return found.estimate?.estimate(level: level, method: method)
    ?? Estimate(value: value, interval: nil, method: method)
}

/// Returns a figure with the same interval, from the figures without each cluster.
///
/// - Parameters:
///   - whole: the figure of all clusters.
///   - parts: the figure without each cluster; nil if it is undefined.
package func jackknife(
  whole: Double, unit: String, level: Double = 0.95, without parts: [Double?]
) -> Estimate {
  let method = "delete-one-\(unit) jackknife, t(\(parts.count - 1))"
  return jackknifed(whole, without: parts)?.estimate(level: level, method: method)
    ?? Estimate(value: whole, interval: nil, method: method)
}

/// The figure, and the figure with its jackknife error if each cluster can be left out.
private func jackknifed(
  clusters: Int, _ statistic: ClusterStatistic
) -> (value: Double?, estimate: TEstimate?) {
  let weights = [Int](repeating: 1, count: clusters)
  guard let whole = statistic(weights) else { return (nil, nil) }
  let parts = (0..<clusters).map { omitted in
    var part = weights
    part[omitted] = 0
    return statistic(part)
  }
  return (whole, jackknifed(whole, without: parts))
}

/// The figure with its jackknife error; nil if a part is undefined or G < 2.
private func jackknifed(_ whole: Double, without parts: [Double?]) -> TEstimate? {
  let known = parts.compactMap(\.self)
  guard parts.count > 1, known.count == parts.count, let variance = moments(known).variance else {
    return nil
  }
  let g = Double(parts.count)
  let error = ((g - 1) * (g - 1) / g * variance).squareRoot()
  return TEstimate(value: whole, standardError: error, degreesOfFreedom: g - 1)
}

/// Returns the difference of two figures of the same clusters, with its p.
///
/// Leaving a cluster out changes both figures, so what they share cancels. A cluster may also have
/// only one of the two.
///
/// - Parameter difference: the first figure minus the second.
/// - Returns: nil if the difference is undefined; no p without an interval.
package func pairedDifference(
  clusters: Int, unit: String, level: Double = 0.95, _ difference: ClusterStatistic
) -> (difference: Estimate, p: Double?)? {
  let found = jackknifed(clusters: clusters, difference)
  guard let value = found.value else { return nil }
  let method = "paired delete-one-\(unit) jackknife, t(\(clusters - 1))"
  return (
    found.estimate?.estimate(level: level, method: method)
      ?? Estimate(value: value, interval: nil, method: method),
    found.estimate?.p
  )
}

/// Returns the difference of two figures of different clusters, with its p.
///
///     se² = se₁² + se₂²,   ν = se⁴ / (se₁⁴ / (G₁-1) + se₂⁴ / (G₂-1))
///
/// Each se is that of a delete-one-cluster jackknife over its own clusters.
///
/// - Returns: nil if a figure is undefined; no p without an interval.
///
/// Source: Welch 1947, with jackknife errors.
package func unpairedDifference(
  _ first: (clusters: Int, statistic: ClusterStatistic),
  _ second: (clusters: Int, statistic: ClusterStatistic), unit: String, level: Double = 0.95
) -> (difference: Estimate, p: Double?)? {
  let a = jackknifed(clusters: first.clusters, first.statistic)
  let b = jackknifed(clusters: second.clusters, second.statistic)
  guard let x = a.value, let y = b.value else { return nil }
  let method = "delete-one-\(unit) jackknife on either side, Welch"
  guard let a = a.estimate, let b = b.estimate else {
    return (Estimate(value: x - y, interval: nil, method: method), nil)
  }
  let (u, v) = (a.standardError * a.standardError, b.standardError * b.standardError)
  let spread = u * u / a.degreesOfFreedom + v * v / b.degreesOfFreedom
  let joint = TEstimate(
    value: x - y, standardError: (u + v).squareRoot(),
    degreesOfFreedom: spread > 0
      ? (u + v) * (u + v) / spread : a.degreesOfFreedom + b.degreesOfFreedom)
  return (joint.estimate(level: level, method: method), joint.p)
}

/// Draws `clusters` clusters with replacement, `resamples` times.
///
/// For a paired comparison, pass the difference as the figure: both systems then see the same
/// resample.
///
/// - Returns: the figures in ascending order, and the number of resamples without one.
///
/// Source: Poh & Bengio 2007. Utterances within a cluster are not resampled.
package func clusterBootstrap(
  clusters: Int, resamples: Int, random: RandomStream, _ statistic: ClusterStatistic
) -> (values: [Double], undefined: Int) {
  var random = random
  let values = (0..<resamples).compactMap { _ in
    var weights = [Int](repeating: 0, count: clusters)
    for _ in 0..<clusters { weights[random.integer(below: clusters)] += 1 }
    return statistic(weights)
  }
  return (values.sorted(), resamples - values.count)
}

/// Returns the percentile interval of ascending `values`, with linear interpolation between order
/// statistics (NumPy's default, Hyndman & Fan 1996, type 7).
package func percentileInterval(_ values: [Double], level: Double = 0.95) -> Estimate.Interval {
  precondition(!values.isEmpty, "an interval of 0 values, needs at least 1")
  func quantile(_ p: Double) -> Double {
    let place = p * Double(values.count - 1)
    let below = Int(place)
    let above = min(below + 1, values.count - 1)
    return values[below] + (place - Double(below)) * (values[above] - values[below])
  }
  return .init(
    lower: quantile((1 - level) / 2), upper: quantile((1 + level) / 2), level: level)
}
