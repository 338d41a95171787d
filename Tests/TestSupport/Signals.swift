// Signals to transform and measure.
import Foundation

/// A signal between noise and a tone, always the same, within ±0.5.
package func rumble(_ count: Int) -> [Float] {
  (0..<count).map { index in
    let step = Float((index * 7919 + 1) % 1009)
    return step / 1009 - 0.5
  }
}

/// The spectrum of a real signal by definition, in `Double`: real and imaginary parts, n/2 + 1
/// each.
package func naiveSpectrum(of signal: [Float]) -> (real: [Float], imaginary: [Float]) {
  let n = signal.count
  let bins = 0...n / 2
  func sum(_ bin: Int, _ wave: (Double) -> Double) -> Float {
    Float(
      signal.indices.reduce(0.0) {
        $0 + Double(signal[$1]) * wave(2 * .pi * Double(bin * $1 % n) / Double(n))
      })
  }
  return (bins.map { sum($0, cos) }, bins.map { sum($0) { -sin($0) } })
}
