// Scores of confusion matrices, and their summaries over seeds and folds.
// N utterances, K classes.
import Evaluation
import Golden

let metricChecks = [
  Check(
    "metrics",
    [
      "scores": { reader in
        let matrix = try confusionMatrix(reader)
        let scores = ClassificationScores(matrix)
        let (k, shares) = (matrix.classes.count, matrix.rowShares)
        return [
          Output("matrix", shape: [k, k], .integers(matrix.counts.flatMap { $0 })),
          headline(scores),
          Output("support", scores.classes.map(\.support)),
          Output(
            "rowShares", shape: [k, k],
            .double(shares.flatMap { $0 ?? Array(repeating: 0, count: k) })),
        ] + optional("precision", "precisionDefined", scores.classes.map(\.precision))
          + optional("recall", "recallDefined", scores.classes.map(\.recall))
          + optional("f1", "f1Defined", scores.classes.map(\.f1))
      },
      "headline": { [headline(ClassificationScores(try confusionMatrix($0)))] },
      "summary": summary,
      "spread": { reader in
        let values = try reader.doubles("values")
        guard !values.isEmpty else {
          throw GoldenError.wrongShape(name: "values", expected: "at least one", found: "none")
        }
        return outputs("values", [Spread(values)])
      },
    ])
]

private func classes(_ count: Int) -> [String] { (0..<count).map { "class \($0)" } }

private func classCount(_ reader: CaseReader) throws -> Int {
  let count = try reader.count("classes")
  guard (1...1000).contains(count) else {
    throw GoldenError.wrongShape(name: "classes", expected: "1 … 1000", found: "\(count)")
  }
  return count
}

private func prediction(fold: Int, truth: Int, predicted: Int) -> Prediction {
  Prediction(
    id: "", speaker: "", fold: fold, truth: truth, predicted: predicted, probabilities: [])
}

/// The matrix from the inputs `truth` and `predicted`.
private func confusionMatrix(_ reader: CaseReader) throws -> ConfusionMatrix {
  let k = try classCount(reader)
  let n = try reader.integers("truth").count
  let truth = try reader.labels("truth", count: n, classes: k)
  let predicted = try reader.labels("predicted", count: n, classes: k)
  guard n > 0 else {
    throw GoldenError.wrongShape(name: "truth", expected: "at least one", found: "none")
  }
  return ConfusionMatrix(
    classes: classes(k),
    predictions: zip(truth, predicted).map { prediction(fold: 1, truth: $0, predicted: $1) })
}

/// WA, UA, macro F1 and weighted F1.
private func headline(_ scores: ClassificationScores) -> Output {
  Output("headline", Metric.allCases.map { scores[$0] })
}

/// The values, with 0 for missing ones, and a mask of the values that exist.
private func optional(_ name: String, _ mask: String, _ values: [Double?]) -> [Output] {
  [Output(name, values.map { $0 ?? 0 }), Output(mask, values.map { $0 == nil ? 0 : 1 })]
}

private func outputs(_ name: String, _ spreads: [Spread]) -> [Output] {
  [Output(name + "Mean", spreads.map(\.mean))]
    + optional(
      name + "Deviation", name + "HasDeviation", spreads.map(\.standardDeviation))
}

/// The summary of predictions in any order, each with its seed and fold.
private func summary(_ reader: CaseReader) throws -> [Output] {
  let k = try classCount(reader)
  let seeds = try reader.numbers("seeds").compactMap { Int(exactly: $0) }
  let folds = try reader.numbers("folds").compactMap { Int(exactly: $0) }
  let n = try reader.integers("truth").count
  let truth = try reader.labels("truth", count: n, classes: k)
  let predicted = try reader.labels("predicted", count: n, classes: k)
  let (seed, fold) = (try reader.integers("seed", [n]), try reader.integers("fold", [n]))
  guard seed.allSatisfy(seeds.contains), fold.allSatisfy(folds.contains) else {
    throw GoldenError.wrongShape(
      name: "seed, fold", expected: "of \(seeds), \(folds)", found: "others")
  }
  let cells = seeds.flatMap { seed in folds.map { (seed, $0) } }.compactMap { place in
    let rows = (0..<n).filter { seed[$0] == place.0 && fold[$0] == place.1 }
    let predictions = rows.map {
      prediction(fold: fold[$0], truth: truth[$0], predicted: predicted[$0])
    }
    return predictions.isEmpty
      ? nil
      : ScoredCell(
        seed: place.0, fold: place.1,
        matrix: ConfusionMatrix(classes: classes(k), predictions: predictions))
  }
  let summary = ScoreSummary(cells: cells, seeds: seeds, folds: folds)
  return [
    Output("completeSeeds", summary.completeSeeds),
    Output(
      "pooledMatrix", shape: [k, k],
      .integers(summary.pooledMatrix?.counts.flatMap { $0 } ?? [Int](repeating: 0, count: k * k))),
  ] + outputs("pooled", Metric.allCases.compactMap { summary.pooled($0) })
    + outputs("perFold", Metric.allCases.compactMap { summary.perFold($0) })
}
