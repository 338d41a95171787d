// The Markdown tables that `reprise baseline lint` checks in the README and in docs/results.md.
// Every number is computed from the recorded predictions.
import Randomness
import Settings
import Statistics

/// The first system minus each other one: the report's figures that need no random numbers.
func comparisonTable(_ systems: [SystemPredictions]) -> String {
  let head = """
    | UA, points | difference | on unseen speakers: 95 % interval | detectable \
    | as methods: 95 % interval | p | detectable |
    |---|---|---|---|---|---|---|

    """
  guard let first = systems.first else { return head }
  let rows = systems.dropFirst().filter { first.hasSameUtterances(as: $0) }.map {
    SystemComparison(
      first, $0, metric: .unweightedAverageRecall, random: RandomStream(seed: 0), resamples: 1)
  }
  return head
    + rows.map { row in
      func range(_ interval: Estimate.Interval?) -> String {
        interval.map { $0.marked("\(points($0.lower)) to \(points($0.upper))") } ?? "–"
      }
      func text(_ effect: DetectableEffect?) -> String {
        guard let effect else { return "–" }
        return effect.plain.points
          + (effect.rows > 1 ? "; after Holm \(effect.afterHolm.points)" : "")
      }
      let cells = [
        "\(row.first) − \(row.second)", points(row.difference.value),
        "\(range(row.difference.interval)), \(row.speakers) speakers",
        text(rows.detectableOverSpeakers(row)),
        "\(range(row.method?.interval)), \(row.folds) folds",
        row.methodTest.map { fixed($0.p, digits: 2) } ?? "–", text(rows.detectable(row)),
      ]
      return "| \(cells.joined(separator: " | ")) |\n"
    }.joined()
}

/// Whether the parts of the first system help, by UA: the report's figures and verdicts.
func componentTable(_ baselines: [Baseline], _ folder: String) throws -> String {
  let systems = try baselines.map { baseline in
    ComponentSystem(
      settings: Dictionary(
        (baseline.measurement?.settings ?? []).map { ($0.path, $0.value) },
        uniquingKeysWith: { $1 }), predictions: try baseline.predictions(in: folder))
  }
  let head = """
    | part | UA with − without, points | 95 % interval over folds | p (Holm) | detectable \
    | after Holm | verdict |
    |---|---|---|---|---|---|---|

    """
  let claims = ComponentClaim.of(
    systems, .unweightedAverageRecall, random: RandomStream(seed: 0), resamples: 1)
  return head
    + claims.map { claim in
      guard let row = claim.comparison else {
        return "| \(claim.series): \(claim.claim) | – | – | – | – | – | "
          + "\(claim.verdict.rawValue) |\n"
      }
      let interval = row.method?.interval.map {
        $0.marked("\(points($0.lower)) to \(points($0.upper))")
      }
      let need = claim.detectable.map { fixed(100 * $0.afterHolm.value, digits: 2) }
      let verdict = claim.verdict.rawValue
      let cells: [String] = [
        "\(claim.series): \(claim.claim)", points(row.difference.value), interval ?? "–",
        claim.adjusted.map { fixed($0, digits: 2) } ?? "–",
        row.detectable.map { fixed(100 * $0, digits: 2) } ?? "–",
        claim.detectable?.afterHolm.points ?? "–",
        claim.verdict == .undecided ? verdict + (need.map { ": needs \($0)" } ?? "") : verdict,
      ]
      return "| \(cells.joined(separator: " | ")) |\n"
    }.joined()
}

/// A row for each system: WA and UA, pooled and over folds.
func baselineTable(_ baselines: [Baseline]) -> String {
  let head = """
    | system | WA pooled, % (mean ± sd over seeds) | UA pooled, % \
    | WA over folds, % (mean ± sd over folds) | UA over folds, % | seeds | protocol |
    |---|---|---|---|---|---|---|

    """
  return head
    + baselines.compactMap { baseline in
      baseline.measurement.map { measurement in
        let summary = measurement.summary
        let scores = [
          summary.pooled(.accuracy), summary.pooled(.unweightedAverageRecall),
          summary.perFold(.accuracy), summary.perFold(.unweightedAverageRecall),
        ].map { $0?.percentages ?? "–" }
        return "| \(baseline.system) | \(scores.joined(separator: " | ")) "
          + "| \(measurement.seeds.count) | `\(baseline.signature.fingerprint?.digest ?? "–")` |\n"
      }
    }.joined()
}

/// WA and UA of each system over its seeds, and how far the first system is ahead of each other.
/// The intervals are those of `comparisonTable` for unseen speakers.
func summaryTable(_ baselines: [Baseline], _ folder: String) throws -> String {
  let head = """
    | system | WA, % | UA, % |
    |---|---|---|

    """
  let metrics: [Metric] = [.accuracy, .unweightedAverageRecall]
  let scores = baselines.compactMap { baseline in
    baseline.measurement.map { measurement in
      let cells = metrics.map { measurement.summary.pooled($0)?.percentages ?? "–" }
      return "| \(baseline.system) | \(cells.joined(separator: " | ")) |\n"
    }
  }
  let systems = try baselines.compactMap { try $0.predictions(in: folder) }
  guard let first = systems.first else { return head + scores.joined() }
  let differences = systems.dropFirst().filter { first.hasSameUtterances(as: $0) }.map { other in
    let rows = metrics.map {
      SystemComparison(first, other, metric: $0, random: RandomStream(seed: 0), resamples: 1)
    }
    let cells = rows.map { row in
      points(row.difference.value)
        + (row.difference.interval.map {
          $0.marked(" (\(points($0.lower)) to \(points($0.upper)))")
        } ?? "")
    }
    let names = rows.first.map { "\($0.first) − \($0.second)" } ?? "–"
    return "| \(names), points (95 % interval) | \(cells.joined(separator: " | ")) |\n"
  }
  return head + scores.joined() + differences.joined()
}
