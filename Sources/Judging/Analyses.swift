// Analyses of each system, and comparisons of the first system with the others. `Evaluation`
// computes the numbers. Random streams depend only on the names of the compared systems, so equal
// results give equal intervals.
package import Evaluation
import Foundation
import Randomness
package import Runs
import Threads

extension CorpusResult {
  private var random: RandomStream {
    RandomStream(seed: 0).split("statistics").split(corpus.corpus)
  }

  /// The analysis of each variant. Variants without a complete seed are left out.
  package func analyses() throws -> [SystemAnalysis] {
    let systems = variants.compactMap(\.predictions)
    return try inParallel(systems) { SystemAnalysis($0, random: random.split($0.system)) }
  }

  /// How far the probabilities of each variant can be trusted, in the order of the analyses.
  package func confidences() throws -> [ConfidenceAnalysis] {
    let systems = variants.compactMap(\.predictions)
    return try inParallel(systems) { ConfidenceAnalysis($0) }.compactMap(\.self)
  }

  /// Every pair of variants, by UA and WA; empty with fewer than three.
  package func pairs() -> [SystemPairs] {
    let systems = variants.compactMap(\.predictions)
    return [Metric.unweightedAverageRecall, .accuracy]
      .compactMap { SystemPairs(systems, metric: $0) }.filter { $0.standings.count > 2 }
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

/// Returns `body` of each element, in order, computed on all cores.
private func inParallel<Element, Value>(_ elements: [Element], _ body: (Element) -> Value) throws
  -> [Value]
{
  parallelMap(
    count: elements.count, threads: ProcessInfo.processInfo.activeProcessorCount
  ) { body(elements[$0]) }
}
