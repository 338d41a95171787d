// The section `augmentation` of the settings.

/// Changes to training utterances. Other utterances are never changed.
package struct AugmentationSettings: SettingsSection {
  @Setting(.paper, "energy-adaptive mixup (eam), label-adaptive mixup (lam), or none")
  package var mixup = Mixup.eam
  @Setting(.labelAdaptiveMixup, .between(0, 1), "probability that an utterance is mixed")
  package var mixProbability = 0.5
  @Setting(
    .paper, .between(-60, 60), unit: "dB",
    "lowest signal-to-noise ratio of the partner's segment")
  package var lowestSignalToNoise = -5.0
  @Setting(
    .paper, .between(-60, 60), unit: "dB",
    "highest signal-to-noise ratio of the partner's segment")
  package var highestSignalToNoise = 10.0
  @Setting(
    .paper,
    "power of the partner's segment at a drawn ratio of r dB: that of the utterance's segment, "
      + "divided by 10^(r/10) or multiplied by it",
    isWrittenUnchanged: false)
  package var partnerPower = PartnerPower.divided
  @Setting(
    .choice, .atLeast(0), unit: "full scale²",
    "segments with a lower mean square power are not mixed")
  package var leastPower = 1e-10
  @Setting(.choice, .between(0, 0.9), "largest relative change of tempo; 0.15 means 0.85 to 1.15")
  package var tempo = 0.15
  @Setting(.choice, .between(0, 256), unit: "bands", "largest shift along the mel axis")
  package var frequencyShift = 4.0
  @Setting(.choice, .between(0, 100), "number of band masks (SpecAugment)")
  package var frequencyMasks = 1
  @Setting(.choice, .between(0, 100_000), unit: "bands", "largest width of a band mask")
  package var frequencyMaskWidth = 12
  @Setting(.choice, .between(0, 100), "number of time masks")
  package var timeMasks = 1
  @Setting(.choice, .between(0, 100_000), unit: "frames", "largest length of a time mask")
  package var timeMaskWidth = 40
  @Setting(
    .choice, .atLeast(0), unit: "deviations",
    "standard deviation of the noise added to each normalised feature")
  package var noise = 0.0
  @Setting(
    .choice, .atLeast(0), unit: "deviations",
    "standard deviation of the noise added to each normalised utterance statistic")
  package var statisticsNoise = 0.3
  @Setting(
    .choice, .atLeast(0), unit: "deviations",
    "standard deviation of the offset added to all bands of an utterance")
  package var gainOffset = 0.0
  package init() {}

  package enum PartnerPower: String, SettingChoice {
    /// The drawn ratio is a signal-to-noise ratio (P).
    case divided
    /// The drawn ratio is the partner's level above the utterance (a digest of R).
    case multiplied
  }
  package enum Mixup: String, SettingChoice {
    /// Energy-adaptive mixup (P).
    case eam
    /// Label-adaptive mixup (L).
    case lam
    case none
  }
}
