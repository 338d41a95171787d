// Seeded input data with the general shape of speech. They contain no recorded voice.
import Foundation
import Randomness
import Tensors

/// Returns a tensor of standard normal numbers that depends only on its name and shape.
func noise(_ shape: [Int], _ name: String) -> Tensor {
  var stream = RandomStream(seed: 8).split(name)
  return Tensor(
    shape: shape, values: (0..<shape.reduce(1, *)).map { _ in Float(stream.normal()) })
}

/// Returns a SYNTHETIC voice, full scale ±1: a pulse train with a wandering pitch and a little
/// noise. Its loudness rises and falls four times a second.
///
/// - Parameters:
///   - samples: the number of samples.
///   - sampleRate: Hz.
func voice(samples: Int, sampleRate: Int, _ name: String) -> [Float] {
  var stream = RandomStream(seed: 9).split(name)
  let rate = Double(sampleRate)
  let pitch = stream.uniform(90, 240)
  let (wander, start) = (stream.uniform(0.5, 2), stream.uniform(0, 6))
  var phase = 0.0
  return (0..<samples).map { index in
    let time = Double(index) / rate
    phase += pitch * (1 + 0.15 * sin(wander * time + start)) / rate
    let loudness = 0.06 + 0.24 * pow(sin(2 * .pi * 2 * time + start), 2)
    // A sawtooth has all harmonics, falling by 6 dB per octave.
    let pulse = 2 * (phase - phase.rounded(.down)) - 1
    return Float(loudness * pulse + 0.004 * (stream.uniform() - 0.5))
  }
}
