// The vocal folds: a slightly irregular pulse train with breath noise.
import Foundation
import Randomness

/// Rosenberg's pulse (1971, JASA 49, type C), differentiated, with tilted high frequencies.
///
///     flow(φ) = ½ (1 − cos(πφ/r))           opening, φ < r
///     flow(φ) = cos(π(φ − r) / (2(c − r)))   closing, r ≤ φ < c
///     flow(φ) = 0                            closed
struct GlottalSource {
  private let sampleRate: Double
  private let rise: Double
  private let close: Double
  private let jitter: Double
  private let breath: Double
  private let lowPass: Double
  private let highBoost: Double
  private var phase = 0.0
  private var periodFactor = 1.0
  private var periodLevel = 1.0
  private var flow = 0.0
  private var low = 0.0
  private var random: RandomStream

  /// - Parameters:
  ///   - cues: jitter, breath and tilt of the utterance.
  ///   - sampleRate: in hertz.
  init(cues: Cues, sampleRate: Double, random: RandomStream) {
    self.sampleRate = sampleRate
    self.random = random
    // A pressed voice closes faster and stays closed longer.
    close = max(0.45, min(0.85, 0.64 - 0.04 * cues.tilt))
    rise = 0.66 * close
    jitter = cues.jitter / 100
    breath = cues.breath
    // A shelf that starts at 700 Hz and spans three octaves.
    lowPass = 1 - exp(-2 * .pi * 700 / sampleRate)
    highBoost = pow(10, 3 * cues.tilt / 20)
  }

  /// Returns the next sample of the source, about ±1.
  mutating func next(pitch: Double) -> Double {
    phase += pitch * periodFactor / sampleRate
    if phase >= 1 {
      phase -= 1
      periodFactor = 1 + jitter * random.normal()
      periodLevel = 1 + 3 * jitter * random.normal()
    }
    let now =
      phase < rise
      ? 0.5 * (1 - cos(.pi * phase / rise))
      : phase < close ? cos(.pi * (phase - rise) / (2 * (close - rise))) : 0
    // The derivative per period, so that its size does not depend on pitch or sampling rate.
    let slope = (now - flow) * sampleRate / pitch * 0.1
    flow = now
    let noise = random.uniform(-1, 1) * breath * (0.4 + now) * 6
    let source = slope * periodLevel + noise
    low += lowPass * (source - low)
    return low + highBoost * (source - low)
  }
}
