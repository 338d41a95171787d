// The trained networks of a variant, ready to answer.
import Backbones
import Corpora
import Experiments
import Files
import Foundation
import Layers
import Models
import Randomness
package import Runs
import Settings
import Tensors
import Training

/// The finished cells of one variant on one corpus, with their weights.
package struct TrainedModels: Sendable {
  /// One trained network.
  struct Model: Sendable {
    let cell: Cell
    let parameters: Parameters
    /// What it keeps about its recordings; nil in runs of older versions.
    let recordings: CellRecordings?
    /// The positions of its training utterances in the corpus.
    let trainedOn: Set<Int>
    /// The places of the utterances that it scored, by their positions in the corpus.
    let scored: [Int: ShardPlace]

    /// The summary of its training recordings.
    var sound: TrainingSound? { recordings?.training }
  }

  package let run: RecordedRun
  package let corpus: CorpusFacts
  package let variant: String
  /// By seed and fold.
  let models: [Model]
  /// The number of cells that were asked for and are not finished.
  package let unfinished: Int
  let settings: VariantSettings
  let assembly: RecordingAssembly
  let network: EmotionNetwork

  /// Opens the networks of a run and checks every file of their cells.
  ///
  /// - Throws: `PredictError`, `FileError`, `BackboneUseError`, `CheckpointError`.
  package init(of run: RecordedRun, _ choice: ModelChoice) throws {
    let (corpus, variant, cells) = try choice.cells(of: run)
    let folders = cells.map { CellFolder(run: run.folder, cell: $0) }
    let finished = folders.filter {
      FileManager.default.fileExists(atPath: $0.file("done.json"))
    }
    guard let settings = finished.first?.cell.identity.settings else {
      throw PredictError(
        run.folder, "no model of \(variant) on \(corpus.title) is finished",
        remedy: "`reprise run \(run.folder)` trains them")
    }
    guard [.compact, .pretrained].contains(settings.model.backbone) else {
      throw PredictError(
        run.folder, "\(variant) was trained on frames of another program",
        remedy: "choose a variant on features or on a pretrained backbone")
    }
    for folder in finished { try folder.requireWeights() }
    (self.run, self.corpus, self.variant) = (run, corpus, variant)
    unfinished = folders.count - finished.count
    self.settings = settings

    var experiment = run.experiment
    experiment.variants = experiment.variants.filter { $0.name == variant }
    experiment.backbone = choice.backbone ?? experiment.backbone
    let use = try BackboneUse(of: experiment, frames: "", mixtureBudget: 0)
    for folder in finished where settings.model.backbone == .pretrained {
      let trained = try folder.configuration().identity.backboneFingerprint
      guard trained == use.fingerprint(for: settings) else {
        throw PredictError(
          experiment.backbone ?? "", "is not the backbone of the run: its weights differ",
          remedy: "give the folder of the same checkpoint with --backbone")
      }
    }
    let backbone = try use.pretrained(settings)
    let assembly = RecordingAssembly(settings, backbone)
    let (network, initial) = EmotionNetwork.make(
      settings.model, pretrained: backbone, features: assembly.features,
      statistics: assembly.statisticsCount, classes: corpus.classes.count,
      using: RandomStream(seed: 0))
    (self.assembly, self.network) = (assembly, network)
    let utterances = corpus.corpusUtterances
    models = try finished.map { folder in
      let identity = folder.cell.identity
      let partition = Partition(
        utterances, fold: identity.fold, folds: corpus.foldNames.count,
        evaluateOn: identity.evaluateOn, selection: identity.settings.training.selection)
      let recordings = try folder.recordings()
      try recordings.map { try assembly.requireFit($0.training, in: folder) }
      let places = partition.evaluation.enumerated().compactMap { index, position in
        ShardPlace(index, of: recordings?.scoredFrames ?? []).map { (position, $0) }
      }
      return Model(
        cell: folder.cell, parameters: try folder.weights(initial), recordings: recordings,
        trainedOn: Set(partition.training),
        scored: Dictionary(places, uniquingKeysWith: { first, _ in first }))
    }
  }

  /// Whether the answer depends on who speaks.
  package var needsSpeakers: Bool {
    assembly.normalizesFramesBySpeaker || assembly.statisticsCount > 0
  }

  /// The folder names of the cells.
  package var cells: [String] { models.map(\.cell.folderName) }
  /// The folds and the seeds of the networks, each once, sorted.
  package var folds: [Int] { Set(models.map(\.cell.identity.fold)).sorted() }
  package var seeds: [Int] { Set(models.map(\.cell.identity.seed)).sorted() }
}

extension RecordingAssembly {
  /// Throws unless the summary has as many values as this variant's features.
  fileprivate func requireFit(_ sound: TrainingSound, in folder: CellFolder) throws {
    let counts = [(sound.frames, features), (sound.statistics, statisticsCount)]
    for (values, expected) in counts {
      guard let values, values.mean.count != expected else { continue }
      throw FileError.damaged(
        path: folder.file(CellFolder.recordingsFile),
        problem: "expected \(expected) values, found \(values.mean.count)",
        remedy: "start the run again to train this cell again")
    }
  }
}

extension CellFolder {
  private static let weightsFile = "weights.safetensors"

  /// Throws unless the cell is finished, with its weights, and unchanged.
  fileprivate func requireWeights() throws {
    guard FileManager.default.fileExists(atPath: file(Self.weightsFile)) else {
      throw PredictError(
        path, "has no \(Self.weightsFile)",
        remedy: "copy the file back, or train the cell again: `reprise run` on the run's folder")
    }
    try requireIntact()
    guard isDone else {
      throw FileError.damaged(
        path: file("done.json"), problem: "does not describe this cell",
        remedy: "start the run again to train this cell again")
    }
  }

  /// The trained weights.
  fileprivate func weights(_ initial: Parameters) throws -> Parameters {
    var parameters = initial
    do {
      try parameters.load(Safetensors.tensors(Data(readingFile: file(Self.weightsFile))))
    } catch let error as ArrayFileError {
      throw FileError.damaged(
        path: file(Self.weightsFile), problem: "\(error)",
        remedy: "start the run again to train this cell again")
    }
    return parameters
  }
}
