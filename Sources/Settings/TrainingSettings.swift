// The section `training` of the settings.

/// The optimisation of the weights.
package struct TrainingSettings: SettingsSection {
  @Setting(.choice, .between(1, 100_000), "passes over the training fold")
  package var epochs = 30
  @Setting(.paper, .between(1, 65_536), unit: "utterances", "utterances in each step")
  package var batchSize = 16
  @Setting(.choice, .positive, "peak learning rate of the model")
  package var learningRate = 2e-3
  @Setting(.paper, .positive, "learning rate of the centers")
  package var centerLearningRate = 5e-3
  @Setting(
    .choice,
    "how the learning rates change: exponential (multiplied by training.decay after each epoch), "
      + "one-cycle (cosine up, then down) or constant")
  package var schedule = Schedule.oneCycle
  @Setting(
    .paper, .above(0, atMost: 1),
    "factor on both learning rates after each epoch, for the exponential schedule")
  package var decay = 0.875
  @Setting(
    .choice, .between(0, 1), "share of the steps spent warming up, for the one-cycle schedule")
  package var warmup = 0.3
  @Setting(.labelAdaptiveMixup, .from(0, below: 1), "Adam's β₁")
  package var beta1 = 0.9
  @Setting(.labelAdaptiveMixup, .from(0, below: 1), "Adam's β₂")
  package var beta2 = 0.98
  @Setting(.labelAdaptiveMixup, .positive, "Adam's ε")
  package var epsilon = 1e-9
  @Setting(.choice, .atLeast(0), "decoupled weight decay (AdamW)")
  package var weightDecay = 1e-2
  @Setting(
    .choice, .from(0, below: 1),
    "evaluate a running mean of the weights with this decay per step; 0 evaluates the weights "
      + "themselves")
  package var weightAveraging = 0.0
  @Setting(.choice, .atLeast(0), "largest norm of the whole gradient; 0 sets no limit")
  package var gradientClip = 5.0
  @Setting(
    .choice,
    "epoch to evaluate: the last, or the best on speakers held out of the training fold")
  package var selection = Selection.last
  @Setting(
    .choice,
    "arithmetic of the trained part: float32 on the CPU, or gpu-float32 on a GPU, for frozen "
      + "frames",
    isWrittenUnchanged: false)
  package var arithmetic = Arithmetic.float32
  package init() {}

  package enum Schedule: String, SettingChoice {
    /// Both learning rates are multiplied by `decay` after each epoch (P).
    case exponential
    /// A cosine up to the peak, then a cosine down to almost 0 (Smith 2018; choice).
    case oneCycle = "one-cycle"
    case constant
  }
  package enum Arithmetic: String, SettingChoice {
    /// 32-bit floats on the CPU. The last bits depend on the processor.
    case float32
    /// 32-bit floats on a GPU, every sum in a fixed order: the same bits on any GPU, and on the CPU
    /// in the place of one.
    case gpuFloat32 = "gpu-float32"
  }
  package enum Selection: String, SettingChoice {
    case last
    /// The best epoch on speakers held out of the training fold.
    case bestValidation = "best-validation"
  }
}
