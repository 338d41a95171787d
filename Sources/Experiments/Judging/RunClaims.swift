// The paper's printed claims, and what this run says of them.
import Corpora
package import Evaluation
import Statistics

/// Holds printed figures to a run, or to nothing where there is none.
package func claims(in file: BaselineFile, run: ExperimentRun?) throws -> [ClaimRow] {
  let systems = try run.map { run in
    try run.results().filter { !$0.isSynthetic }.compactMap { result in
      result.claimant.map {
        RunScores(
          system: $0.name, signature: run.signature(of: result, $0), summary: $0.summary)
      }
    }
  }
  return ClaimRow.rows(file.baselines, systems: systems ?? [], classCounts: publishedClassCounts)
}

/// The published numbers of utterances of a corpus's classes, in their order; nil where one is not known.
func publishedClassCounts(_ corpus: String) -> [Int]? {
  guard let name = CorpusName(rawValue: corpus) else { return nil }
  let published = ExpectedCorpus.published(name)
  let counts = name.classes.compactMap { published.count(of: CountScope(label: $0)) }
  return counts.count == name.classes.count ? counts : nil
}

extension CorpusResult {
  /// The variant that stands for the printed system: `full`, or the only one.
  var claimant: VariantResult? {
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
            " (\(fixed($0.lower, digits: 1)) to \(fixed($0.upper, digits: 1)) over folds)"
          } ?? "")
      }
      let lines =
        [
          "\(row.claim): \(row.metric.abbreviation) \(fixed(row.printed, digits: row.digits)) % "
            + "(\(row.averaging.rawValue), \(row.digits) digits): \(row.status.rawValue)\(value ?? "")",
          "  protocol  \(row.signature)",
        ]
        + [row.granularity.map { "  grid      \($0.finding)" }].compactMap { $0 }
        + row.reasons.map { "  because   \($0)" }
      return lines.joined(separator: "\n")
    }.joined(separator: "\n")
  }
}
