// The results of a run for people: one line per corpus and variant.
import Evaluation

extension ResultsDocument {
  /// A table of pooled scores in per cent, as means over complete seeds.
  package var table: String {
    corpora.flatMap { corpus in
      corpus.variants.map { variant in
        let seeds = variant.pooled
        func mean(_ score: (SeedEntry) -> Double) -> String {
          seeds.isEmpty ? "–" : percent(seeds.map(score).reduce(0, +) / Double(seeds.count))
        }
        let words =
          (corpus.isSynthetic ? "  SYNTHETIC" : "")
          + (corpus.isIncomplete ? "  INCOMPLETE" : "")
        return "\(corpus.corpus)  \(variant.variant)  WA \(mean(\.wa)) %  UA \(mean(\.ua)) %  "
          + "pooled, mean of \(seeds.count) seeds, \(variant.cells) of \(variant.expectedCells) "
          + "cells\(words)"
      }
    }.joined(separator: "\n")
  }
}
