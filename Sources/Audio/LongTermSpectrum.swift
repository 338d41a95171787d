// The mean spectrum of a whole recording. It reveals a wrong or changed sampling rate.
import Foundation
import Fourier

/// The mean power spectrum of a recording's frames.
package struct LongTermSpectrum: Sendable {
  /// The power of each bin, from 0 to half the sampling rate. Empty for less than one frame.
  package let power: [Double]

  private static let plan = FFTPlan(length: 1_024)

  /// Averages the spectra of successive frames of 1024 samples under a Hann window.
  package init(of samples: [Float]) {
    let length = Self.plan.length
    guard samples.count >= length else {
      power = []
      return
    }
    let scratch = FFTScratch(length: length)
    let window = (0..<length).map { 0.5 - 0.5 * cosine(of: Double($0) / Double(length)) }
    var sum = [Double](repeating: 0, count: Self.plan.bins)
    for start in stride(from: 0, through: samples.count - length, by: length) {
      for index in 0..<length { scratch.signal[index] = samples[start + index] * window[index] }
      Self.plan.transform(scratch)
      scratch.computePower()
      for bin in sum.indices { sum[bin] += Double(scratch.power[bin]) }
    }
    // A constant offset is not sound.
    sum[0] = 0
    sum[1] = 0
    power = sum
  }

  /// Returns the share of the power above the given fraction of half the sampling rate, 0 to 1.
  /// Returns nil if there is no power.
  package func share(above place: Double) -> Double? {
    let total = power.reduce(0, +)
    guard total > 0 else { return nil }
    return power[Int(place * Double(power.count - 1))...].reduce(0, +) / total
  }

  /// The frequency below which half of the power lies, as a fraction of half the sampling rate. Nil
  /// if there is no power.
  package var median: Double? {
    let total = power.reduce(0, +)
    guard total > 0 else { return nil }
    var sum = 0.0
    for (bin, value) in power.enumerated() {
      sum += value
      if sum >= total / 2 { return Double(bin) / Double(power.count - 1) }
    }
    return 1
  }
}

private func cosine(of turns: Double) -> Float { Float(cos(2 * Double.pi * turns)) }
