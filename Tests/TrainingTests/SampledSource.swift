// A cheap source of frames that records what it is asked, in the place of a pretrained network on a
// device.
import Audio
import Checkpoints
import Corpora
import Evaluation
import Foundation
import Models
import Randomness
import Settings
import Synchronization
import TestSupport
import Tensors
import Training

/// Frames of 32 samples each, one frame every 320 samples.
final class SampledSource: FrameSource {
  /// How the source misbehaves.
  enum Fault: Equatable {
    case none
    /// It throws for a list that has the recording.
    case failing(at: [Float])
    /// Its frames of the recording are not finite.
    case infinite(at: [Float])
    /// It throws for a list of more samples, from the first `forget` on.
    case full(beyond: Int)
    /// Its bits depend on the number of recordings in the list.
    case companyDependent
  }
  struct Failed: Error, Equatable {}

  private struct Log {
    var calls: [[[Float]]] = []
    var threads: [pthread_t] = []
    var active = 0
    var hasForgotten = false
  }

  let preferredSamples: Int?
  let deviceMemory: Int?
  private let fault: Fault
  private let log = Mutex(Log())

  init(preferredSamples: Int? = nil, _ fault: Fault = .none) {
    (self.preferredSamples, self.fault) = (preferredSamples, fault)
    deviceMemory = preferredSamples
  }

  /// The recordings of each call.
  var calls: [[[Float]]] { log.withLock { $0.calls } }
  /// The recordings of all calls, in order.
  var asked: [[Float]] { calls.flatMap(\.self) }
  /// The threads of the calls.
  var threads: [pthread_t] { log.withLock { $0.threads } }
  /// The number of calls that have not returned.
  var active: Int { log.withLock { $0.active } }
  func forget() {
    log.withLock { ($0.calls, $0.threads, $0.hasForgotten) = ([], [], true) }
  }

  var columns: Int { 32 }
  var fingerprint: String { "sampled" }
  func frameCount(samples: Int) -> Int { samples / 320 }

  func frames(of recordings: [[Float]], threads: Int) throws -> [Tensor] {
    let hasForgotten = log.withLock { log in
      log.calls.append(recordings)
      log.threads.append(pthread_self())
      log.active += 1
      return log.hasForgotten
    }
    defer { log.withLock { $0.active -= 1 } }
    let total = recordings.reduce(0) { $0 + $1.count }
    if case .full(let limit) = fault, total > limit, hasForgotten { throw Failed() }
    return try recordings.map { samples in
      if fault == .failing(at: samples) { throw Failed() }
      let scale: Float = fault == .companyDependent ? 10 + Float(recordings.count) : 10
      let rows = frameCount(samples: samples.count)
      var values = (0..<rows * 32).map { samples[$0 / 32 * 320 + $0 % 32 * 10] * scale }
      if fault == .infinite(at: samples) { values[40] = .infinity }
      return Tensor(shape: [rows, 32], values: values)
    }
  }
}

/// Settings of a network on frames of 32 features, with mixtures.
var sampledSettings: VariantSettings {
  var settings = tinySettings
  settings.model.backbone = .pretrained
  settings.features.statistics = false
  settings.model.headDropout = 0.3
  settings.augmentation.mixup = .eam
  settings.augmentation.mixProbability = 0.6
  settings.training.batchSize = 3
  return settings
}

/// Calls `body` with the training of fold 1 on frames of `source`, and its cache.
func withTraining<Result>(
  on source: SampledSource, _ settings: VariantSettings = sampledSettings, seed: UInt64 = 1,
  keepsMixtures: Bool? = nil, _ body: (FoldTraining, FrameCache) throws -> Result
) throws -> Result {
  try withTemporaryFolder { folder in
    let tiny = try TinyCorpus.shared
    try writeRandomCheckpoint(like: .tiny, to: folder + "/backbone", seed: 1)
    let weights = FrozenWeights(try Checkpoint(folder: folder + "/backbone"))
    let backbone = try PretrainedBackbone(
      weights, layers: .last, firstTrainedLayer: nil, recomputes: false)
    let cache = try FrameCache(
      folder: folder + "/frames", precision: settings.pretrained.framePrecision)
    let prepared = try PreparedCorpus(
      tiny.corpus.utterances, classes: tiny.corpus.classes, store: tiny.store,
      signal: settings.signal, features: settings.features,
      supply: FrameSupply(backbone, cache: cache, keepsMixtures: keepsMixtures, source: source),
      threads: 2)
    let partition = Partition(
      tiny.corpus.utterances, fold: 1, folds: 3, evaluateOn: .test,
      selection: settings.training.selection)
    source.forget()
    return try body(
      FoldTraining(prepared, partition, settings, random: RandomStream(seed: seed)), cache)
  }
}
