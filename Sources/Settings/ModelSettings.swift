// The section `model` of the settings.

/// The shape of the network.
package struct ModelSettings: SettingsSection {
  @Setting(
    .choice,
    "what turns an utterance into frames: a compact network trained from scratch on log-mel "
      + "frames, a pretrained network, or another program, which wrote the frames to files")
  package var backbone = Backbone.compact
  @Setting(
    .choice, .between(16, 4_096),
    "features of a frame; a multiple of model.heads; width, kernel and blocks together may give "
      + "at most 1000 million weights")
  package var width = 128
  @Setting(.choice, .between(0, 64), "residual convolution blocks after the strided ones")
  package var blocks = 1
  @Setting(.choice, .between(1, 99), unit: "frames", "taps of each convolution; an odd number")
  package var kernel = 5
  @Setting(.choice, .from(0, below: 1), "dropout after each convolution block")
  package var dropout = 0.2
  @Setting(.paper, "how frames become one vector: frame-level attention module (flam), mean or max")
  package var pooling = Pooling.flam
  @Setting(.paper, .between(1, 256), "attention heads of FLAM")
  package var heads = 16
  @Setting(.choice, .from(0, below: 1), "dropout on the pooled vector")
  package var headDropout = 0.3
  @Setting(
    .choice, .between(1, 4_096),
    "hidden units between the utterance statistics and the pooled vector")
  package var statisticsHidden = 64
  @Setting(
    .choice, .from(0, below: 1),
    "dropout on the utterance statistics and on their hidden units")
  package var statisticsDropout = 0.3
  @Setting(.labelAdaptiveMixup, .between(1, 4_096), "length of the utterance embedding")
  package var embedding = 64
  package init() {}

  package enum Backbone: String, SettingChoice {
    /// Trained from scratch on log-mel frames.
    case compact
    /// The experiment's `backbone`, a frozen or fine-tuned transformer on waveforms (P).
    case pretrained
    /// Frames in files that another program wrote: the experiment's `frames`.
    case frames
  }
  package enum Pooling: String, SettingChoice {
    /// Frame-level attention module (P).
    case flam
    case mean
    case max
  }
}
