// Counts an experiment's passes through networks row by row. They follow from the experiment alone.
package import Corpora
import Models
package import Runs
package import Settings

/// The measured cost of a variant on this machine.
package struct VariantCost: Sendable {
  /// Seconds for the frozen backbone on one second of audio, on all cores or on its device; 0
  /// without one.
  package let forward: Double
  /// Seconds for one utterance forward and backward, including its share of the step: on one core,
  /// or on the device that trains.
  package let step: Double
  /// Numbers per frame of the frozen backbone; 0 without one.
  package let columns: Int
  /// Memory of one cell in training, in bytes.
  package let memory: Int
  /// Number of trained parameters.
  package let parameters: Int
  /// Whether the frozen backbone computes mixtures while earlier batches train.
  package let overlaps: Bool
  /// Whether a device trains.
  package let trainsOnDevice: Bool
  /// The bytes that the backbone holds on its device; nil without one.
  package let deviceMemory: Int?

  package init(
    forward: Double, step: Double, columns: Int, memory: Int = 0, parameters: Int = 0,
    overlaps: Bool = false, trainsOnDevice: Bool = false, deviceMemory: Int? = nil
  ) {
    (self.overlaps, self.trainsOnDevice) = (overlaps, trainsOnDevice)
    self.deviceMemory = deviceMemory
    (self.forward, self.step, self.columns) = (forward, step, columns)
    (self.memory, self.parameters) = (memory, parameters)
  }
}

/// Counts an experiment's passes row by row. Rows share the results of earlier ones.
package struct PlanCount {
  /// Frames per second of audio: one every 20 ms.
  private static let frameRate = 50.0
  /// Approximate bytes of an utterance's line of predictions.
  private static let predictionBytes = 140
  /// The approximate share of a forward pass in forward and backward.
  private static let forwardShare = 1.0 / 3

  let cores: Int
  private var cleaned: Set<String> = []
  /// The mixtures counted so far, by what determines them.
  private var mixed: [String: Double] = [:]

  package init(cores: Int) { self.cores = cores }

  /// Counts one variant on one corpus.
  ///
  /// - Parameters:
  ///   - partitions: the partition of each training, including companions.
  ///   - watchesEpochs: whether utterances are also scored after every epoch.
  ///   - note: why `cost` was not measured; nil if it was.
  ///   - durations: lengths of all recordings, in seconds.
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
    let (first, mixing) = (
      Double(clean) * mean * cost.forward, mixtures * mean * cost.forward
    )
    let step = cost.trainsOnDevice ? cost.step : cost.step / Double(cores)
    let training = Double(trained) * step
    let scoring = Self.forwardShare * Double(evaluated) * step
    // While one batch trains on the CPU, a device computes the mixtures of the next. A device that
    // does both does one after the other.
    let steps =
      cost.overlaps && !cost.trainsOnDevice ? max(mixing, training) : mixing + training
    let bytes =
      mean * Self.frameRate * Double(cost.columns * settings.pretrained.framePrecision.bytes)
    let passes = Int(mixtures.rounded())
    return RunPlan.Row(
      corpus: corpus, variant: variant, cells: partitions.count, cleanPasses: clean,
      mixturePasses: passes, trainedPasses: trained, evaluatedPasses: evaluated,
      sparedPasses: cost.columns > 0 ? trained + evaluated - clean - passes : 0,
      frameBytes: Int(Double(clean) * bytes), mixtureBytes: Int(mixtures * bytes),
      hours: (first + steps + scoring) / 3600, memory: cost.memory,
      resultBytes: partitions.reduce(0) {
        $0 + 4 * cost.parameters + $1.partition.evaluation.count
          * (4 * settings.model.embedding + Self.predictionBytes)
      }, note: note, deviceMemory: cost.deviceMemory)
  }
}

extension VariantSettings {
  /// The expected number of mixtures that a training on a partition draws.
  func expectedMixtures(of partition: Partition) -> Double {
    guard augmentation.mixup != .none else { return 0 }
    return augmentation.mixProbability
      * Double(partition.training.count * training.epochs)
  }
}

extension PretrainedSettings {
  /// The settings that determine which frames are computed.
  fileprivate var use: String { "\(layers) \(trainableFromLayer) \(framePrecision) \(arithmetic)" }
}
