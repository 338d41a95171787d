// What a measurement found: times, and what they mean.
import Foundation
import Statistics

/// One workload in one size, measured in a process of its own.
package struct Measurement: Codable, Sendable, Equatable {
  package let workload: String
  package let size: Int
  package let threads: Int
  /// Of each repeat, in order.
  package let seconds: [Double]
  /// Of the calibration kernel right after each repeat.
  package let calibrations: [Double]
  /// What one repeat does, in `unit`.
  package let amount: Double
  package let unit: String
  /// Floating-point operations of one repeat; nil where they are not counted.
  package let operations: Double?
  /// Bytes that one repeat moves at least; nil where they are not counted.
  package let bytes: Double?
  /// By how many bytes the process grew at most beyond what it held when everything was ready.
  package let peakGrowth: Int
  /// The most bytes of memory that the process ever held.
  package let peakMemory: Int
  /// What the machine did at best, in the same process, afterwards.
  package let limits: PhysicalLimits

  /// Seconds of a repeat.
  package var time: Spread { Spread(seconds) }
  /// What is done in a second, in `unit`.
  package var throughput: Double { amount / time.median }
  /// 10⁹ floating-point operations in a second.
  package var gigaflops: Double? { operations.map { $0 / time.median / 1e9 } }
  /// 10⁹ bytes in a second.
  package var gigabytes: Double? { bytes.map { $0 / time.median / 1e9 } }
  /// How much of what the machine can do is reached: of its matrix products where operations are
  /// counted, else of its memory.
  package var shareOfLimit: Double? {
    gigaflops.map { $0 / limits.gigaflops } ?? gigabytes.map { $0 / limits.gigabytes }
  }
  /// How long a repeat takes in times of the calibration kernel that ran beside it. A machine that
  /// is slowed down slows both.
  package var relativeCost: Spread { Spread(zip(seconds, calibrations).map { $0 / $1 }) }
}

/// How repeated figures lie.
package struct Spread: Codable, Sendable, Equatable {
  package let least: Double
  package let lowerQuartile: Double
  package let median: Double
  package let upperQuartile: Double
  package let greatest: Double

  /// - Precondition: there is a value.
  package init(_ values: [Double]) {
    precondition(!values.isEmpty, "a spread of 0 values, needs at least 1")
    let sorted = values.sorted()
    let middle = percentileInterval(sorted, level: 0.5)
    (least, greatest) = (sorted[0], sorted[sorted.count - 1])
    (lowerQuartile, upperQuartile) = (middle.lower, middle.upper)
    median = percentileInterval(sorted, level: 0).lower
  }
}

/// How cost grows with size: the slope g of log time over log size by least squares, time ∝ size^g.
///
/// - Returns: nil with less than two sizes.
package func growth(sizes: [Int], seconds: [Double]) -> Double? {
  precondition(sizes.count == seconds.count, "\(sizes.count) sizes, \(seconds.count) times")
  guard Set(sizes).count > 1 else { return nil }
  let x = sizes.map { log(Double($0)) }
  let y = seconds.map { log($0) }
  let (mx, my) = (x.reduce(0, +) / Double(x.count), y.reduce(0, +) / Double(y.count))
  let covariance = zip(x, y).reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) }
  return covariance / x.reduce(0) { $0 + ($1 - mx) * ($1 - mx) }
}
