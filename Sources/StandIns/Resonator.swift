// One formant.
import Foundation

/// A two-pole resonator with unit gain at zero frequency (Klatt 1980, JASA 67, equation 1).
///
///     y[n] = a·x[n] + b·y[n−1] + c·y[n−2]
struct Resonator {
  private var a = 1.0
  private var b = 0.0
  private var c = 0.0
  private var last = 0.0
  private var beforeLast = 0.0

  /// Sets the resonator's frequency and bandwidth.
  ///
  /// - Parameters:
  ///   - frequency: in hertz, below half the sample rate.
  ///   - bandwidth: in hertz.
  mutating func tune(frequency: Double, bandwidth: Double, sampleRate: Double) {
    c = -exp(-2 * .pi * bandwidth / sampleRate)
    b = 2 * exp(-.pi * bandwidth / sampleRate) * cos(2 * .pi * frequency / sampleRate)
    a = 1 - b - c
  }

  /// Returns the response to the next sample.
  mutating func response(to sample: Double) -> Double {
    let now = a * sample + b * last + c * beforeLast
    beforeLast = last
    last = now
    return now
  }
}
