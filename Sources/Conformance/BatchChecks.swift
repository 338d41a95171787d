// What a training draws for the batches of an epoch, from recordings to labels and statistics.
// N utterances, K classes, G statistics.
import Audio
import Augmentation
import Corpora
import Foundation
import Golden
import Models
import Settings
import Tensors
import Training

let batchChecks = [Check("batches", ["epoch": epoch])]

/// The settings of a case: a small network, since none of its weights is used.
private func batchSettings(_ reader: CaseReader) throws -> VariantSettings {
  var settings = VariantSettings()
  settings.features.bands = try reader.count("bands", within: 13...256)
  settings.signal.trim = 0
  (settings.model.width, settings.model.heads) = (8, 2)
  (settings.model.embedding, settings.model.statisticsHidden) = (4, 4)
  settings.training.batchSize = try reader.count("batchSize", within: 1...1000)
  settings.augmentation = try perturbationSettings(reader)
  settings.augmentation.mixup = try reader.choice("mixup")
  settings.augmentation.mixProbability = try reader.number("mixProbability", within: 0...1)
  let highest = try reader.number("highest", within: -60...60)
  settings.augmentation.highestSignalToNoise = highest
  settings.augmentation.lowestSignalToNoise = try reader.number("lowest", within: -60...highest)
  settings.augmentation.statisticsNoise = try reader.number("statisticsNoise", within: 0...100)
  return settings
}

/// The corpus of a case: its recordings, whose speakers are also their folds.
private func batchCorpus(
  _ reader: CaseReader, _ settings: VariantSettings
) throws -> PreparedCorpus {
  let count = try reader.count("files", within: 2...100)
  let ids = try reader.text("ids").split(separator: " ").map(String.init)
  try require(
    ids.count == count && Set(ids).count == count && ids == ids.sorted(), "ids",
    expected: "\(count) sorted ids", found: ids)
  let classes = try reader.count("classes", within: 2...100)
  let labels = try reader.labels(count: count, classes: classes)
  let speakers = try reader.integers("speakers", [count])
  try require(
    speakers.allSatisfy { (0..<count).contains($0) } && Set(speakers).count > 1, "speakers",
    expected: "several below \(count)", found: speakers)
  let utterances = try (0..<count).map { place in
    Utterance(
      id: ids[place], label: "class \(labels[place])", classIndex: labels[place],
      speaker: "speaker \(speakers[place])", session: nil, fold: speakers[place] + 1,
      path: try reader.file("file\(place)"))
  }
  let folder = FileManager.default.temporaryDirectory.path + "/reprise-verify-\(UUID())"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  // The store stays mapped.
  defer { try? FileManager.default.removeItem(atPath: folder) }
  let store = try FeatureStore.openOrBuild(
    utterances.map { FeatureStore.Source(id: $0.id, path: $0.path) }, folder: folder,
    key: "batches",
    signal: settings.signal, features: settings.features, jobs: 1)
  return try PreparedCorpus(
    utterances, classes: (0..<classes).map { "class \($0)" }, store: store,
    signal: settings.signal, features: settings.features, threads: 1)
}

/// An epoch of fold 1: its order, its mixtures and its batches. The noise is what the statistics
/// differ by from those of a training without noise.
@Sendable private func epoch(_ reader: CaseReader) throws -> [Output] {
  var settings = try batchSettings(reader)
  let corpus = try batchCorpus(reader, settings)
  let partition = Partition(
    corpus.utterances, fold: 1, folds: corpus.utterances.count, evaluateOn: .test,
    selection: .last)
  let number = try reader.count("epoch", within: 1...1000)
  let random = try stream(reader)
  func batches(_ settings: VariantSettings) throws -> (order: EpochOrder, batches: [Batch]) {
    let training = FoldTraining(corpus, partition, settings, random: random)
    let order = training.order(ofEpoch: number)
    return (order, try (0..<order.steps).map { try training.batch(order, $0, threads: 2) })
  }
  let (order, made) = try batches(settings)
  let places = (0..<order.steps).flatMap { order.positions(ofStep: $0) }
  let assembly = BatchAssembly(corpus, settings.augmentation)
  let mixtures = places.map {
    assembly.mixture($0, partners: partition.training, random: order.examples)
  }
  settings.augmentation.statisticsNoise = 0
  func statistics(_ batches: [Batch]) -> [Double] {
    batches.flatMap(\.shards).flatMap { $0.statistics.array.map(Double.init) }
  }
  let noise = zip(statistics(made), statistics(try batches(settings).batches)).map { $0 - $1 }
  return [
    Output("order", places), Output("sizes", made.map(\.targets.rows)),
    Output("partners", mixtures.map { $0?.partner ?? -1 }),
    Output(
      "segments", shape: [places.count, 3],
      .integers(
        mixtures.flatMap { mixture -> [Int] in
          let draw = mixture?.draw
          return [draw?.start ?? -1, draw?.partnerStart ?? -1, draw?.length ?? -1]
        })),
    Output("shares", mixtures.map { $0?.share ?? 0 }),
    Output("targets", .stacked(made.map(\.targets))),
    Output("frames", made.flatMap(\.shards).flatMap { $0.sequences.lengths }),
    Output("noise", shape: [places.count, corpus.statisticsCount], .double(noise)),
  ]
}
