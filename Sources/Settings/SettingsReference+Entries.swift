// The entries of the table of settings, a list per section:
// path, unit, source of the value (or of the idea, where the default is compact's own), allowed
// values, meaning.

extension SettingsReference {
  static let signal: [SettingEntry] = [
    SettingEntry(
      "signal.sample_rate", "Hz", .wavLM, .between(8_000, 48_000),
      "samples per second after resampling"),
    SettingEntry(
      "signal.gain", "", .choice, nil,
      "scaling of each utterance: by its greatest magnitude (L), or none, which keeps loudness"),
    SettingEntry(
      "signal.maximum_duration", "s", .labelAdaptiveMixup, .between(0.1, 60),
      "longer utterances are cropped to this"),
    SettingEntry(
      "signal.trim", "dB", .choice, .between(0, 120),
      "leading and trailing sound this far below the loudest 10 ms is cut; 0 cuts nothing"),
    SettingEntry(
      "signal.trim_margin", "s", .choice, .between(0, 10),
      "what is kept before and after what is not cut"),
  ]

  static let features: [SettingEntry] = [
    SettingEntry("features.bands", "bands", .choice, .between(8, 256), "mel bands"),
    SettingEntry(
      "features.window", "ms", .choice, .between(5, 200), "length of the analysis window"),
    SettingEntry("features.hop", "ms", .choice, .between(1, 100), "time between frames"),
    SettingEntry(
      "features.low_frequency", "Hz", .choice, .between(0, 24_000), "lower edge of the lowest band"),
    SettingEntry(
      "features.high_frequency", "Hz", .choice, .between(1, 24_000),
      "upper edge of the highest band; at most half of signal.sample_rate"),
    SettingEntry(
      "features.floor", "full scale²", .choice, .between(1e-30, 1e6),
      "added to each band's power before the logarithm"),
    SettingEntry(
      "features.normalization", "", .choice, nil,
      "over what each feature's mean and deviation are taken: the frames of the utterance, or "
        + "all frames of its speaker (without labels)"),
    SettingEntry(
      "features.prosody", "", .choice, nil,
      "whether log F0, voicing and log energy stand beside the bands"),
    SettingEntry(
      "features.statistics", "", .choice, nil,
      "whether statistics of the whole utterance, normalised by speaker, stand beside its frames; "
        + "they need prosody"),
    SettingEntry(
      "features.lowest_pitch", "Hz", .choice, .between(20, 1_000),
      "lowest fundamental frequency looked for; one period of it and 3 samples must fit into "
        + "features.pitch_window"),
    SettingEntry(
      "features.highest_pitch", "Hz", .choice, .between(20, 2_000),
      "highest fundamental frequency looked for"),
    SettingEntry(
      "features.pitch_window", "ms", .choice, .between(5, 200),
      "length of the window in which the fundamental is looked for"),
    SettingEntry(
      "features.voicing_threshold", "", .choice, .between(0, 1),
      "frames of less voicing strength have no fundamental"),
  ]

  static let augmentation: [SettingEntry] = [
    SettingEntry(
      "augmentation.mixup", "", .paper, nil,
      "energy-adaptive mixup (eam), label-adaptive mixup (lam), or none"),
    SettingEntry(
      "augmentation.mix_probability", "", .labelAdaptiveMixup, .between(0, 1),
      "probability that an utterance is mixed"),
    SettingEntry(
      "augmentation.lowest_signal_to_noise", "dB", .paper, .between(-60, 60),
      "lowest signal-to-noise ratio of the partner's segment"),
    SettingEntry(
      "augmentation.highest_signal_to_noise", "dB", .paper, .between(-60, 60),
      "highest signal-to-noise ratio of the partner's segment"),
    SettingEntry(
      "augmentation.least_power", "full scale²", .choice, .atLeast(0),
      "segments of less mean square power are not mixed"),
    SettingEntry(
      "augmentation.tempo", "", .choice, .between(0, 0.9),
      "greatest relative change of tempo; 0.15 means 0.85 to 1.15"),
    SettingEntry(
      "augmentation.frequency_shift", "bands", .choice, .between(0, 256),
      "greatest shift along the mel axis"),
    SettingEntry(
      "augmentation.frequency_masks", "", .choice, .between(0, 100),
      "number of band masks (SpecAugment)"),
    SettingEntry(
      "augmentation.frequency_mask_width", "bands", .choice, .between(0, 100_000),
      "greatest width of a band mask"),
    SettingEntry("augmentation.time_masks", "", .choice, .between(0, 100), "number of time masks"),
    SettingEntry(
      "augmentation.time_mask_width", "frames", .choice, .between(0, 100_000),
      "greatest length of a time mask"),
    SettingEntry(
      "augmentation.noise", "deviations", .choice, .atLeast(0),
      "deviation of the noise added to each normalised feature"),
    SettingEntry(
      "augmentation.statistics_noise", "deviations", .choice, .atLeast(0),
      "deviation of the noise added to each normalised utterance statistic"),
    SettingEntry(
      "augmentation.gain_offset", "deviations", .choice, .atLeast(0),
      "deviation of the offset added to all bands of an utterance"),
  ]

  static let model: [SettingEntry] = [
    SettingEntry(
      "model.backbone", "", .choice, nil,
      "what turns an utterance into frames: compact, trained from scratch on log-mel frames"),
    SettingEntry(
      "model.width", "", .choice, .between(16, 4_096),
      "features of a frame; a multiple of model.heads; with model.kernel and model.blocks at most "
        + "1000 million weights"),
    SettingEntry(
      "model.blocks", "", .choice, .between(0, 64),
      "residual convolution blocks after the strided ones"),
    SettingEntry(
      "model.kernel", "frames", .choice, .between(1, 99), "taps of each convolution; odd"),
    SettingEntry(
      "model.dropout", "", .choice, .from(0, below: 1), "dropout after each convolution block"),
    SettingEntry(
      "model.pooling", "", .paper, nil,
      "how frames become one vector: frame-level attention module (flam), mean or max"),
    SettingEntry("model.heads", "", .paper, .between(1, 256), "attention heads of FLAM"),
    SettingEntry(
      "model.head_dropout", "", .choice, .from(0, below: 1), "dropout on the pooled vector"),
    SettingEntry(
      "model.statistics_hidden", "", .choice, .between(1, 4_096),
      "hidden units between the utterance statistics and the pooled vector"),
    SettingEntry(
      "model.statistics_dropout", "", .choice, .from(0, below: 1),
      "dropout on the utterance statistics and those hidden units"),
    SettingEntry(
      "model.embedding", "", .labelAdaptiveMixup, .between(1, 4_096),
      "length of the utterance embedding"),
  ]

  static let pretrained: [SettingEntry] = [
    SettingEntry(
      "pretrained.layers", "", .paper, nil,
      "which hidden states become the frames: the last, or a trained softmax-weighted sum of all"),
    SettingEntry(
      "pretrained.trainable_from_layer", "", .paper, .between(-1, 255),
      "the first transformer layer that is trained; 0 trains all but the feature encoder, -1 nothing"
    ),
    SettingEntry(
      "pretrained.layer_decay", "", .choice, .between(0.01, 1),
      "factor on the learning rate from each trained layer to the one below it"),
    SettingEntry(
      "pretrained.recompute", "", .choice, nil,
      "whether a trained layer's activations are computed again for the gradient, to save memory"),
    SettingEntry(
      "pretrained.frame_precision", "", .choice, nil,
      "the precision of frames that are kept on disk"),
    SettingEntry(
      "pretrained.arithmetic", "", .choice, nil,
      "what the frozen part computes its products with; int16 is faster and good for 3 digits"),
  ]

  static let loss: [SettingEntry] = [
    SettingEntry(
      "loss.kl", "", .labelAdaptiveMixup, .atLeast(0),
      "weight of the Kullback–Leibler divergence; 0 leaves the loss out, here and below"),
    SettingEntry("loss.focal", "", .choice, .atLeast(0), "weight of the focal loss"),
    SettingEntry("loss.focal_gamma", "", .focalLoss, .between(0, 1_000), "focusing exponent"),
    SettingEntry(
      "loss.center", "", .labelAdaptiveMixup, .atLeast(0), "weight of the center loss"),
    SettingEntry(
      "loss.supcon", "", .choice, .atLeast(0), "weight of the supervised contrastive loss"),
    SettingEntry(
      "loss.temperature", "", .supervisedContrastive, .between(1e-6, 1e6),
      "temperature of the supervised contrastive loss"),
    SettingEntry(
      "loss.label_smoothing", "", .choice, .from(0, below: 1),
      "share of each target spread evenly over all classes"),
  ]

  static let training: [SettingEntry] = [
    SettingEntry(
      "training.epochs", "", .choice, .between(1, 100_000), "passes over the training fold"),
    SettingEntry(
      "training.batch_size", "utterances", .paper, .between(1, 65_536), "utterances in a step"),
    SettingEntry(
      "training.learning_rate", "", .choice, .positive, "peak learning rate of the model"),
    SettingEntry(
      "training.center_learning_rate", "", .paper, .positive, "learning rate of the centers"),
    SettingEntry(
      "training.schedule", "", .choice, nil,
      "how the learning rates change: exponential (times decay after each epoch), one-cycle "
        + "(cosine up, cosine down) or constant"),
    SettingEntry(
      "training.decay", "", .paper, .above(0, atMost: 1),
      "factor on both learning rates after each epoch, under exponential"),
    SettingEntry(
      "training.warmup", "", .choice, .between(0, 1),
      "share of the steps spent warming up, under one-cycle"),
    SettingEntry("training.beta1", "", .labelAdaptiveMixup, .from(0, below: 1), "Adam's β₁"),
    SettingEntry("training.beta2", "", .labelAdaptiveMixup, .from(0, below: 1), "Adam's β₂"),
    SettingEntry("training.epsilon", "", .labelAdaptiveMixup, .positive, "Adam's ε"),
    SettingEntry(
      "training.weight_decay", "", .choice, .atLeast(0), "decoupled weight decay (AdamW)"),
    SettingEntry(
      "training.weight_averaging", "", .choice, .from(0, below: 1),
      "decay per step of the running mean of the weights that is evaluated; 0 evaluates the "
        + "weights themselves"),
    SettingEntry(
      "training.gradient_clip", "", .choice, .atLeast(0),
      "greatest norm of the whole gradient; 0 for no limit"),
    SettingEntry(
      "training.selection", "", .choice, nil,
      "which epoch's weights are evaluated: the last, or the best on speakers held out of the "
        + "training fold"),
  ]

  static let protocolEntries: [SettingEntry] = [
    SettingEntry(
      "protocol.ravdess_folds", "", .choice, nil,
      "fold list of RAVDESS: EmoBox's committed one, or actors 1–4, 5–8 and so on"),
    SettingEntry(
      "protocol.evaluate_on", "", .choice, nil,
      "what is scored: the fold's test utterances, or speakers held out of the training fold, "
        + "for choosing settings without looking at a test fold"),
    SettingEntry(
      "protocol.allow_incomplete", "", .choice, nil,
      "go on although the counts differ from the published ones; every output then says so"),
    SettingEntry(
      "protocol.test_trajectory", "", .choice, nil,
      "whether test utterances are scored after every epoch; chooses nothing, is counted in the "
        + "ledger, and shows what choosing an epoch by them would have gained"),
    SettingEntry(
      "protocol.selection_seeds", "seeds", .choice, .between(0, 1_000),
      "of how many seeds each variant is trained once more with speakers held out, so that the "
        + "epoch best on them stands beside the last one"),
  ]
}
