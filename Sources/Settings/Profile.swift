// Starting points for an experiment. A profile only puts other values in the place of defaults; an
// experiment file then changes what it names.

/// How thorough an experiment is, and whose values it starts from.
package enum Profile: String, Codable, Hashable, Sendable, CaseIterable {
  /// For the small stand-in corpora: few epochs, one seed.
  case quick
  /// The defaults of the compact backbone, three seeds.
  case standard
  /// The values of the paper and of the works it builds on, where they state one (docs/method.md),
  /// and nothing that they do not mention; three seeds, since the paper does not say.
  case paper

  /// The seeds of an experiment that names none.
  package var seeds: [Int] {
    switch self {
    case .quick: [1]
    case .standard, .paper: [1, 2, 3]
    }
  }

  /// The settings that an experiment under this profile starts from.
  package var settings: VariantSettings {
    var settings = VariantSettings()
    switch self {
    case .quick: settings.training.epochs = 20
    case .standard: break
    case .paper: settings.takePaperValues()
    }
    return settings
  }
}

extension VariantSettings {
  /// Puts the published values in place, and switches off what no source mentions. The backbone
  /// stays, with its features and its shape: the paper's is WavLM.
  fileprivate mutating func takePaperValues() {
    signal.gain = .peak
    signal.maximumDuration = 6.25
    signal.trim = 0
    features.normalization = .utterance
    features.prosody = false
    features.statistics = false
    augmentation.mixup = .eam
    augmentation.mixProbability = 0.5
    augmentation.lowestSignalToNoise = -5
    augmentation.highestSignalToNoise = 10
    augmentation.tempo = 0
    augmentation.frequencyShift = 0
    augmentation.frequencyMasks = 0
    augmentation.timeMasks = 0
    augmentation.noise = 0
    augmentation.statisticsNoise = 0
    augmentation.gainOffset = 0
    model.pooling = .flam
    model.heads = 16
    model.embedding = 64
    model.headDropout = 0
    loss.kl = 1
    loss.focal = 1
    loss.focalGamma = 2
    loss.center = 0.002
    loss.supcon = 0.1
    loss.temperature = 0.07
    loss.labelSmoothing = 0
    training.epochs = 20
    training.batchSize = 16
    training.learningRate = 1e-4
    training.centerLearningRate = 5e-3
    training.schedule = .exponential
    training.decay = 0.875
    training.beta1 = 0.9
    training.beta2 = 0.98
    training.epsilon = 1e-9
    training.weightDecay = 0
    training.weightAveraging = 0
    training.gradientClip = 0
    training.selection = .last
  }
}
