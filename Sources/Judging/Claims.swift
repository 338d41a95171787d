// The paper's printed claims and what the results say about them.
import Corpora
package import Evaluation
package import Runs
import Statistics

/// Compares printed figures with the results, or lists them alone if there are none.
package func claims(in baselines: [Baseline], evidence: Evidence?) -> [ClaimRow] {
  let systems = (evidence?.genuine ?? []).compactMap { result in
    result.claimant.map {
      RunScores(system: $0.name, signature: result.signature(of: $0), summary: $0.summary)
    }
  }
  return ClaimRow.rows(baselines, systems: systems, classCounts: publishedClassCounts)
}

extension CorpusResult {
  /// The variant that reimplements the printed system: `full`, or the only one.
  package var claimant: VariantResult? {
    variants.count == 1 ? variants.first : variants.first { $0.name == "full" }
  }
}

extension [ClaimRow] {
  /// A table for a terminal.
  package var table: String {
    map { row in
      let value = row.value.map {
        "; ours \(fixed($0, digits: 2))"
          + (row.interval.map {
            $0.marked(
              " (\(fixed($0.lower, digits: 1)) to \(fixed($0.upper, digits: 1)) over folds)")
          } ?? "")
      }
      let lines =
        [
          """
          \(row.claim): \(row.metric.abbreviation) \(fixed(row.printed, digits: row.digits)) % \
          (\(row.averaging.rawValue), \(row.digits) digits): \(row.status.rawValue)\(value ?? "")
          """,
          "  protocol  \(row.signature)",
        ]
        + [
          row.granularity.map { "  grid      \($0.finding)" }, row.note.map { "  note      \($0)" },
        ].compactMap { $0 }
        + row.reasons.map { "  because   \($0)" }
      return lines.joined(separator: "\n")
    }.joined(separator: "\n")
  }
}
