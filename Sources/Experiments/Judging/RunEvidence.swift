// A run's results in the form in which they are judged: predictions by seed, analyses, comparisons. The
// numbers are Evaluation's; random streams depend on the names of what is compared alone, so that the
// same results give the same intervals.
import Corpora
package import Evaluation
import Foundation
import Randomness
import Threads

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
  package func analyses() throws -> [SystemAnalysis] {
    let systems = variants.compactMap(\.predictions)
    return try inParallel(systems) { SystemAnalysis($0, random: random.split($0.system)) }
  }

  /// The first variant against each of the others, by WA and UA.
  ///
  /// - Parameter rope: differences within ± this share count as equal.
  package func comparisons(rope: Double = 0.01) throws -> [[SystemComparison]] {
    let systems = variants.compactMap(\.predictions)
    guard let first = systems.first else { return [] }
    let others = systems.dropFirst().filter { first.hasSameUtterances(as: $0) }
    let metrics = [Metric.accuracy, .unweightedAverageRecall]
    let pairs = metrics.flatMap { metric in others.map { (metric, $0) } }
    let comparisons = try inParallel(pairs) { metric, other in
      SystemComparison(
        first, other, metric: metric, rope: rope,
        random: random.split("\(first.system) - \(other.system)").split(metric.rawValue))
    }
    return others.isEmpty
      ? []
      : metrics.indices.map {
        Array(comparisons[$0 * others.count..<($0 + 1) * others.count])
      }
  }
}

/// Returns `body` of each element, in order; as many at a time as there are cores.
private func inParallel<Element, Value>(_ elements: [Element], _ body: (Element) -> Value) throws
  -> [Value]
{
  parallelMap(
    count: elements.count, threads: ProcessInfo.processInfo.activeProcessorCount
  ) { body(elements[$0]) }
}

extension ExperimentRun {
  /// The variants on real corpora as the gate sees them; SYNTHETIC ones stand beside no baseline.
  package func candidates() throws -> [Gate.Candidate] {
    try results().filter { !$0.isSynthetic }.flatMap { result in
      result.variants.map {
        Gate.Candidate(
          system: $0.name, signature: signature(of: result, $0), summary: $0.summary,
          predictions: $0.predictions)
      }
    }
  }
}
