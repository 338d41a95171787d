// The section `loss` of the settings.

/// The four losses and their weights. A loss with weight 0 is left out.
package struct LossSettings: SettingsSection {
  @Setting(
    .choice, .atLeast(0),
    "weight of the Kullback–Leibler divergence; 0 turns a loss off, here and below")
  package var kl = 1.0
  @Setting(.choice, .atLeast(0), "weight of the focal loss")
  package var focal = 1.0
  @Setting(.focalLoss, .between(0, 1_000), "focusing exponent")
  package var focalGamma = 2.0
  @Setting(.labelAdaptiveMixup, .atLeast(0), "weight of the center loss")
  package var center = 0.002
  @Setting(.choice, .atLeast(0), "weight of the supervised contrastive loss")
  package var supcon = 0.1
  @Setting(
    .supervisedContrastive, .between(1e-6, 1e6),
    "temperature of the supervised contrastive loss")
  package var temperature = 0.07
  @Setting(
    .choice, .from(0, below: 1), "share of each target that is spread evenly over all classes")
  package var labelSmoothing = 0.1
  @Setting(
    .choice,
    "each term as it is (none), or divided by its value for a uniform prediction (unit)",
    isWrittenUnchanged: false)
  package var scaling = Scaling.none
  package init() {}

  package enum Scaling: String, SettingChoice {
    case none
    /// Each term is 1 for a network that cannot tell utterances apart. See `uniform(_:_:)`.
    case unit
  }
}
