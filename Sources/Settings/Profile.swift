// Starting points for an experiment. A profile replaces some defaults. An experiment file then
// changes individual settings.

/// The effort of an experiment and the origin of its values.
package enum Profile: String, Codable, Hashable, Sendable, CaseIterable {
  /// For the small stand-in corpora: few epochs, one seed.
  case quick
  /// The defaults of the compact backbone, with three seeds.
  case standard
  /// The values that the paper and the works it builds on state (docs/method.md), without anything
  /// they do not mention. Three seeds, since the paper gives no number.
  case paper

  /// The seeds of an experiment that specifies none.
  package var seeds: [Int] {
    switch self {
    case .quick: [1]
    case .standard, .paper: [1, 2, 3]
    }
  }

  /// The initial settings of an experiment with this profile.
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
  /// Sets the published values and switches off everything that no source mentions. The backbone
  /// keeps its features and its shape, because the paper's backbone is WavLM.
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
