// The paper's claims about its parts. The variants are found by their settings.
package import Evaluation
import Randomness
package import Runs
import Settings
import Statistics

extension CorpusResult {
  /// What the run says about each part of the first system, by one metric.
  package func componentClaims(_ metric: Metric) -> [ComponentClaim] {
    let systems = variants.filter { $0.scored == nil }.map { variant in
      ComponentSystem(
        settings: Dictionary(
          uniqueKeysWithValues: SettingsTree(of: variant.settings).leaves.map {
            ($0.path, $0.value.text ?? "")
          }), predictions: variant.predictions)
    }
    return ComponentClaim.of(
      systems, metric,
      random: RandomStream(seed: 0).split("component claims").split(corpus.corpus))
  }
}

/// The claims about parts, on one corpus by one metric.
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

  /// Tables for a terminal.
  package var text: String {
    let tables = parts.map {
      "\n\n\($0.corpus), \($0.metric.abbreviation)\n\($0.claims.table)"
    }
    return (printed.table + tables.joined()).explainingDegenerateIntervals
  }
}

extension Evidence {
  /// The claims about parts on each genuine corpus that has at least two of their systems.
  package func componentClaims() -> [ComponentClaims] {
    genuine.flatMap { result in
      [Metric.unweightedAverageRecall, .accuracy].map { metric in
        ComponentClaims(
          corpus: result.corpus.title, metric: metric,
          claims: result.componentClaims(metric))
      }.filter { $0.claims.count { $0.comparison != nil } > 1 }
    }
  }
}

extension [ComponentClaim] {
  /// A table for a terminal.
  package var table: String {
    func points(_ share: Double) -> String { fixed(100 * share, digits: 2) }
    let hasLAM = contains { $0.claim.split(separator: " ").contains("LAM") }
    let rows = map { row -> String in
      guard let comparison = row.comparison else {
        return "\(row.series): \(row.claim): \(row.verdict.rawValue)"
      }
      let interval = comparison.method?.interval.map {
        $0.marked(
          ", \(points($0.lower)) to \(points($0.upper)) over \(comparison.folds) folds")
      }
      return "\(row.series): \(row.claim): \(row.verdict.rawValue); "
        + "\(comparison.metric.abbreviation) \(comparison.first) − \(comparison.second) = "
        + points(comparison.difference.value) + " points" + (interval ?? "")
        + (row.adjusted.map { ", p Holm \(fixed($0, digits: 3))" } ?? "")
        + (row.detectable.map {
          ", detectable \($0.plain.points)"
            + ($0.rows > 1 ? ", after Holm \($0.afterHolm.points)" : "")
        } ?? "")
        + (row.need.map { "; \($0)" } ?? "")
    }
    let note = "LAM is the mixing rule alone, not the system of Kang et al. (docs/method.md)"
    return (rows + (hasLAM ? [note] : [])).joined(separator: "\n")
  }
}
