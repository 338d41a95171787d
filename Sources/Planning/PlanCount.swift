// An experiment's passes through networks counted row by row: they follow from the experiment
// alone.
package import Corpora
import Models
package import Runs
package import Settings

/// What this machine takes for a variant, measured.
package struct VariantCost: Sendable {
  /// Seconds on all cores for the frozen backbone on one second of audio; 0 without one.
  package let forward: Double
  /// Seconds of one core for one utterance forward and backward, its share of the step included.
  package let step: Double
  /// Numbers in a frame of the frozen backbone; 0 without one.
  package let columns: Int
  /// Bytes of memory of one cell in training.
  package let memory: Int
  /// Numbers that are trained.
  package let parameters: Int

  package init(
    forward: Double, step: Double, columns: Int, memory: Int = 0, parameters: Int = 0
  ) {
    (self.forward, self.step, self.columns) = (forward, step, columns)
    (self.memory, self.parameters) = (memory, parameters)
  }
}

/// Counts an experiment's passes row by row; rows share what earlier ones have computed.
package struct PlanCount {
  /// Frames in a second of audio: one every 20 ms.
  private static let frameRate = 50.0
  /// Bytes of an utterance's line of predictions, about.
  private static let predictionBytes = 140
  /// A forward pass takes about this share of forward and backward.
  private static let forwardShare = 1.0 / 3

  let cores: Int
  private var cleaned: Set<String> = []
  /// Mixtures already counted, by what they are drawn from.
  private var mixed: [String: Double] = [:]

  package init(cores: Int) { self.cores = cores }

  /// Counts one variant on one corpus.
  ///
  /// - Parameters:
  ///   - partitions: of each training, those beside included.
  ///   - watchesEpochs: whether the scored utterances are scored after every epoch as well.
  ///   - note: why `cost` was not measured; nil where it was.
  ///   - durations: of all recordings, s.
  package mutating func row(
    _ variant: String, _ settings: VariantSettings, corpus: String,
    partitions: [(seed: Int, fold: Int, partition: Partition)], durations: [Double],
    watchesEpochs: Bool = false, _ cost: VariantCost, note: String? = nil
  ) -> RunPlan.Row {
    let epochs = settings.training.epochs
    let trained = partitions.reduce(0) { $0 + $1.partition.training.count * epochs }
    let scorings = watchesEpochs ? epochs + 1 : 1
    let evaluated = partitions.reduce(0) {
      $0 + $1.partition.evaluation.count * scorings + $1.partition.validation.count * epochs
    }
    var (clean, mixtures) = (0, 0.0)
    if cost.columns > 0 {
      let source = "\(corpus) \(settings.signal) \(settings.pretrained.use)"
      if cleaned.insert(source).inserted { clean = durations.count }
      for (seed, fold, partition) in partitions {
        let key = "\(source) \(seed) \(fold) \(settings.augmentation) \(partition.training.count)"
        let drawn = settings.expectedMixtures(of: partition)
        mixtures += max(0, drawn - mixed[key, default: 0])
        mixed[key] = max(drawn, mixed[key, default: 0])
      }
    }
    let limited = durations.map { min($0, settings.signal.maximumDuration) }
    let mean = limited.reduce(0, +) / Double(max(1, limited.count))
    let audio = (Double(clean) + mixtures) * mean
    let steps = (Double(trained) + Self.forwardShare * Double(evaluated)) * cost.step
    let bytes =
      mean * Self.frameRate * Double(cost.columns * settings.pretrained.framePrecision.bytes)
    let passes = Int(mixtures.rounded())
    return RunPlan.Row(
      corpus: corpus, variant: variant, cells: partitions.count, cleanPasses: clean,
      mixturePasses: passes, trainedPasses: trained, evaluatedPasses: evaluated,
      sparedPasses: cost.columns > 0 ? trained + evaluated - clean - passes : 0,
      frameBytes: Int(Double(clean) * bytes), mixtureBytes: Int(mixtures * bytes),
      hours: (audio * cost.forward + steps / Double(cores)) / 3600, memory: cost.memory,
      resultBytes: partitions.reduce(0) {
        $0 + 4 * cost.parameters + $1.partition.evaluation.count
          * (4 * settings.model.embedding + Self.predictionBytes)
      }, note: note)
  }
}

extension VariantSettings {
  /// How many mixtures a training on a partition draws, on average.
  func expectedMixtures(of partition: Partition) -> Double {
    guard augmentation.mixup != .none else { return 0 }
    return augmentation.mixProbability
      * Double(partition.training.count * training.epochs)
  }
}

extension PretrainedSettings {
  /// What of these settings decides which frames are computed.
  fileprivate var use: String { "\(layers) \(trainableFromLayer) \(framePrecision) \(arithmetic)" }
}
