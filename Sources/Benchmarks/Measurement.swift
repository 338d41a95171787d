// The results of a measurement: times, and figures derived from them.
import Foundation
import Statistics

/// One workload at one size, measured in its own process.
package struct Measurement: Codable, Sendable, Equatable {
  package let workload: String
  package let size: Int
  package let threads: Int
  /// The time of each repeat, in order.
  package let seconds: [Double]
  /// The time of the calibration kernel right after each repeat.
  package let calibrations: [Double]
  /// The work of one repeat, in `unit`.
  package let amount: Double
  package let unit: String
  /// The floating-point operations of one repeat, or nil if they are not counted.
  package let operations: Double?
  /// The least number of bytes that one repeat moves, or nil if it is not counted.
  package let bytes: Double?
  /// The greatest growth of the process's memory after preparation, in bytes.
  package let peakGrowth: Int
  /// The process's peak memory, in bytes.
  package let peakMemory: Int
  /// The best performance of the machine, measured afterwards in the same process.
  package let limits: PhysicalLimits

  /// The time of a repeat, in seconds.
  package var time: Spread { Spread(seconds) }
  /// The work per second, in `unit`.
  package var throughput: Double { amount / time.median }
  /// 10⁹ floating-point operations per second.
  package var gigaflops: Double? { operations.map { $0 / time.median / 1e9 } }
  /// 10⁹ bytes per second.
  package var gigabytes: Double? { bytes.map { $0 / time.median / 1e9 } }
  /// The share of the machine's best performance: of its matrix products if operations are counted,
  /// otherwise of its memory bandwidth.
  package var shareOfLimit: Double? {
    gigaflops.map { $0 / limits.gigaflops } ?? gigabytes.map { $0 / limits.gigabytes }
  }
  /// The time of a repeat relative to the calibration kernel beside it. A slowdown of the machine
  /// affects both.
  package var relativeCost: Spread { Spread(zip(seconds, calibrations).map { $0 / $1 }) }
}

/// The distribution of repeated figures.
package struct Spread: Codable, Sendable, Equatable {
  package let least: Double
  package let lowerQuartile: Double
  package let median: Double
  package let upperQuartile: Double
  package let greatest: Double

  /// - Precondition: there is at least one value.
  package init(_ values: [Double]) {
    precondition(!values.isEmpty, "a spread of 0 values, needs at least 1")
    let sorted = values.sorted()
    let middle = percentileInterval(sorted, level: 0.5)
    (least, greatest) = (sorted[0], sorted[sorted.count - 1])
    (lowerQuartile, upperQuartile) = (middle.lower, middle.upper)
    median = percentileInterval(sorted, level: 0).lower
  }
}

/// The growth of cost with size: the least-squares slope g of log time over log size, time ∝
/// size^g.
///
/// - Returns: nil for fewer than two sizes.
package func growth(sizes: [Int], seconds: [Double]) -> Double? {
  precondition(sizes.count == seconds.count, "\(sizes.count) sizes, \(seconds.count) times")
  guard Set(sizes).count > 1 else { return nil }
  let x = sizes.map { log(Double($0)) }
  let y = seconds.map { log($0) }
  let (mx, my) = (x.reduce(0, +) / Double(x.count), y.reduce(0, +) / Double(y.count))
  let covariance = zip(x, y).reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) }
  return covariance / x.reduce(0) { $0 + ($1 - mx) * ($1 - mx) }
}
