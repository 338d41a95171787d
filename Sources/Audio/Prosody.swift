// Loudness, pitch and voicing of each frame, in addition to the log-mel bands. Every frame is
// analysed alone, without tracking over time, so that a change of some samples affects few frames.
import CKernels
import Foundation
import Fourier
package import Settings

/// Three features per frame. Frames have the centres of `LogMel`.
///
/// 0. log energy: `ln(floor + mean of (hann · x)²)` over the pitch window;
/// 1. log F0: `ln(F0 / 150 Hz)` if the frame is voiced, else 0;
/// 2. voicing strength in [0, 1]: the height of the peak that gave F0.
///
/// F0 comes from McLeod & Wyvill, "A Smarter Way to Find Pitch" (ICMC 2005): in the normalised
/// square difference function `2 Σ x_j x_{j+τ} / Σ (x_j² + x_{j+τ}²)` (their eq. 9), the first peak
/// of at least 0.9 times the highest gives the period, refined by a parabola. The mean of the
/// window is removed first. A frame is voiced if the peak reaches the threshold in the settings.
package struct Prosody: Sendable {
  /// The number of features per frame.
  package static let features = 3
  /// The reference of log F0 in Hz, between the voices of men and women. Our choice.
  package static let referencePitch = 150.0
  /// The first peak this close to the highest wins, which avoids octave errors (McLeod's k).
  private static let peakShare: Float = 0.9

  /// The number of samples in the pitch window.
  package let window: Int
  private let hop: Int
  private let sampleRate: Double
  private let floor: Float
  private let threshold: Float
  /// The range of periods to search, in samples.
  private let lags: ClosedRange<Int>
  private let plan: FFTPlan
  private let hann: [Float]

  /// Prepares the analysis of recordings at `sampleRate`, in Hz.
  package init(settings: FeatureSettings, sampleRate: Int) {
    let rate = Double(sampleRate)
    self.sampleRate = rate
    hop = Int((settings.hop * rate / 1000).rounded())
    window = Int((settings.pitchWindow * rate / 1000).rounded())
    floor = Float(settings.floor)
    threshold = Float(settings.voicingThreshold)
    let shortest = Int(settings.shortestPeriod(atRate: rate))
    let longest = Int(settings.longestPeriod(atRate: rate))
    precondition(
      shortest >= 2 && longest > shortest && window > longest + 2,
      "periods of \(shortest) to \(longest) samples do not fit a pitch window of \(window)")
    lags = shortest...longest
    var length = 4
    while length < window + longest + 2 { length *= 2 }
    plan = FFTPlan(length: length)
    hann = hannWindow(window)
  }

  /// Writes three columns of the given frames, starting at `out`. The arguments are those of
  /// `LogMel.compute`.
  func compute(
    _ samples: UnsafeBufferPointer<Float>, frames: Range<Int>,
    into out: UnsafeMutablePointer<Float>,
    stride: Int
  ) {
    let scratch = FFTScratch(length: plan.length)
    let edge = FloatBuffer(count: window)
    let centred = FloatBuffer(count: window)
    let similarity = FloatBuffer(count: lags.upperBound + 2)
    for frame in frames {
      let start = frame * hop - window / 2
      let source = lendWindow(of: samples, at: start, count: window, edge: edge)
      let row = out + frame * stride
      row[0] = log(floor + reprise_windowed_energy(source, hann, window) / Float(window))
      let mean = reprise_window_sum(source, window) / Float(window)
      let energy = reprise_centre(source, mean, window, centred.pointer)
      // Far below one step of 16-bit audio there is only rounding.
      guard energy > Float(window) * 1e-12 else {
        (row[1], row[2]) = (0, 0)
        continue
      }
      computeSimilarity(
        of: centred.pointer, energy: Double(energy), scratch, into: similarity.pointer)
      let peak = bestPeak(similarity.pointer)
      row[2] = min(1, max(0, peak.height))
      row[1] =
        peak.height >= threshold
        ? Float(log(sampleRate / peak.lag / Self.referencePitch)) : 0
    }
  }

  /// Writes the normalised square difference for every lag up to one more than the longest.
  ///
  /// The autocorrelation is the inverse transform of the power spectrum. The power spectrum is
  /// even, so a second forward transform gives the same: its real part, divided by n.
  private func computeSimilarity(
    of centred: UnsafeMutablePointer<Float>, energy: Double, _ scratch: borrowing FFTScratch,
    into out: UnsafeMutablePointer<Float>
  ) {
    let n = plan.length
    scratch.signal.update(from: centred, count: window)
    (scratch.signal + window).update(repeating: 0, count: n - window)
    plan.transform(scratch)
    scratch.computePower()
    scratch.signal.update(from: scratch.power, count: n / 2 + 1)
    let end = scratch.signal + n
    for bin in 1..<n / 2 { end[-bin] = scratch.power[bin] }
    plan.transform(scratch)
    // Σ (x_j² + x_{j+τ}²) loses two squares with each further lag.
    var energies = 2 * energy
    out[0] = Float(energies)
    for lag in 1...lags.upperBound + 1 {
      let (head, tail) = (Double(centred[lag - 1]), Double(centred[window - lag]))
      energies -= head * head + tail * tail
      out[lag] = Float(energies)
    }
    // If almost none of the window's energy is left, the quotient consists of rounding.
    let scale = 2 / Float(n)
    let least = Float(1e-4 * energy)
    for lag in 0..<lags.upperBound + 2 {
      out[lag] = out[lag] > least ? scratch.real[lag] * scale / out[lag] : 0
    }
  }

  /// Returns the first high peak, refined by a parabola.
  ///
  /// Peaks count only after the function first falls below zero, because earlier ones belong to lag
  /// 0. Of the peaks between two falls only the highest counts (McLeod's key maxima).
  private func bestPeak(_ similarity: UnsafeMutablePointer<Float>) -> (lag: Double, height: Float) {
    var keys = [Int]()
    var hasFallen = false
    var isNewRun = false
    for lag in 1...lags.upperBound {
      if similarity[lag] < 0 {
        (hasFallen, isNewRun) = (true, true)
      } else if hasFallen, lag >= lags.lowerBound, similarity[lag] >= similarity[lag - 1],
        similarity[lag] > similarity[lag + 1]
      {
        if isNewRun {
          keys.append(lag)
          isNewRun = false
        } else if similarity[lag] > similarity[keys[keys.count - 1]] {
          keys[keys.count - 1] = lag
        }
      }
    }
    let highest = keys.reduce(Float(0)) { max($0, similarity[$1]) }
    guard let lag = keys.first(where: { similarity[$0] >= Self.peakShare * highest }) else {
      return (Double(lags.upperBound), 0)
    }
    let (left, middle, right) = (similarity[lag - 1], similarity[lag], similarity[lag + 1])
    let bend = left - 2 * middle + right
    let shift = bend < 0 ? 0.5 * (left - right) / bend : 0
    return (Double(lag) + Double(shift), middle - 0.25 * (left - right) * shift)
  }
}
