// The results of a run for other programs: one JSON document for both `--json` and the run's
// `results.json`.
import BuildStamp
package import Evaluation
import Experiments
import Files

/// Scores of every corpus and variant.
package struct ResultsDocument: Codable, Equatable, Sendable {
  package let run: String
  package let program: String
  package let corpora: [CorpusEntry]

  package struct CorpusEntry: Codable, Equatable, Sendable {
    package let corpus: String
    package let isSynthetic: Bool
    package let isIncomplete: Bool
    /// Whether the speakers are unknown; nil if they are known.
    package let isWithoutSpeakers: Bool?
    package let fingerprint: String
    /// The protocol on one line, with its fingerprint; nil in documents of older versions.
    package let signature: String?
    package let utterances: Int
    package let variants: [VariantEntry]
  }

  package struct VariantEntry: Codable, Equatable, Sendable {
    package let variant: String
    package let cells: Int
    package let expectedCells: Int
    /// Pooled over all folds, by seed. Seeds that lack folds are left out.
    package let pooled: [SeedEntry]
    /// Every finished cell.
    package let folds: [FoldEntry]
    package let failures: [FailureEntry]
    /// Figures by the rule that selects the epoch; nil in documents of older versions.
    package let selection: [SelectionPanel.Row]?
  }

  /// Shares from 0 to 1.
  package struct SeedEntry: Codable, Equatable, Sendable {
    package let seed: Int
    package let wa: Double
    package let ua: Double
    package let macroF1: Double
    package let weightedF1: Double
  }

  package struct FoldEntry: Codable, Equatable, Sendable {
    package let seed: Int
    package let fold: Int
    package let wa: Double
    package let ua: Double
    package let utterances: Int
  }

  package struct FailureEntry: Codable, Equatable, Sendable {
    package let seed: Int
    package let fold: Int
    package let reason: String
  }

  package init(_ results: [CorpusResult], run: RecordedRun) {
    self.run = run.experiment.name
    program = "reprise " + run.programVersion
    corpora = results.map { result in
      CorpusEntry(
        corpus: result.corpus.corpus, isSynthetic: result.isSynthetic,
        isIncomplete: result.corpus.isIncomplete,
        isWithoutSpeakers: result.corpus.isWithoutSpeakers, fingerprint: result.corpus.fingerprint,
        signature: result.signature.text,
        utterances: result.corpus.utterances.count, variants: result.variants.map(Self.entry))
    }
  }

  private static func entry(_ variant: VariantResult) -> VariantEntry {
    let summary = variant.summary
    return VariantEntry(
      variant: variant.name, cells: summary.cells.count,
      expectedCells: summary.expectedSeeds.count * summary.expectedFolds.count,
      pooled: summary.completeSeeds.compactMap { seed in
        summary.pooledMatrix(seed: seed).map { matrix in
          let scores = ClassificationScores(matrix)
          return SeedEntry(
            seed: seed, wa: scores.accuracy, ua: scores.unweightedAverageRecall,
            macroF1: scores.macroF1, weightedF1: scores.weightedF1)
        }
      },
      folds: summary.cells.map { cell in
        let scores = ClassificationScores(cell.matrix)
        return FoldEntry(
          seed: cell.seed, fold: cell.fold, wa: scores.accuracy,
          ua: scores.unweightedAverageRecall, utterances: cell.matrix.total)
      },
      failures: variant.failures.map {
        FailureEntry(seed: $0.seed, fold: $0.fold, reason: $0.reason)
      }, selection: variant.selection.rows)
  }
}
