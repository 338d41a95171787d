// Every setting of the method, as plain values with defaults: the vocabulary of an experiment file.
// Keys in YAML are these names in snake_case. Sources are tagged as in docs/method.md: P the paper,
// L label-adaptive mixup, K, Lin, Wen, CB the losses, "choice" ours. The defaults are those of the
// compact backbone; `Profile.paper` puts the paper's own in their place.

/// All that determines the numbers of one trained system, corpus, fold and seed apart.
package struct VariantSettings: Codable, Hashable, Sendable {
  package var signal = SignalSettings()
  package var features = FeatureSettings()
  package var augmentation = AugmentationSettings()
  package var model = ModelSettings()
  package var pretrained = PretrainedSettings()
  package var loss = LossSettings()
  package var training = TrainingSettings()
  package init() {}
}

/// What happens to a recording before anything is computed from it.
package struct SignalSettings: Codable, Hashable, Sendable {
  /// Samples per second after resampling, Hz (W).
  package var sampleRate = 16_000
  /// Scaling of each utterance.
  package var gain = Gain.none
  /// Longer utterances are cropped to this, s (L).
  package var maximumDuration = 6.25
  /// Leading and trailing sound this far below the loudest 10 ms is cut, dB; 0 cuts nothing
  /// (choice).
  package var trim = 30.0
  /// What is kept before and after, s (choice).
  package var trimMargin = 0.1
  package init() {}

  package enum Gain: String, Codable, Sendable, CaseIterable {
    /// Divided by its greatest magnitude (L).
    case peak
    /// Left as recorded, so that loudness within a speaker survives (choice).
    case none
  }
}

/// The frames that the compact backbone reads.
package struct FeatureSettings: Codable, Hashable, Sendable {
  /// Mel bands.
  package var bands = 80
  /// Length of the analysis window, ms.
  package var window = 25.0
  /// Time between frames, ms.
  package var hop = 10.0
  /// Lower edge of the lowest band, Hz (choice).
  package var lowFrequency = 20.0
  /// Upper edge of the highest band, Hz.
  package var highFrequency = 8_000.0
  /// Added to each band's power before the logarithm, full scale² (choice).
  package var floor = 1e-7
  /// Over what each feature's mean and deviation are taken.
  package var normalization = Normalization.speaker
  /// Whether log F0, voicing and log energy stand beside the bands (choice).
  package var prosody = true
  /// Whether statistics of the whole utterance, normalised by speaker, stand beside its frames
  /// (choice); they need prosody.
  package var statistics = true
  /// Lowest fundamental frequency looked for, Hz (choice).
  package var lowestPitch = 60.0
  /// Highest fundamental frequency looked for, Hz (choice).
  package var highestPitch = 500.0
  /// Length of the window in which the fundamental is looked for, ms (choice).
  package var pitchWindow = 40.0
  /// Frames of less voicing strength (0 to 1) have no fundamental (choice).
  package var voicingThreshold = 0.5
  package init() {}

  package enum Normalization: String, Codable, Sendable, CaseIterable {
    /// Over the frames of the utterance.
    case utterance
    /// Over all frames of the utterance's speaker, without labels (choice).
    case speaker
  }
}

/// What is done to training utterances only.
package struct AugmentationSettings: Codable, Hashable, Sendable {
  /// Which mixup.
  package var mixup = Mixup.eam
  /// Probability that an utterance is mixed (L).
  package var mixProbability = 0.5
  /// Lowest signal-to-noise ratio of the partner's segment, dB (P).
  package var lowestSignalToNoise = -5.0
  /// Highest signal-to-noise ratio of the partner's segment, dB (P).
  package var highestSignalToNoise = 10.0
  /// Segments of less mean square power are not mixed, full scale² (choice).
  package var leastPower = 1e-10
  /// Greatest relative change of tempo; 0.15 means 0.85 to 1.15 (choice).
  package var tempo = 0.15
  /// Greatest shift along the mel axis, bands (choice).
  package var frequencyShift = 4.0
  /// Number of band masks (SpecAugment; choice).
  package var frequencyMasks = 1
  /// Greatest width of a band mask, bands.
  package var frequencyMaskWidth = 12
  /// Number of time masks.
  package var timeMasks = 1
  /// Greatest length of a time mask, frames.
  package var timeMaskWidth = 40
  /// Deviation of the noise added to each normalised feature (choice).
  package var noise = 0.0
  /// Deviation of the noise added to each normalised utterance statistic (choice).
  package var statisticsNoise = 0.3
  /// Deviation of the offset added to all bands of an utterance, in normalised units (choice).
  package var gainOffset = 0.0
  package init() {}

  package enum Mixup: String, Codable, Sendable, CaseIterable {
    /// Energy-adaptive mixup (P).
    case eam
    /// Label-adaptive mixup (L).
    case lam
    case none
  }
}

/// The network's shape.
package struct ModelSettings: Codable, Hashable, Sendable {
  /// What turns an utterance into frames.
  package var backbone = Backbone.compact
  /// Features of a frame, D; a multiple of `heads`.
  package var width = 128
  /// Residual convolution blocks after the strided ones (choice).
  package var blocks = 1
  /// Taps of each convolution, frames (choice).
  package var kernel = 5
  /// Dropout after each convolution block (choice).
  package var dropout = 0.2
  /// How frames become one vector.
  package var pooling = Pooling.flam
  /// Attention heads of FLAM (P).
  package var heads = 16
  /// Dropout on the pooled vector (choice).
  package var headDropout = 0.3
  /// Hidden units between the utterance statistics and the pooled vector (choice).
  package var statisticsHidden = 64
  /// Dropout on the utterance statistics and those hidden units (choice).
  package var statisticsDropout = 0.3
  /// Length of the utterance embedding f (L).
  package var embedding = 64
  package init() {}

  package enum Backbone: String, Codable, Sendable, CaseIterable {
    /// Trained from scratch on log-mel frames.
    case compact
    /// The frozen or fine-tuned transformer of the experiment's `backbone`, on waveforms (P).
    case pretrained
  }
  package enum Pooling: String, Codable, Sendable, CaseIterable {
    /// Frame-level attention module (P).
    case flam
    case mean
    case max
  }
}

/// The four losses and their weights; a weight of 0 leaves a loss out.
package struct LossSettings: Codable, Hashable, Sendable {
  /// Weight of the Kullback–Leibler divergence (P).
  package var kl = 1.0
  /// Weight of the focal loss (P).
  package var focal = 1.0
  /// Focusing exponent γ (Lin).
  package var focalGamma = 2.0
  /// Weight of the center loss (L).
  package var center = 0.002
  /// Weight of the supervised contrastive loss (P; the value is a choice).
  package var supcon = 0.1
  /// Temperature of the supervised contrastive loss (K).
  package var temperature = 0.07
  /// Share of each target spread evenly over all classes (choice).
  package var labelSmoothing = 0.1
  package init() {}
}

/// How the weights are found.
package struct TrainingSettings: Codable, Hashable, Sendable {
  /// Passes over the training fold.
  package var epochs = 30
  /// Utterances in a step.
  package var batchSize = 16
  /// Peak learning rate of the model.
  package var learningRate = 2e-3
  /// Learning rate of the centers (P).
  package var centerLearningRate = 5e-3
  /// How the learning rates change.
  package var schedule = Schedule.oneCycle
  /// Factor on both learning rates after each epoch, under `exponential` (P).
  package var decay = 0.875
  /// Share of the steps spent warming up, under `one-cycle` (choice).
  package var warmup = 0.3
  /// Adam's β₁ (L).
  package var beta1 = 0.9
  /// Adam's β₂ (L).
  package var beta2 = 0.98
  /// Adam's ε (L).
  package var epsilon = 1e-9
  /// Decoupled weight decay (AdamW; choice).
  package var weightDecay = 1e-2
  /// Decay per step of the running mean of the weights that is evaluated; 0 evaluates the weights
  /// themselves (choice).
  package var weightAveraging = 0.0
  /// Greatest norm of the whole gradient; 0 for no limit (choice).
  package var gradientClip = 5.0
  /// Which epoch's weights are evaluated.
  package var selection = Selection.last
  package init() {}

  package enum Schedule: String, Codable, Sendable, CaseIterable {
    /// Both learning rates are multiplied by `decay` after each epoch (P).
    case exponential
    /// Cosine up to the peak, cosine down to nothing (Smith 2018; choice).
    case oneCycle = "one-cycle"
    case constant
  }
  package enum Selection: String, Codable, Sendable, CaseIterable {
    case last
    /// The epoch best on speakers held out of the training fold.
    case bestValidation = "best-validation"
  }
}
