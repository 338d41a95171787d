// The paper's claims about its parts, found among the variants of a run by their settings.
import Corpora
package import Evaluation
import Randomness
import Settings
import Statistics
import Tensors

extension CorpusResult {
  /// What the run says of each part of the first system, by one metric: augmentation, pooling, losses added
  /// one by one and left out alone.
  package func componentClaims(_ metric: Metric) throws -> [ComponentClaim] {
    guard let full = variants.first?.settings else { return [] }
    func changed(_ change: (inout VariantSettings) -> Void) -> VariantSettings {
      var settings = full
      change(&settings)
      return settings
    }
    let none = changed { $0.augmentation.mixup = .none }
    let lam = changed { $0.augmentation.mixup = .lam }
    typealias Terms = WritableKeyPath<LossSettings, Double>
    let terms: [(name: String, key: Terms)] = [
      ("KL", \.kl), ("focal", \.focal), ("center", \.center), ("SupCon", \.supcon),
    ].filter { full.loss[keyPath: $0.1] > 0 }
    func without(_ terms: some Sequence<(name: String, key: Terms)>) -> VariantSettings {
      changed { settings in for term in terms { settings.loss[keyPath: term.key] = 0 } }
    }
    var pairs: [(series: String, claim: String, better: VariantSettings, worse: VariantSettings)] =
      []
    if full.augmentation.mixup == .eam {
      pairs += [
        ("Augmentation", "EAM over LAM", full, lam), ("Augmentation", "EAM over none", full, none),
        ("Augmentation", "LAM over none", lam, none),
      ]
    }
    if full.model.pooling == .flam {
      pairs += [
        ("Pooling", "FLAM over mean", full, changed { $0.model.pooling = .mean }),
        ("Pooling", "FLAM over max", full, changed { $0.model.pooling = .max }),
      ]
    }
    for index in terms.indices.dropFirst() {
      pairs.append(
        (
          "Losses, one by one", "+ \(terms[index].name)", without(terms.dropFirst(index + 1)),
          without(terms.dropFirst(index))
        ))
    }
    // The last loss left out is the last step of the series before.
    for term in terms.dropLast() where terms.count > 1 {
      pairs.append(("Losses, all others there", "with \(term.name)", full, without([term])))
    }
    let judged = try parallelMap(count: pairs.count, threads: 8) { index in
      ComponentClaim.Pair(
        series: pairs[index].series, claim: pairs[index].claim,
        comparison: comparison(pairs[index].better, pairs[index].worse, metric))
    }
    return ComponentClaim.judged(judged)
  }

  /// Nil where one of the two was not run, or lacks every seed.
  private func comparison(
    _ better: VariantSettings, _ worse: VariantSettings, _ metric: Metric
  ) -> SystemComparison? {
    func system(_ settings: VariantSettings) -> SystemPredictions? {
      variants.first { $0.settings == settings }?.predictions
    }
    guard let first = system(better), let second = system(worse),
      first.hasSameUtterances(as: second)
    else { return nil }
    return SystemComparison(
      first, second, metric: metric,
      random: RandomStream(seed: 0).split("component claims").split(corpus.name.rawValue)
        .split("\(first.system) - \(second.system)").split(metric.rawValue))
  }
}

/// The parts' claims on one corpus by one metric.
package struct ComponentClaims: Codable, Sendable {
  package let corpus: String
  package let metric: Metric
  package let claims: [ComponentClaim]
}

/// All claims, printed figures and parts, for other programs.
package struct ClaimsDocument: Codable, Sendable {
  package let printed: [ClaimRow]
  package let parts: [ComponentClaims]

  package init(printed: [ClaimRow], parts: [ComponentClaims]) {
    (self.printed, self.parts) = (printed, parts)
  }
}

extension ExperimentRun {
  /// The parts' claims on each corpus that is not SYNTHETIC and has more than one of their systems.
  package func componentClaims() throws -> [ComponentClaims] {
    try results().filter { !$0.isSynthetic }.flatMap { result in
      try [Metric.unweightedAverageRecall, .accuracy].map { metric in
        ComponentClaims(
          corpus: result.corpus.name.title, metric: metric,
          claims: try result.componentClaims(metric))
      }.filter { $0.claims.count { $0.comparison != nil } > 1 }
    }
  }
}

extension [ComponentClaim] {
  /// A table for a terminal.
  package var table: String {
    func points(_ share: Double) -> String { fixed(100 * share, digits: 2) }
    return map { row in
      guard let comparison = row.comparison else {
        return "\(row.series): \(row.claim): \(row.verdict.rawValue)"
      }
      let interval = comparison.method?.interval.map {
        ", \(points($0.lower)) to \(points($0.upper)) over \(comparison.folds) folds"
      }
      return "\(row.series): \(row.claim): \(row.verdict.rawValue); "
        + "\(comparison.metric.abbreviation) \(comparison.first) − \(comparison.second) = "
        + points(comparison.difference.value) + " points" + (interval ?? "")
        + (row.adjusted.map { ", p Holm \(fixed($0, digits: 3))" } ?? "")
        + (comparison.detectable.map { ", detectable \(points($0))" } ?? "")
    }.joined(separator: "\n")
  }
}
