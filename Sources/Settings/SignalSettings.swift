// The section `signal` of the settings.

/// The processing of a recording before features are computed.
package struct SignalSettings: SettingsSection {
  @Setting(.wavLM, .between(8_000, 48_000), unit: "Hz", "samples per second after resampling")
  package var sampleRate = 16_000
  @Setting(
    .choice,
    "scaling of each utterance: divide by its peak (L), or none to keep the recorded level")
  package var gain = Gain.none
  @Setting(
    .labelAdaptiveMixup, .between(0.1, 60), unit: "s",
    "longer utterances are cropped to this length")
  package var maximumDuration = 6.25
  @Setting(
    .choice, .between(0, 120), unit: "dB",
    "leading and trailing sound this far below the loudest 10 ms is cut; 0 cuts nothing")
  package var trim = 30.0
  @Setting(
    .choice, .between(0, 10), unit: "s", "sound that trimming keeps before and after the speech")
  package var trimMargin = 0.1
  package init() {}

  package enum Gain: String, SettingChoice {
    /// Divide by the greatest magnitude (L).
    case peak
    /// Keep the recorded level, so that differences of loudness within a speaker survive (choice).
    case none
  }
}
