// Nonsense syllables of a consonant and a vowel, as a sequence of targets for the vocal tract. They
// belong to no language.
import Randomness

/// A stretch of speech with one target posture of the vocal tract.
struct Segment: Sendable {
  /// Seconds at an ordinary speaking rate.
  let duration: Double
  /// Amplitude of the voice, 0 to 1.
  let voice: Double
  /// Amplitude of the noise of a constriction, 0 to 1, and its frequency in hertz.
  let friction: Double
  let frictionFrequency: Double
  /// The first three formants of a man, in hertz.
  let formants: [Double]
  /// The syllable it belongs to, from 0.
  let syllable: Int
}

/// Average formants of American men's vowels, in hertz (Peterson & Barney 1952, table II).
private let vowels: [[Double]] = [
  [270, 2290, 3010], [390, 1990, 2550], [530, 1840, 2480], [660, 1720, 2410], [730, 1090, 2440],
  [570, 840, 2410], [440, 1020, 2240], [300, 870, 2240], [640, 1190, 2390],
]

private enum Consonant: CaseIterable { case stop, fricative, nasal, approximant }

/// Draws `count` syllables.
func syllables(_ count: Int, from random: inout RandomStream) -> [Segment] {
  var segments: [Segment] = []
  for syllable in 0..<count {
    let vowel = vowels[random.integer(below: vowels.count)]
    // The second formant of a consonant depends on the position of the tongue.
    let place = random.uniform(900, 2200)
    let consonant = Consonant.allCases[random.integer(below: Consonant.allCases.count)]
    func add(_ duration: Double, voice: Double, friction: Double, _ formants: [Double]) {
      segments.append(
        Segment(
          duration: duration, voice: voice, friction: friction,
          frictionFrequency: 1.9 * place + 800,
          formants: formants, syllable: syllable))
    }
    let closed = [250, place, 2500]
    switch consonant {
    case .stop:
      add(0.055, voice: 0, friction: 0, closed)
      add(0.012, voice: 0, friction: 0.5, closed)
    case .fricative: add(0.085, voice: 0, friction: 0.25, closed)
    case .nasal: add(0.065, voice: 0.3, friction: 0, [260, 1100, 2300])
    case .approximant: add(0.06, voice: 0.6, friction: 0, [320, place, 2400])
    }
    add(random.uniform(0.11, 0.17), voice: 1, friction: 0, vowel)
  }
  return segments
}
