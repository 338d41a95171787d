// After training: maps, intervals, reports.
import Evaluation
import Files
import Foundation
import Projections
import Randomness
import Reporting
import Samples
import Tensors

/// `t-sne`
let tsneWorkload = Workload(
  "t-sne", "t-SNE of blobs in 64 dimensions, perplexity 30, 1000 steps", sizeName: "rows",
  sizes: [720, 1440, 5531, 30_000], usual: 5531, unit: "rows", warmUps: 0
) { count, circumstances in
  let features = blobs(count)
  try circumstances.share(features, as: "features")
  return Work(amount: Double(count)) {
    let map = TSNE().embed(features, workers: circumstances.threads)
    try circumstances.share(
      Tensor(shape: [2, count], values: map.x + map.y), as: "map-reprise")
  }
}

/// Ten Gaussian blobs in 64 dimensions.
private func blobs(_ count: Int) -> Tensor {
  var stream = RandomStream(seed: 4)
  let centres = (0..<640).map { _ in 4 * stream.normal() }
  var values: [Float] = []
  values.reserveCapacity(64 * count)
  for _ in 0..<count {
    let blob = stream.integer(below: 10)
    for column in 0..<64 { values.append(Float(centres[64 * blob + column] + stream.normal())) }
  }
  return Tensor(shape: [count, 64], values: values)
}

/// `bootstrap`
let bootstrapWorkload = Workload(
  "bootstrap", "UA of two systems, paired: interval of 10 000 resamples of whole speakers",
  sizeName: "speakers with 60 utterances", sizes: [6, 12, 24, 48], usual: 24, unit: "resamples"
) { speakers, circumstances in
  let classes = (0..<8).map { "class \($0)" }
  func system(_ name: String, skill: Double) -> SystemPredictions {
    var stream = RandomStream(seed: 6).split(name)
    let predictions = (0..<60 * speakers).map { index in
      let truth = index % 8
      let guess = stream.uniform() < skill ? truth : stream.integer(below: 8)
      return Prediction(
        id: String(100_000 + index), speaker: "speaker \(1000 + index / 60)", fold: 1,
        truth: truth, predicted: guess, probabilities: [])
    }
    return SystemPredictions(system: name, classes: classes, seeds: [(1, predictions)])
  }
  let (first, second) = (system("first", skill: 0.7), system("second", skill: 0.68))
  func share(_ name: String, _ value: (Prediction) -> Int, of system: SystemPredictions) throws {
    let values = system.utterances.map { Float(value($0)) }
    try circumstances.share(Tensor(shape: [values.count], values: values), as: name)
  }
  try share("truth", \.truth, of: first)
  try share("first", \.predicted, of: first)
  try share("second", \.predicted, of: second)
  try circumstances.share(
    Tensor(shape: [60 * speakers], values: (0..<60 * speakers).map { Float($0 / 60) }),
    as: "speakers")
  return Work(amount: 10_000) {
    _ = pairedBootstrap(
      first, second, metric: .unweightedAverageRecall, by: .speaker, resamples: 10_000,
      random: RandomStream(seed: 7))
  }
}

/// `report`
let reportWorkload = Workload(
  "report",
  "24 speakers, 6 folds, 3 seeds: PDF, web page, figures in two widths, tables, contact sheet",
  sizeName: "systems", sizes: [1, 2, 4, 8], usual: 2, unit: "reports"
) { systems, circumstances in
  let content = Sample.sized(systems: systems).content
  return Work(amount: 1) {
    _ = try Report.write(content, to: circumstances.folder + "/report")
  }
}
