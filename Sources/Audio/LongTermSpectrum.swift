// The mean spectrum of a whole recording, by which a wrong or a changed sampling rate shows.
import Foundation
import Fourier

/// The mean power spectrum of a recording's frames.
package struct LongTermSpectrum: Sendable {
  /// Power of each bin, from 0 to half the sampling rate; empty for less than one frame.
  package let power: [Double]

  private static let plan = FFTPlan(length: 1_024)

  /// Averages the spectra of frames of 1024 samples, one after the other, under a Hann window.
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
    // A constant offset is no sound.
    sum[0] = 0
    sum[1] = 0
    power = sum
  }

  /// Returns the share of all power that lies above a share of half the sampling rate, 0 to 1; nil
  /// where there is no power.
  package func share(above place: Double) -> Double? {
    let total = power.reduce(0, +)
    guard total > 0 else { return nil }
    return power[Int(place * Double(power.count - 1))...].reduce(0, +) / total
  }

  /// Returns the frequency below which half of the power lies, as a share of half the sampling
  /// rate; nil where there is no power.
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
