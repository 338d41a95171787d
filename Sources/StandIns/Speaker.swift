// A synthetic speaker: a voice, and its way of showing emotion.
import Corpora
import Foundation
import Randomness

/// A speaker.
struct Speaker: Sendable {
  /// Mean pitch of neutral speech, in hertz.
  let pitch: Double
  /// Factor on all formants; above one for a vocal tract shorter than an average man's.
  let tract: Double
  /// Closeness to the microphone, in decibels.
  let level: Double
  /// Level of the room's noise, in decibels below full scale.
  let noise: Double
  /// Strength of all emotions of this speaker; one is ordinary.
  let expressiveness: Double
  /// Peculiarities of this voice in every emotion.
  private let habits: Cues
  /// Peculiarities of this voice in each emotion, in the order of `Emotion.allCases`.
  private let manners: [Cues]

  /// Draws a speaker.
  init(_ sex: Sex, from stream: RandomStream) {
    var random = stream.split("voice")
    switch sex {
    case .female:
      pitch = 198 * exp2(random.normal() * 1.6 / 12)
      tract = 1.16 + 0.03 * random.normal()
    case .male:
      pitch = 112 * exp2(random.normal() * 1.9 / 12)
      tract = 1.0 + 0.03 * random.normal()
    }
    level = 2 * random.normal()
    noise = random.uniform(-66, -52)
    expressiveness = max(0.6, min(1.4, 1 + 0.18 * random.normal()))
    var habit = stream.split("habits")
    habits = Cues.normal(scale: 0.7, from: &habit)
    manners = Emotion.allCases.map { emotion in
      var manner = stream.split("manner \(emotion.rawValue)")
      return Cues.normal(scale: 0.6, from: &manner)
    }
  }

  /// Draws how this speaker says one utterance.
  ///
  /// - Parameter intensity: factor on the deviation from neutral; one is ordinary.
  func cues(
    for emotion: Emotion, intensity: Double, from random: inout RandomStream
  ) -> Cues {
    let neutral = Emotion.neutral.cues
    let own = Cues.normal(scale: 1, from: &random)
    let manner = manners[Emotion.allCases.firstIndex(of: emotion) ?? 0]
    var cues = neutral
    for cue in Cues.all {
      let departure = emotion.cues[keyPath: cue] - neutral[keyPath: cue]
      cues[keyPath: cue] +=
        departure * expressiveness * intensity + habits[keyPath: cue] + manner[keyPath: cue]
        + own[keyPath: cue]
    }
    cues.range = max(0.3, cues.range)
    // Limits every clip to 0.9 to 1.8 s, so that training on them is quick.
    cues.tempo = max(-0.33, min(0.33, cues.tempo))
    cues.jitter = max(0.1, cues.jitter)
    cues.breath = max(0.005, cues.breath)
    cues.tremor = max(0, cues.tremor)
    return cues
  }
}

extension Cues {
  /// Draws each cue from a normal distribution with `scale` times its spread.
  static func normal(scale: Double, from random: inout RandomStream) -> Cues {
    var cues = Cues()
    for cue in all { cues[keyPath: cue] = scale * spread[keyPath: cue] * random.normal() }
    return cues
  }
}
