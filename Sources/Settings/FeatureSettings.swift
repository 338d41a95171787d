// The section `features` of the settings.

/// The input frames of the compact backbone.
package struct FeatureSettings: SettingsSection {
  @Setting(.choice, .between(8, 256), unit: "bands", "mel bands")
  package var bands = 80
  @Setting(.choice, .between(5, 200), unit: "ms", "length of the analysis window")
  package var window = 25.0
  @Setting(.choice, .between(1, 100), unit: "ms", "time between frames")
  package var hop = 10.0
  @Setting(.choice, .between(0, 24_000), unit: "Hz", "lower edge of the lowest band")
  package var lowFrequency = 20.0
  @Setting(
    .choice, .between(1, 24_000), unit: "Hz",
    "upper edge of the highest band; at most half of signal.sample_rate")
  package var highFrequency = 8_000.0
  @Setting(
    .choice, .between(1e-30, 1e6), unit: "full scale²",
    "added to each band's power before the logarithm")
  package var floor = 1e-7
  @Setting(
    .choice,
    "frames that give each feature's mean and deviation: those of the utterance, or all of its "
      + "speaker (labels are not used)")
  package var normalization = Normalization.speaker
  @Setting(.choice, "add log F0, voicing and log energy to the bands")
  package var prosody = true
  @Setting(
    .choice,
    "add statistics of the whole utterance, normalised by speaker; needs features.prosody")
  package var statistics = true
  @Setting(
    .choice, .between(20, 1_000), unit: "Hz",
    "lowest pitch to look for; one period and 3 samples must fit into features.pitch_window")
  package var lowestPitch = 60.0
  @Setting(.choice, .between(20, 2_000), unit: "Hz", "highest pitch to look for")
  package var highestPitch = 500.0
  @Setting(
    .choice, .between(5, 200), unit: "ms",
    "length of the window for the pitch search")
  package var pitchWindow = 40.0
  @Setting(.choice, .between(0, 1), "frames with a lower voicing strength have no pitch")
  package var voicingThreshold = 0.5
  package init() {}

  package enum Normalization: String, SettingChoice {
    /// Over the frames of the utterance.
    case utterance
    /// Over all frames of the utterance's speaker, without labels (choice).
    case speaker
  }
}
