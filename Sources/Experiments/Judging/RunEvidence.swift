// A run's results in the form in which they are judged: predictions by seed, analyses, comparisons. The
// numbers are Evaluation's; random streams depend on the names of what is compared alone, so that the
// same results give the same intervals.
import Corpora
package import Evaluation
import Randomness

extension VariantResult {
  /// The predictions of the complete seeds; nil where there is none.
  package var predictions: SystemPredictions? {
    guard !summary.completeSeeds.isEmpty, let classes = summary.cells.first?.matrix.classes else {
      return nil
    }
    return SystemPredictions(
      system: name, classes: classes,
      seeds: summary.completeSeeds.map { seed in
        (seed, cells.filter { $0.seed == seed }.flatMap(\.predictions))
      })
  }
}

extension CorpusResult {
  private var random: RandomStream {
    RandomStream(seed: 0).split("statistics").split(corpus.name.rawValue)
  }

  /// What is known of each variant's figures; variants without a complete seed are left out.
  package func analyses() -> [SystemAnalysis] {
    variants.compactMap(\.predictions).map { SystemAnalysis($0, random: random.split($0.system)) }
  }

  /// The first variant against each of the others, by WA and UA.
  ///
  /// - Parameter rope: differences within ± this share count as equal.
  package func comparisons(rope: Double = 0.01) -> [[SystemComparison]] {
    let systems = variants.compactMap(\.predictions)
    guard let first = systems.first else { return [] }
    return [Metric.accuracy, .unweightedAverageRecall].map { metric in
      systems.dropFirst().filter { first.hasSameUtterances(as: $0) }.map {
        SystemComparison(
          first, $0, metric: metric, rope: rope,
          random: random.split("\(first.system) - \($0.system)").split(metric.rawValue))
      }
    }.filter { !$0.isEmpty }
  }
}

extension ExperimentRun {
  /// The variants on real corpora as the gate sees them; SYNTHETIC ones stand beside no baseline.
  package func candidates() throws -> [Gate.Candidate] {
    try results().filter { !$0.isSynthetic }.flatMap { result in
      result.variants.map {
        Gate.Candidate(
          system: $0.name, signature: signature(of: result.corpus), summary: $0.summary,
          predictions: $0.predictions)
      }
    }
  }
}
