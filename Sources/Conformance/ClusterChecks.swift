// Inference from few speakers: intervals and gaps, and the draws of the bootstrap and of the
// exchange tests.
// G clusters, K classes, S seeds.
import Evaluation
import Golden
import Randomness
import Statistics

let clusterChecks = [
  Check(
    "intervals",
    [
      "wilson": wilson, "chi square": chiSquare, "detectable": detectable, "classes": classFigures,
      "gap": { reader in
        let (a, b) = (try several(reader, "first"), try several(reader, "second"))
        return try gap(
          unpairedDifference(
            (a.count, { mean(a, weights: $0) }), (b.count, { mean(b, weights: $0) }),
            unit: "speaker"))
      },
      "paired gap": { reader in
        let a = try several(reader, "first")
        let b = try reader.doubles("second", [a.count])
        return try gap(
          pairedDifference(clusters: a.count, unit: "speaker") { weights in
            guard let x = mean(a, weights: weights), let y = mean(b, weights: weights) else {
              return nil
            }
            return x - y
          })
      },
    ]),
  Check(
    "bootstrap",
    ["resamples": resamples, "bootstrap": bootstrap, "exchange": exchange, "norms": norms]),
]

/// At least two finite numbers.
private func several(_ reader: CaseReader, _ name: String) throws -> [Double] {
  let values = try reader.doubles(name)
  try require(values.count > 1, name, expected: "two or more", found: values.count)
  return values
}

/// The mean of the values, each counted as often as its weight says.
private func mean(_ values: [Double], weights: [Int]) -> Double? {
  let count = weights.reduce(0, +)
  let sum = zip(values, weights).reduce(0) { $0 + $1.0 * Double($1.1) }
  return count > 0 ? sum / Double(count) : nil
}

/// A value and its interval.
private func row(_ estimate: Estimate?) -> [Double] {
  [
    estimate?.value ?? .nan, estimate?.interval?.lower ?? .nan, estimate?.interval?.upper ?? .nan,
  ]
}

private func gap(_ found: (difference: Estimate, p: Double?)?) throws -> [Output] {
  [Output("difference", row(found?.difference)), Output("p", [found?.p ?? .nan])]
}

@Sendable private func wilson(_ reader: CaseReader) throws -> [Output] {
  let shares = try reader.doubles("shares")
  let units = try reader.integers("units", [shares.count])
  let level = try reader.number("level", within: 0.5...0.999)
  let intervals = zip(shares, units).map { wilsonInterval(share: $0, units: $1, level: level) }
  return [
    Output(
      "interval", shape: [shares.count, 2],
      .double(intervals.flatMap { [$0?.lower ?? .nan, $0?.upper ?? .nan] }))
  ]
}

/// Degrees of freedom above 0.
private func degrees(_ reader: CaseReader) throws -> [Double] {
  let degrees = try reader.doubles("degrees")
  try require(
    degrees.allSatisfy { $0 > 0 && $0 < 1e6 }, "degrees", expected: "above 0", found: degrees)
  return degrees
}

/// Probabilities between 0 and 1.
private func shares(_ reader: CaseReader, _ name: String, count: Int) throws -> [Double] {
  let values = try reader.doubles(name, [count])
  try require(
    values.allSatisfy { $0 > 0 && $0 < 1 }, name, expected: "between 0 and 1", found: values)
  return values
}

@Sendable private func chiSquare(_ reader: CaseReader) throws -> [Output] {
  let degrees = try degrees(reader)
  let p = try shares(reader, "p", count: degrees.count)
  return [
    Output("quantiles", zip(p, degrees).map { chiSquareQuantile($0, degreesOfFreedom: $1) })
  ]
}

@Sendable private func detectable(_ reader: CaseReader) throws -> [Output] {
  let degrees = try degrees(reader)
  let alpha = try shares(reader, "alpha", count: degrees.count)
  let power = try shares(reader, "power", count: degrees.count)
  let errors = try reader.doubles("errors", [degrees.count])
  let effects = degrees.indices.map {
    minimumDetectableEffect(
      standardError: errors[$0], degreesOfFreedom: degrees[$0], alpha: alpha[$0], power: power[$0])
  }
  let factors = degrees.flatMap { degrees -> [Double] in
    let factors = detectableEffectFactors(degreesOfFreedom: degrees)
    return [factors.lower, factors.upper]
  }
  return [
    Output("effects", effects),
    Output("factors", shape: [degrees.count, 2], .double(factors)),
  ]
}

@Sendable private func classFigures(_ reader: CaseReader) throws -> [Output] {
  let (first, second) = (
    try chosenSystem(reader, "first"), try chosenSystem(reader, "second")
  )
  let recalls = first.classRecalls()
  let cells = ConfusionDifference(first, second).cells.flatMap { $0 }
  return [
    Output(
      "recalls", shape: [recalls.count, 3], .double(recalls.flatMap { row($0.recall) })),
    Output(
      "differences", shape: [cells.count, 3], .double(cells.flatMap { row($0.difference) })),
    Output("adjusted", cells.map { $0.adjustedP ?? .nan }),
  ]
}

/// How many resamples are drawn.
private func draws(_ reader: CaseReader) throws -> Int {
  try reader.count("resamples", within: 1...10_000)
}

/// Each resample as one number: the digit of a cluster says how often it occurs. A resample without
/// the first cluster has no figure.
@Sendable private func resamples(_ reader: CaseReader) throws -> [Output] {
  let clusters = try reader.count("clusters", within: 1...12)
  let drawn = clusterBootstrap(
    clusters: clusters, resamples: try draws(reader), random: try stream(reader)
  ) { weights in
    guard weights.first != 0 else { return nil }
    return weights.reversed().reduce(0.0) { $0 * Double(clusters + 1) + Double($1) }
  }
  return [Output("resamples", drawn.values), Output("undefined", [drawn.undefined])]
}

@Sendable private func bootstrap(_ reader: CaseReader) throws -> [Output] {
  let (first, second) = (
    try chosenSystem(reader, "first"), try chosenSystem(reader, "second")
  )
  let (random, count) = (try stream(reader), try draws(reader))
  let drawn = Metric.allCases.map {
    pairedBootstrap(first, second, metric: $0, by: .speaker, resamples: count, random: random)
      .values
  }
  return [
    Output(
      "differences", shape: [drawn.count, drawn.first?.count ?? 0], .double(drawn.flatMap { $0 }))
  ]
}

@Sendable private func exchange(_ reader: CaseReader) throws -> [Output] {
  let differences = try reader.doubles("differences")
  let outcome = exchangeTest(
    differences: differences, unit: "speaker", random: try stream(reader))
  return [Output("p", [outcome?.p ?? .nan, outcome?.smallestAttainable ?? .nan])]
}

@Sendable private func norms(_ reader: CaseReader) throws -> [Output] {
  let first = try several(reader, "first")
  let second = try reader.doubles("second", [first.count])
  func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
  let outcome = signFlipTest(
    clusters: first.count, unit: "speaker", random: try stream(reader)
  ) { isExchanged in
    let places = first.indices
    return norm(places.map { isExchanged[$0] ? second[$0] : first[$0] })
      - norm(places.map { isExchanged[$0] ? first[$0] : second[$0] })
  }
  return [Output("p", [outcome?.p ?? .nan, outcome?.smallestAttainable ?? .nan])]
}
