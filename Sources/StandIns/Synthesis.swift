// Synthesises an utterance from text, speaker and cues, with source and filter.
import Foundation
import Randomness

/// Returns an utterance as samples with full scale ±1, surrounded by a little room noise.
///
/// - Parameters:
///   - text: the syllables, see `syllables(_:from:)`.
///   - speaker: the voice. Its noise lies under everything.
///   - cues: the manner of speaking.
///   - sampleRate: in hertz, at least 16000.
func speech(
  _ text: [Segment], by speaker: Speaker, cues: Cues, sampleRate: Int, from stream: RandomStream
) -> [Float] {
  let rate = Double(sampleRate)
  let tempo = exp(cues.tempo)
  var random = stream.split("prosody")
  let lead = random.uniform(0.05, 0.12)
  let spoken = text.reduce(0) { $0 + $1.duration } / tempo
  let tail = random.uniform(0.08, 0.15)
  let accents = (0...(text.last?.syllable ?? 0)).map { _ in random.uniform(-1, 1) }
  let quaver = random.uniform(5.2, 6.8)

  let step = max(1, sampleRate / 500)  // postures move every 2 ms
  var source = GlottalSource(cues: cues, sampleRate: rate, random: stream.split("glottis"))
  var tract = VocalTract(speaker: speaker, shift: 1 + cues.formants / 100, sampleRate: rate)
  var noise = stream.split("noise")
  var posture = Posture(text.first)
  var accent = 0.0
  var segment = 0
  var segmentEnd = (text.first?.duration ?? 0) / tempo
  var samples = [Double](repeating: 0, count: Int((lead + spoken + tail) * rate))
  let start = Int(lead * rate)
  let end = start + Int(spoken * rate)

  var index = start
  while index < samples.count {
    let time = Double(index - start) / rate
    while time >= segmentEnd, segment + 1 < text.count {
      segment += 1
      segmentEnd += text[segment].duration / tempo
    }
    posture.approach(text[segment], silent: index >= end, step: Double(step) / rate)
    accent += (accents[text[segment].syllable] - accent) * 0.04
    let progress = min(1, time / spoken) - 0.5
    let semitones =
      cues.pitch + cues.slope * progress + cues.range * accent
      + cues.tremor * sin(2 * .pi * quaver * time)
    let pitch = max(45, min(600, speaker.pitch * exp2(semitones / 12)))
    tract.tune(posture)
    for place in index..<min(index + step, samples.count) {
      let voiced = posture.voice * source.next(pitch: pitch)
      samples[place] = tract.sound(voiced, hiss: posture.friction * noise.uniform(-1, 1))
    }
    index += step
  }
  return recorded(samples, level: -24 + cues.loudness + speaker.level, noise: speaker.noise, &noise)
}

/// Scales speech to a level (RMS, in decibels of full scale), adds room noise, and limits the peaks
/// to full scale.
private func recorded(
  _ samples: [Double], level: Double, noise: Double, _ random: inout RandomStream
) -> [Float] {
  let power = samples.reduce(0) { $0 + $1 * $1 } / Double(max(1, samples.count))
  let peak = samples.reduce(1e-9) { max($0, abs($1)) }
  let gain = min(pow(10, level / 20) / max(1e-9, power.squareRoot()), 0.95 / peak)
  let hiss = pow(10, noise / 20) * 3.0.squareRoot()
  return samples.map { Float(max(-0.99, min(0.99, $0 * gain + hiss * random.uniform(-1, 1)))) }
}

/// The current state of the articulators between targets.
private struct Posture {
  var voice = 0.0
  var friction = 0.0
  var frictionFrequency = 3000.0
  var formants: [Double]

  init(_ first: Segment?) { formants = first?.formants ?? [500, 1500, 2500] }

  /// Moves towards a segment's targets for `step` seconds. The time constant is 25 ms for the
  /// tongue, 12 ms for the voice and 4 ms for a constriction.
  mutating func approach(_ target: Segment, silent: Bool, step: Double) {
    voice += ((silent ? 0 : target.voice) - voice) * (1 - exp(-step / 0.012))
    friction += ((silent ? 0 : target.friction) - friction) * (1 - exp(-step / 0.004))
    if target.friction > 0 { frictionFrequency = target.frictionFrequency }
    for index in formants.indices {
      formants[index] += (target.formants[index] - formants[index]) * (1 - exp(-step / 0.025))
    }
  }
}

/// Five formants in series, and one for the noise of a constriction.
private struct VocalTract {
  private let factor: Double
  private let sampleRate: Double
  private var formants = [Resonator](repeating: Resonator(), count: 5)
  private var constriction = Resonator()

  init(speaker: Speaker, shift: Double, sampleRate: Double) {
    factor = speaker.tract * shift
    self.sampleRate = sampleRate
    formants[3].tune(frequency: 3500 * factor, bandwidth: 200, sampleRate: sampleRate)
    formants[4].tune(frequency: 4500 * factor, bandwidth: 260, sampleRate: sampleRate)
  }

  mutating func tune(_ posture: Posture) {
    for (index, bandwidth) in [70.0, 95, 130].enumerated() {
      formants[index].tune(
        frequency: posture.formants[index] * factor, bandwidth: bandwidth, sampleRate: sampleRate)
    }
    constriction.tune(
      frequency: min(posture.frictionFrequency, 0.45 * sampleRate), bandwidth: 900,
      sampleRate: sampleRate)
  }

  mutating func sound(_ voiced: Double, hiss: Double) -> Double {
    var sound = voiced
    for index in formants.indices { sound = formants[index].response(to: sound) }
    return sound + constriction.response(to: hiss)
  }
}
