// The mean and deviation of each feature over the frames of an utterance or a speaker, and the
// scaling with them. Labels are not used.
import Foundation

/// The mean and the deviation of each feature.
package struct Normalization: Sendable, Equatable {
  /// Added to each deviation, so that constant features are not amplified. Our choice.
  package static let guardValue: Float = 1e-3

  package let mean: [Float]
  package let deviation: [Float]

  package init(mean: [Float], deviation: [Float]) {
    precondition(
      mean.count == deviation.count, "\(mean.count) means for \(deviation.count) deviations")
    self.mean = mean
    self.deviation = deviation
  }

  /// Scales frames in place: `x = (x - mean) / (deviation + 1e-3)`.
  ///
  /// - Parameter frames: `[T, columns]`, row-major.
  package func apply(to frames: UnsafeMutableBufferPointer<Float>) {
    let columns = mean.count
    precondition(
      columns > 0 && frames.count.isMultiple(of: columns),
      "\(frames.count) values are no frames of \(columns) features")
    guard let base = frames.baseAddress else { return }
    let factors = deviation.map { 1 / ($0 + Self.guardValue) }
    factors.withUnsafeBufferPointer { factors in
      mean.withUnsafeBufferPointer { mean in
        for frame in 0..<frames.count / columns {
          let row = base + frame * columns
          for column in 0..<columns { row[column] = (row[column] - mean[column]) * factors[column] }
        }
      }
    }
  }
}

/// Accumulates the statistics of frames, block by block.
///
/// The mean and the sum of squared deviations of each block are computed in two passes in `Double`,
/// then merged with the previous blocks by the rule of Chan, Golub & LeVeque (1979). The order of
/// blocks affects the rounding of the last digits, so add them in a fixed order.
package struct NormalizationAccumulator: Sendable {
  private var count = 0.0
  private var mean: [Double]
  private var squares: [Double]

  package init(columns: Int) {
    precondition(columns > 0, "statistics of \(columns) features")
    mean = Array(repeating: 0, count: columns)
    squares = mean
  }

  /// Adds frames, `[T, columns]`, row-major.
  package mutating func add(_ frames: UnsafeBufferPointer<Float>) {
    let columns = mean.count
    precondition(
      frames.count.isMultiple(of: columns),
      "\(frames.count) values are no frames of \(columns) features")
    guard !frames.isEmpty else { return }
    let added = Double(frames.count / columns)
    var blockMean = [Double](repeating: 0, count: columns)
    var blockSquares = blockMean
    for start in stride(from: 0, to: frames.count, by: columns) {
      for column in 0..<columns { blockMean[column] += Double(frames[start + column]) }
    }
    for column in 0..<columns { blockMean[column] /= added }
    for start in stride(from: 0, to: frames.count, by: columns) {
      for column in 0..<columns {
        let difference = Double(frames[start + column]) - blockMean[column]
        blockSquares[column] += difference * difference
      }
    }
    let total = count + added
    for column in 0..<columns {
      let difference = blockMean[column] - mean[column]
      mean[column] += difference * added / total
      squares[column] += blockSquares[column] + difference * difference * count * added / total
    }
    count = total
  }

  /// The mean and the deviation (with divisor n) of all frames so far.
  package var normalization: Normalization {
    precondition(count > 0, "statistics of no frames")
    return Normalization(
      mean: mean.map { Float($0) }, deviation: squares.map { Float(($0 / count).squareRoot()) })
  }
}
