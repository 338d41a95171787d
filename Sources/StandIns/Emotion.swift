// How each emotion changes a voice: one table for all four stand-in corpora. The directions follow
// Scherer (2003, Speech Communication 40, table 2) and Juslin & Laukka (2003, Psychological
// Bulletin 129). The sizes are our choice, so that the emotions overlap.

/// A voice's deviations from its ordinary speech.
struct Cues: Sendable {
  /// Mean pitch, in semitones above the speaker's own.
  var pitch = 0.0
  /// Size of the pitch accents, in semitones.
  var range = 0.0
  /// Pitch at the end of the utterance minus pitch at its start, in semitones.
  var slope = 0.0
  /// Level, in decibels.
  var loudness = 0.0
  /// Natural logarithm of the speaking rate.
  var tempo = 0.0
  /// Level of the high frequencies, in decibels per octave.
  var tilt = 0.0
  /// Irregularity of the periods, in per cent of their length.
  var jitter = 0.0
  /// Aspiration noise, as a share of the voice's amplitude.
  var breath = 0.0
  /// Shift of the formants, in per cent.
  var formants = 0.0
  /// Depth of a 6 Hz tremor of the pitch, in semitones.
  var tremor = 0.0

  /// All cues, for arithmetic on them as a whole.
  static let all: [any WritableKeyPath<Cues, Double> & Sendable] = [
    \.pitch, \.range, \.slope, \.loudness, \.tempo, \.tilt, \.jitter, \.breath, \.formants,
    \.tremor,
  ]

  /// The standard deviation of each cue between utterances.
  static let spread = Cues(
    pitch: 1.0, range: 0.6, slope: 1.4, loudness: 2.0, tempo: 0.07, tilt: 0.8, jitter: 0.35,
    breath: 0.02, formants: 1.5, tremor: 0.15)
}

/// The emotions that the stand-ins express.
enum Emotion: String, CaseIterable, Sendable {
  case neutral, calm, happy, sad, angry, fearful, disgust, surprised

  /// The cues of a speaker of ordinary expressiveness, relative to neutral speech.
  var cues: Cues {
    switch self {
    case .neutral:
      Cues(
        pitch: 0, range: 1.6, slope: -2, loudness: 0, tempo: 0, tilt: 0, jitter: 0.7, breath: 0.04,
        formants: 0, tremor: 0)
    case .calm:
      Cues(
        pitch: -0.8, range: 1.2, slope: -1.5, loudness: -4, tempo: -0.16, tilt: -2.2, jitter: 0.5,
        breath: 0.09, formants: 0.5, tremor: 0)
    case .happy:
      Cues(
        pitch: 4.5, range: 4.0, slope: -0.5, loudness: 4, tempo: 0.1, tilt: 1.6, jitter: 0.8,
        breath: 0.04, formants: 4.5, tremor: 0)
    case .sad:
      Cues(
        pitch: -1.5, range: 0.9, slope: -3.5, loudness: -7, tempo: -0.28, tilt: -3.2, jitter: 1.2,
        breath: 0.12, formants: -2.5, tremor: 0.2)
    case .angry:
      Cues(
        pitch: 3.2, range: 3.2, slope: -5, loudness: 8, tempo: 0.12, tilt: 3.4, jitter: 1.8,
        breath: 0.02, formants: 2.5, tremor: 0)
    case .fearful:
      Cues(
        pitch: 5.5, range: 1.5, slope: 0.5, loudness: 1, tempo: 0.24, tilt: -0.5, jitter: 2.2,
        breath: 0.1, formants: 1, tremor: 0.9)
    case .disgust:
      Cues(
        pitch: -0.8, range: 2.4, slope: -5.5, loudness: 1, tempo: -0.14, tilt: 0.8, jitter: 2.6,
        breath: 0.05, formants: -4.5, tremor: 0)
    case .surprised:
      Cues(
        pitch: 5.8, range: 3.6, slope: 6, loudness: 4, tempo: 0, tilt: 1, jitter: 0.8, breath: 0.06,
        formants: 2.5, tremor: 0)
    }
  }
}
