// Intervals and tests: the basis of every verdict.
// G clusters, K classes, S seeds.
import Evaluation
import Golden
import Randomness
import Statistics
import Tensors

let inferenceChecks = [
  Check(
    "inference",
    [
      "t": distribution, "clusters": clusterFigures, "seeds": seedBlocks, "correlated": correlated,
      "mcnemar": { reader in
        let pair = try reader.integers("discordant", [2])
        guard pair.allSatisfy({ $0 >= 0 }) else { throw wrong("discordant", "counts", "\(pair)") }
        return [Output("p", [mcNemar(onlyFirst: pair[0], onlySecond: pair[1]).p])]
      },
      "holm": { [Output("adjusted", holm(try $0.doubles("p")))] },
      "superiority": { reader in
        let (a, b) = (try some(reader, "first"), try some(reader, "second"))
        return [Output("probability", [probabilityOfSuperiority(a, over: b)])]
      },
      "components": { reader in
        let scores = try rows(reader, "scores", count: try reader.count("units"))
        guard let components = VarianceComponents(scores) else {
          throw wrong("scores", "two units and two seeds", "fewer")
        }
        return [Output("components", [components.seed, components.unit, components.rest])]
      },
      "calibration": calibration, "confidence": confidence,
      "percentiles": { reader in
        let interval = percentileInterval(try some(reader, "values"))
        return [Output("interval", [interval.lower, interval.upper])]
      },
      "changes": { reader in
        let deviation = try reader.number("deviation")
        return [Output("cuts", changePoints(try some(reader, "values"), deviation: deviation))]
      },
    ])
]

private func wrong(_ name: String, _ expected: String, _ found: String) -> GoldenError {
  .wrongShape(name: name, expected: expected, found: found)
}

private func some(_ reader: CaseReader, _ name: String) throws -> [Double] {
  let values = try reader.doubles(name)
  guard !values.isEmpty else { throw wrong(name, "at least one", "none") }
  return values
}

/// An input `[count, n]` as rows.
private func rows(_ reader: CaseReader, _ name: String, count: Int) throws -> [[Double]] {
  let values = try reader.doubles(name, [count, nil])
  guard count > 0, !values.isEmpty else { throw wrong(name, "at least one row", "none") }
  let columns = values.count / count
  return (0..<count).map { Array(values[$0 * columns..<($0 + 1) * columns]) }
}

@Sendable private func distribution(_ reader: CaseReader) throws -> [Output] {
  let degrees = try reader.number("degrees")
  let law = degrees > 0 ? StudentT(degreesOfFreedom: degrees) : .normal
  let (t, p) = (try reader.doubles("t"), try reader.doubles("p"))
  guard p.allSatisfy({ $0 > 0 && $0 < 1 }) else { throw wrong("p", "0 < p < 1", "\(p)") }
  return [
    Output("cumulative", t.map(law.cumulative)), Output("twoSided", t.map(law.twoSided)),
    Output("quantile", p.map(law.quantile)),
  ]
}

/// The predictions of a system, `[S, N]`.
func chosenSystem(_ reader: CaseReader, _ name: String) throws -> SystemPredictions {
  let (k, s) = (try reader.count("classes"), try reader.count("seeds"))
  let n = try reader.integers("speaker").count
  let speaker = try reader.integers("speaker")
  let truth = try reader.labels("truth", count: n, classes: k)
  let chosen = try reader.integers(name, [s, n])
  guard n > 0, chosen.allSatisfy({ (0..<k).contains($0) }) else {
    throw wrong(name, "classes below \(k)", "others")
  }
  return SystemPredictions(
    system: name, classes: (0..<k).map { "class \($0)" },
    seeds: (0..<s).map { seed in
      (
        seed,
        (0..<n).map {
          Prediction(
            id: "\($0)", speaker: "\(speaker[$0])", fold: 1, truth: truth[$0],
            predicted: chosen[seed * n + $0], probabilities: [])
        }
      )
    })
}

@Sendable private func clusterFigures(_ reader: CaseReader) throws -> [Output] {
  let (first, second) = (try chosenSystem(reader, "first"), try chosenSystem(reader, "second"))
  let random = RandomStream(seed: 1)
  func row(_ estimate: Estimate) -> [Double] {
    [estimate.value, estimate.interval?.lower ?? .nan, estimate.interval?.upper ?? .nan]
  }
  let analysis = SystemAnalysis(first, random: random, resamples: 2)
  let comparisons = Metric.allCases.map {
    SystemComparison(first, second, metric: $0, random: random, resamples: 2)
  }
  return [
    Output(
      "jackknife", shape: [4, 3], .double(analysis.figures.flatMap { row($0.pooled) })),
    Output("difference", shape: [4, 3], .double(comparisons.flatMap { row($0.difference) })),
  ] + (reader.has("exchange") ? [Output("exchange", comparisons.map(\.exchange.p))] : [])
}

@Sendable private func seedBlocks(_ reader: CaseReader) throws -> [Output] {
  let folds = try reader.count("folds")
  let blocks = SeedBlocks(
    candidate: try rows(reader, "candidate", count: folds),
    baseline: try rows(reader, "baseline", count: folds))
  let welch = blocks.welch(level: 0.95)
  let interval = [welch.interval?.lower ?? .nan, welch.interval?.upper ?? .nan]
  let test = blocks.permutationTest(random: RandomStream(seed: 1))
  return [Output("welch", [welch.value] + interval)]
    + (reader.has("permutation") ? [Output("permutation", [test.p])] : [])
}

@Sendable private func correlated(_ reader: CaseReader) throws -> [Output] {
  let differences = try reader.doubles("differences")
  guard differences.count > 1 else { throw wrong("differences", "at least two folds", "fewer") }
  let t = CorrelatedT(differences: differences, testShare: 1 / Double(differences.count - 1))
  let estimate = t.estimate()
  let p = t.probabilities(rope: try reader.number("rope"))
  return [
    Output(
      "interval",
      [estimate.value, estimate.interval?.lower ?? .nan, estimate.interval?.upper ?? .nan]),
    Output("p", [t.test.p]), Output("probabilities", [p.worse, p.equal, p.better]),
  ]
}

@Sendable private func calibration(_ reader: CaseReader) throws -> [Output] {
  let k = try reader.count("classes")
  let values = try reader.tensor("probabilities", [nil, k])
  let truth = try reader.labels("truth", count: values.rows, classes: k)
  guard values.rows > 0 else { throw wrong("truth", "at least one", "none") }
  let probabilities = values.array
  let predictions = truth.indices.map { row in
    let own = Array(probabilities[row * k..<(row + 1) * k])
    return Prediction(
      id: "\(row)", speaker: "", fold: 1, truth: truth[row],
      predicted: own.indices.reduce(0) { own[$1] > own[$0] ? $1 : $0 }, probabilities: own)
  }
  let result = Calibration(predictions)
  var counts = [Int](repeating: 0, count: 15)
  for bin in result.bins { counts[bin.index] = bin.count }
  return [
    Output("figures", [result.expectedError, result.brier, result.negativeLogLikelihood]),
    Output("bins", counts),
  ]
}

/// The predictions of one system with probabilities, `[S, N, K]`.
private func probableSystem(_ reader: CaseReader) throws -> SystemPredictions {
  let (k, s) = (try reader.count("classes"), try reader.count("seeds"))
  let speaker = try reader.integers("speaker")
  let n = speaker.count
  let (fold, truth) = (
    try reader.integers("fold", [n]), try reader.labels("truth", count: n, classes: k)
  )
  let values = try reader.tensor("probabilities", [s, n, k]).array
  guard n > 0, k > 0, values.allSatisfy(\.isFinite) else {
    throw wrong("probabilities", "finite ones", "none, or others")
  }
  return SystemPredictions(
    system: "system", classes: (0..<k).map { "class \($0)" },
    seeds: (0..<s).map { seed in
      (
        seed,
        (0..<n).map { row in
          let start = (seed * n + row) * k
          let own = Array(values[start..<start + k])
          return Prediction(
            id: "\(row)", speaker: "\(speaker[row])", fold: fold[row], truth: truth[row],
            predicted: own.indices.reduce(0) { own[$1] > own[$0] ? $1 : $0 }, probabilities: own)
        }
      )
    })
}

@Sendable private func confidence(_ reader: CaseReader) throws -> [Output] {
  let system = try probableSystem(reader)
  guard let analysis = ConfidenceAnalysis(system), let scaled = analysis.scaled,
    let temperatures = TemperatureScaling(system)?.temperatures
  else { throw wrong("fold", "at least two folds", "fewer") }
  func row(_ estimate: Estimate) -> [Double] {
    [estimate.value, estimate.interval?.lower ?? .nan, estimate.interval?.upper ?? .nan]
  }
  let bins: [Double] = analysis.bins.flatMap { bin -> [Double] in
    let (lower, upper) = (bin.interval?.lower ?? -1, bin.interval?.upper ?? -1)
    return [Double(bin.index), Double(bin.count), bin.confidence, bin.accuracy, lower, upper]
  }
  return [
    Output("error", row(analysis.expectedError)),
    Output("bins", shape: [analysis.bins.count, 6], .double(bins)),
    Output("temperatures", temperatures),
    Output(
      "scaled",
      [scaled.expectedError.value, scaled.negativeLogLikelihood, scaled.brier]),
    Output("area", row(analysis.riskCoverage.area)),
    Output("accuracyAt80", row(analysis.riskCoverage.accuracyAt80)),
    Output("risks", analysis.riskCoverage.risks),
  ]
}
