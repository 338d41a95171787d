// The paper's printed claims, and what this run says of them.
import Corpora
package import Evaluation
import Statistics

/// Holds printed figures to a run, or to nothing where there is none.
///
/// - Parameters:
///   - run: its variant `full`, or its only one, stands for the printed system.
package func claims(in file: BaselineFile, run: ExperimentRun?) throws -> [ClaimRow] {
  let systems = try run?.results().filter { !$0.isSynthetic }.compactMap { result -> RunScores? in
    let variant =
      result.variants.count == 1
      ? result.variants.first
      : result.variants.first { $0.name == "full" }
    return variant.flatMap { variant in
      run.map {
        RunScores(
          system: variant.name, signature: $0.signature(of: result.corpus), summary: variant.summary
        )
      }
    }
  }
  return ClaimRow.rows(file.baselines, systems: systems ?? []) { name in
    CorpusName(rawValue: name).flatMap { ExpectedCorpus.published($0).count(of: CountScope()) }
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
