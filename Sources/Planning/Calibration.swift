// Times a few seconds of real work, as the basis of a plan's hours.
package import Backbones
import Audio
import Corpora
package import Experiments
import Foundation
import Layers
import Models
import Randomness
package import Runs
import Settings
import Tensors
import Training

/// What to plan: an experiment, its corpora and its cells.
package struct Planner {
  let experiment: ExperimentSettings
  let corpora: [CorpusFacts]
  /// All trainings, including companions. Here, variants with equal settings have one each.
  let cells: [Cell]
  let backbone: BackboneUse

  package init(
    _ experiment: ExperimentSettings, _ corpora: [CorpusFacts], _ cells: [Cell],
    _ backbone: BackboneUse
  ) {
    (self.experiment, self.corpora) = (experiment, corpora)
    (self.cells, self.backbone) = (cells, backbone)
  }

  /// Plans the whole experiment without starting anything.
  ///
  /// A variant whose trial diverges is planned without time and memory. Its cells will report why
  /// they failed, and the others continue.
  ///
  /// - Throws: the errors of opening recordings.
  package func plan() throws -> RunPlan {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    var count = PlanCount(cores: cores)
    var rows: [RunPlan.Row] = []
    var costs: [String: [VariantSettings: (cost: VariantCost, note: String?)]] = [:]
    var storeBytes = 0
    let choice = experiment.protocolSettings
    let isWatched = choice.evaluateOn == .test && choice.testTrajectory
    for corpus in corpora {
      let utterances = corpus.corpusUtterances
      let needsSound = experiment.needsSound
      let durations = try zip(corpus.utterances, utterances).map {
        try $0.duration ?? (needsSound ? recordingDuration($1.path) : 0)
      }
      let mean = durations.reduce(0, +) / Double(max(1, durations.count))
      if needsSound { storeBytes += Int(durations.reduce(0, +)) * bytesPerSecond }
      for variant in experiment.variants {
        let partitions = cells.filter {
          $0.variant == variant.name && $0.identity.corpus == corpus.corpus
        }.map { cell in
          (
            seed: cell.identity.seed, fold: cell.identity.fold,
            partition: Partition(
              utterances, fold: cell.identity.fold, folds: corpus.foldNames.count,
              evaluateOn: cell.identity.evaluateOn,
              selection: cell.identity.settings.training.selection)
          )
        }
        let known = costs[corpus.corpus]?[variant.settings]
        let (cost, note) = try known ?? trial(of: variant.settings, corpus, seconds: mean)
        costs[corpus.corpus, default: [:]][variant.settings] = (cost, note)
        rows.append(
          count.row(
            variant.name, variant.settings, corpus: corpus.corpus, partitions: partitions,
            durations: durations, watchesEpochs: isWatched, cost, note: note))
      }
    }
    return RunPlan(rows: rows, storeBytes: storeBytes, cores: cores)
  }

  /// Bytes per second of samples and log-mel features in the store.
  private var bytesPerSecond: Int {
    let features = experiment.variants.first?.settings.features ?? FeatureSettings()
    let columns = features.bands + (features.prosody ? 3 : 0)
    return 4 * (16_000 + Int(1000 / features.hop) * columns)
  }

  /// The cost of a variant, or why it could not be measured.
  private func trial(
    of settings: VariantSettings, _ corpus: CorpusFacts, seconds: Double
  ) throws -> (cost: VariantCost, note: String?) {
    do {
      return (try cost(of: settings, corpus, seconds: seconds), nil)
    } catch let error as TrainingError {
      return (
        VariantCost(forward: 0, step: 0, columns: 0),
        "not measured: \(error.description(under: settings))"
      )
    }
  }

  private func cost(
    of settings: VariantSettings, _ corpus: CorpusFacts, seconds: Double
  ) throws -> VariantCost {
    if settings.model.backbone == .compact, let cost = try trialCost(of: settings, corpus) {
      return cost
    }
    return try measuredCost(of: settings, corpus, seconds: seconds)
  }

  /// Times a variant's networks on noise: the frozen part where it runs, the trained part on a step
  /// of two utterances.
  private func measuredCost(
    of settings: VariantSettings, _ corpus: CorpusFacts, seconds: Double
  ) throws -> VariantCost {
    var settings = settings
    settings.training.learningRate = 1e-6
    let pretrained = try backbone.pretrained(settings)
    let length = min(seconds, settings.signal.maximumDuration)
    var (sourceCost, columns) = (nil as SourceCost?, 0)
    // 100 log-mel frames per second, or the backbone's 50.
    var (frames, width) = (Int(length * 1000 / settings.features.hop), settings.features.bands)
    if let source = pretrained?.source {
      sourceCost = try SourceCost(
        of: source, threads: ProcessInfo.processInfo.activeProcessorCount, clock: monotonicSeconds)
      columns = source.columns
      (frames, width) = (max(1, source.frameCount(samples: Int(length * 16_000))), columns)
    }
    let weights = RandomStream(seed: 1)
    let (network, parameters): (EmotionNetwork, Parameters)
    if let given = backbone.given.folder(corpus.corpus, settings) {
      // Frames from files have a mean length of their own.
      (frames, width) = (max(1, given.total / max(1, corpus.utterances.count)), given.columns)
      (network, parameters) = EmotionNetwork.make(
        settings.model, onFramesOf: given.width, layers: given.layers, classes: 4, using: weights)
    } else {
      (network, parameters) = EmotionNetwork.make(
        settings.model, pretrained: pretrained, features: width, statistics: 0, classes: 4,
        using: weights)
    }
    let values = noise(Double(frames * width * 2) / 16_000 + 1)
    let batch = Batch(
      shards: [
        Shard(
          input: Tensor(
            shape: [2 * frames, width], values: Array(values.prefix(2 * frames * width))),
          sequences: Ragged([frames, frames]), statistics: .zeros([2, 0]))
      ], targets: Tensor(shape: [2, 4], values: [1, 0, 0, 0, 0, 1, 0, 0]))
    let random = RandomStream(seed: 1)
    var state = TrainingState(network, parameters, settings.training)
    let schedule = Schedule(settings.training, stepsPerEpoch: 1)
    func step() throws {
      _ = try state.takeStep(
        of: network, on: batch, settings, schedule, random: random, threads: 1)
    }
    let growth = try memoryTaken(by: step)
    let whole = try time(step)
    let gradient = try time {
      _ = try network.gradient(of: batch, parameters, settings.loss, random: random, threads: 1)
    }
    let rest = max(0, whole - gradient) / Double(settings.training.batchSize)
    // The step's growth contains the weights' gradients and moments once, and two utterances.
    let count = parameters.named.reduce(0) { $0 + $1.tensor.count }
    let perUtterance = max(0, growth - 12 * count) / 2
    let ahead = BatchesAhead.memory(
      frames: frames, columns: width, source: pretrained?.source, settings)
    let head = try HeadCost(
      network, parameters, settings,
      frames: Tensor(shape: [frames, width], values: Array(values.prefix(frames * width))),
      clock: monotonicSeconds)
    return VariantCost(
      forward: sourceCost?.forward ?? 0, step: head?.step ?? gradient / 2 + rest, columns: columns,
      memory: 16 * count + perUtterance * settings.training.batchSize + ahead, parameters: count,
      overlaps: sourceCost?.overlaps ?? false, trainsOnDevice: head != nil,
      deviceMemory: head?.deviceMemory ?? sourceCost?.deviceMemory)
  }
}

private func time(_ body: () throws -> Void) rethrows -> Double {
  try ContinuousClock().measure(body) / .seconds(1)
}
