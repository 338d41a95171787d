// A corpus of three speakers and 24 short clips in RAVDESS's layout, written byte by byte, and a
// network small enough to train on it quickly.
import Audio
import Corpora
import Evaluation
import Foundation
import Layers
import Models
import Randomness
import Settings
import TestSupport
import Tensors
import Training

/// Folds 1, 2 and 3 of EmoBox's list test actors 1, 4 and 8.
private let actors = [1, 4, 8]

/// Settings without dropout, mixing and perturbation.
var tinySettings: VariantSettings {
  var settings = VariantSettings()
  settings.features.bands = 16
  settings.signal.trim = 0
  settings.augmentation = plainAugmentation
  settings.model.width = 8
  settings.model.heads = 2
  settings.model.kernel = 3
  settings.model.embedding = 5
  settings.model.statisticsHidden = 6
  settings.model.dropout = 0
  settings.model.headDropout = 0
  settings.model.statisticsDropout = 0
  settings.training.epochs = 3
  settings.training.batchSize = 5
  return settings
}

var plainAugmentation: AugmentationSettings {
  var settings = AugmentationSettings()
  settings.mixup = .none
  (settings.tempo, settings.frequencyShift, settings.gainOffset) = (0, 0, 0)
  (settings.frequencyMasks, settings.timeMasks) = (0, 0)
  (settings.noise, settings.statisticsNoise) = (0, 0)
  return settings
}

/// The same settings with all randomness switched on.
var livelySettings: VariantSettings {
  var settings = tinySettings
  settings.augmentation = AugmentationSettings()
  settings.model.dropout = 0.2
  settings.model.headDropout = 0.3
  settings.training.weightAveraging = 0.9
  return settings
}

struct TinyCorpus: Sendable {
  let corpus: Corpus
  let store: FeatureStore
  let prepared: PreparedCorpus

  /// Made once. The store stays mapped after its folder is removed.
  private static let made = Result { try TinyCorpus() }
  private static let madeLouder = Result { try TinyCorpus(changedActor: 1) }
  static var shared: TinyCorpus { get throws { try made.get() } }
  /// The same corpus with other recordings of actor 1, whom fold 1 tests.
  static var withOtherFirstFold: TinyCorpus { get throws { try madeLouder.get() } }

  private init(changedActor: Int? = nil) throws {
    (corpus, store) = try withTemporaryFolder { folder in
      for actor in actors {
        try TinyCorpus.write(actor, isChanged: actor == changedActor, below: folder + "/corpus")
      }
      let corpus = try Corpus.read(.ravdess, at: folder + "/corpus")
      let store = try FeatureStore.openOrBuild(
        corpus.utterances.map { FeatureStore.Source(id: $0.id, path: $0.path) }, folder: folder,
        key: "tiny", signal: tinySettings.signal, features: tinySettings.features, jobs: 1)
      return (corpus, store)
    }
    prepared = try TinyCorpus.prepare(corpus, store, .speaker)
  }

  func prepared(_ normalization: FeatureSettings.Normalization) throws -> PreparedCorpus {
    try TinyCorpus.prepare(corpus, store, normalization)
  }

  private static func prepare(
    _ corpus: Corpus, _ store: FeatureStore, _ normalization: FeatureSettings.Normalization
  ) throws -> PreparedCorpus {
    var features = tinySettings.features
    features.normalization = normalization
    return try PreparedCorpus(
      corpus.utterances, classes: corpus.classes, store: store, signal: tinySettings.signal,
      features: features, threads: 1)
  }

  /// The raw features of a recording.
  func raw(_ position: Int) -> Tensor {
    store.withFeatures(position) {
      Tensor(shape: [store.frameCount(position), store.columns], values: Array($0))
    }
  }

  /// A training of fold 1 on newly extracted features, in `folder`.
  static func training(
    _ settings: VariantSettings, features: FeatureSettings, in folder: String
  ) throws -> FoldTraining {
    for actor in actors { try write(actor, isChanged: false, below: folder + "/corpus") }
    let corpus = try Corpus.read(.ravdess, at: folder + "/corpus")
    let store = try FeatureStore.openOrBuild(
      corpus.utterances.map { FeatureStore.Source(id: $0.id, path: $0.path) }, folder: folder,
      key: "other", signal: settings.signal, features: features, jobs: 1)
    let prepared = try PreparedCorpus(
      corpus.utterances, classes: corpus.classes, store: store, signal: settings.signal,
      features: features, threads: 1)
    let partition = Partition(
      corpus.utterances, fold: 1, folds: 3, evaluateOn: .test, selection: .last)
    return FoldTraining(prepared, partition, settings, random: RandomStream(seed: 1))
  }

  /// Eight clips of one speaker: two each of neutral, happy, sad and angry, which differ in pitch.
  private static func write(_ actor: Int, isChanged: Bool, below root: String) throws {
    let folder = root + "/Actor_0\(actor)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (emotion, statement) in [1, 3, 4, 5].flatMap({ e in [1, 2].map { (e, $0) } }) {
      let name = "03-01-0\(emotion)-01-0\(statement)-01-0\(actor)"
      var random = RandomStream(seed: 61).split(name)
      let pitch = Double(90 + 30 * emotion + 11 * actor + (isChanged ? 17 : 0))
      let samples = (0..<4000 + random.integer(below: 3000)).map { t -> Int16 in
        let phase = 2 * Double.pi * pitch * Double(t) / 16_000
        let swell = 0.6 + 0.4 * sin(Double(t * emotion) / 900)
        let voice = sin(phase) + 0.5 * sin(2 * phase) + 0.3 * sin(5 * phase)
        return Int16(4000 * swell * (voice + 0.2 * random.normal()))
      }
      try wave(samples).write(to: URL(fileURLWithPath: "\(folder)/\(name).wav"))
    }
  }

  /// A WAV file, 16 kHz, mono, 16 bits.
  private static func wave(_ samples: [Int16]) -> Data {
    func little(_ value: Int, _ bytes: Int) -> [UInt8] {
      (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    var data = Data("RIFF".utf8) + little(36 + 2 * samples.count, 4) + Data("WAVEfmt ".utf8)
    data += little(16, 4) + little(1, 2) + little(1, 2) + little(16_000, 4) + little(32_000, 4)
    data += little(2, 2) + little(16, 2) + Data("data".utf8) + little(2 * samples.count, 4)
    return data + samples.flatMap { little(Int($0), 2) }
  }
}

extension TinyCorpus {
  /// A training on two of the three folds.
  func training(
    _ settings: VariantSettings, fold: Int = 1, seed: UInt64 = 1
  ) -> (training: FoldTraining, partition: Partition) {
    let partition = Partition(
      corpus.utterances, fold: fold, folds: 3, evaluateOn: .test,
      selection: settings.training.selection)
    return (
      FoldTraining(prepared, partition, settings, random: RandomStream(seed: seed)), partition
    )
  }
}

/// Everything in a state that a second training must reproduce: all but the time it took.
struct StateBits: Equatable {
  let tensors: [Tensor]
  let steps: Int
  let bestEpoch: Int?
  let numbers: [[Double?]]

  init(_ state: TrainingState) {
    tensors =
      [state.parameters, state.average, state.best?.parameters].flatMap {
        $0?.all.map(\.value) ?? []
      } + state.optimizer.first + state.optimizer.second
    steps = state.optimizer.steps
    bestEpoch = state.best?.epoch
    numbers = state.epochs.map { epoch in
      epoch.losses.named.map(\.value) + [
        Double(epoch.epoch), epoch.trainingAccuracy, epoch.learningRate, epoch.centerLearningRate,
        epoch.gradientNorm, epoch.validationAccuracy,
      ]
    }
  }
}
