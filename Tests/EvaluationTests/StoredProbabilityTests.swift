// The probabilities beside a baseline. Kinds: worked by hand, property.
import Evaluation
import Files
import Foundation
import Randomness
import TestSupport
import Testing

private let classes = ["a", "b", "c"]

/// 2 seeds of 40 utterances in 2 folds. The class with the greatest probability is predicted.
private func system(seed: UInt64 = 1) -> SystemPredictions {
  var random = RandomStream(seed: seed)
  return SystemPredictions(
    system: "full", classes: classes,
    seeds: (1...2).map { seed in
      (
        seed,
        (0..<40).map { index in
          let weights = (0..<3).map { _ in exp(4 * random.normal()) }
          let sum = weights.reduce(0, +)
          let probabilities = weights.map { Float($0 / sum) }
          let best = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
          return Prediction(
            id: String(format: "u%02d", index), speaker: "s\(index % 4)", fold: 1 + index % 2,
            truth: index % 3, predicted: best, probabilities: probabilities)
        }
      )
    })
}

/// Writes the baseline of these predictions with its tables.
private func record(
  _ system: SystemPredictions, in folder: String,
  _ change: (inout Baseline) -> Void = { _ in }
) throws {
  let cells = system.seeds.flatMap { seed in
    (1...2).map { fold in
      ScoredCell(
        seed: seed.seed, fold: fold,
        matrix: ConfusionMatrix(
          classes: classes, predictions: seed.predictions.filter { $0.fold == fold }))
    }
  }
  var baseline = try Baseline.record(
    name: "b full", system: "full",
    signature: ProtocolSignature(
      corpus: "ravdess", foldList: "emobox", folds: 2, classes: classes, utterances: 40),
    summary: ScoreSummary(cells: cells, seeds: [1, 2], folds: [1, 2]),
    provenance: try #require(try workedBaseline().measurement).provenance, settings: [])
  let table = Data(Baseline.predictionsTable(system).text.utf8)
  try table.writeAtomically(to: folder + "/b.csv")
  baseline.measurement?.predictions = .init(file: "b.csv", sha256: sha256(table))
  let stored = try #require(StoredProbabilities.file(of: system))
  try stored.writeAtomically(to: folder + "/b.npy")
  baseline.measurement?.probabilities = .init(
    file: "b.npy", sha256: sha256(stored), Calibration(system.seeds.flatMap(\.predictions)))
  change(&baseline)
  try BaselineFile(baselines: [baseline]).write(to: folder + "/b.json")
}

private func complaints(in folder: String) throws -> [String] {
  try BaselineLint(folder: folder, texts: []).complaints
}

@Suite struct `Stored probabilities` {
  @Test func `are a NumPy array of 16-bit logarithms`() throws {
    let system = SystemPredictions(
      system: "x", classes: ["a", "b"],
      seeds: [
        (
          1,
          [
            Prediction(
              id: "u", speaker: "s", fold: 1, truth: 0, predicted: 0, probabilities: [1, 0]),
            Prediction(
              id: "v", speaker: "s", fold: 1, truth: 0, predicted: 0, probabilities: [0.5, 0.5]),
          ]
        )
      ])
    let data = try #require(StoredProbabilities.file(of: system))
    // The start of what numpy.save writes for np.zeros((1, 2, 2), "<u2"), NumPy 2.
    let header = "{'descr': '<u2', 'fortran_order': False, 'shape': (1, 2, 2), }"
    #expect(data.prefix(10) == Data([0x93] + "NUMPY".utf8 + [1, 0, 118, 0]))
    #expect(data.count == 128 + 8)
    #expect(
      String(decoding: data[10..<128], as: UTF8.self)
        == header + String(repeating: " ", count: 117 - header.count) + "\n")
    // 1 is 0, 0 is 65535, and ½ is round(ln 2 · 65535 / ln 1e12) = 1644.
    #expect(Array(data.suffix(8)) == [0, 0, 255, 255, 0x6C, 6, 0x6C, 6])
  }

  @Test func `are not stored of a system that has none`() {
    let rows = system().utterances.map { row in
      var row = row
      row.probabilities = []
      return row
    }
    #expect(
      StoredProbabilities.file(
        of: SystemPredictions(system: "x", classes: classes, seeds: [(1, rows)])) == nil)
  }

  @Test(arguments: 1...5) func `give the calibration again, within the stated rounding`(
    seed: UInt64
  ) throws {
    try withTemporaryFolder { folder in
      let system = system(seed: seed)
      try record(system, in: folder)
      let lint = try BaselineLint(folder: folder, texts: [])
      #expect(lint.complaints.isEmpty, "\(lint.complaints)")
      #expect(lint.lines.contains { $0.contains("80 predictions with probabilities: ok") })
      let baseline = try #require(try BaselineFile.load(folder: folder).first)
      let recorded = try #require(baseline.measurement?.probabilities)
      let predictions = try #require(try baseline.predictions(in: folder))
      let found = try #require(try baseline.calibration(in: folder, of: predictions))
      // Other digits, so the tolerance is needed, and it is enough.
      #expect(found.negativeLogLikelihood != recorded.negativeLogLikelihood)
      expectClose(
        found.negativeLogLikelihood, recorded.negativeLogLikelihood,
        absolute: StoredProbabilities.rounding)
      expectClose(found.brier, recorded.brier, absolute: 3 * StoredProbabilities.rounding)
    }
  }

  @Test func `tell of a wrong figure, file or class`() throws {
    func fault(
      _ change: (inout Baseline) -> Void = { _ in }, then damage: (String) throws -> Void = { _ in }
    ) throws -> String {
      try withTemporaryFolder { folder in
        try record(system(), in: folder, change)
        try damage(folder)
        let found = try complaints(in: folder)
        #expect(found.count <= 1)
        return found.first ?? ""
      }
    }
    #expect(try fault().isEmpty)
    #expect(
      try fault { $0.measurement?.probabilities?.negativeLogLikelihood += 0.001 }
        .contains("negative log-likelihood"))
    #expect(
      try fault { $0.measurement?.probabilities?.brier += 0.001 }.contains("expected Brier score"))
    #expect(
      try fault { $0.measurement?.probabilities?.expectedError += 0.3 }.contains("expected ECE"))
    #expect(
      try fault(then: { try Data().writeAtomically(to: $0 + "/b.npy") }).contains("SHA-256"))
    #expect(try !fault(then: { try FileManager.default.removeItem(atPath: $0 + "/b.npy") }).isEmpty)
    // The probabilities of another system, or of another shape, recorded as this one's.
    for (other, words) in [
      (try #require(StoredProbabilities.file(of: system(seed: 9))), "the greatest probability of"),
      (Data("x".utf8), "a NumPy array <u2 of shape [2, 40, 3]"),
      (try #require(StoredProbabilities.file(of: system())).dropLast(2), "a NumPy array <u2"),
    ] {
      let found = try fault({ $0.measurement?.probabilities?.sha256 = sha256(other) }) {
        try other.writeAtomically(to: $0 + "/b.npy")
      }
      #expect(found.contains(words), "\(found)")
    }
    // Probabilities that do not sum to 1: all bits of the last ones.
    var bright = try #require(StoredProbabilities.file(of: system()))
    bright.replaceSubrange(bright.count - 6..<bright.count, with: [0, 0, 0, 0, 0, 0])
    let found = try fault({ $0.measurement?.probabilities?.sha256 = sha256(bright) }) {
      try bright.writeAtomically(to: $0 + "/b.npy")
    }
    #expect(found.contains("that sum to 1"), "\(found)")
    #expect(
      try fault { $0.measurement?.probabilities?.file = "../b.npy" }.contains("a file name in"))
  }

  @Test func `are missing in an older baseline, which is still read`() throws {
    try withTemporaryFolder { folder in
      try record(system(), in: folder) { $0.measurement?.probabilities = nil }
      #expect(try complaints(in: folder).isEmpty)
      let text = String(decoding: try Data(readingFile: folder + "/b.json"), as: UTF8.self)
      #expect(!text.contains("probabilities"))
    }
  }
}
