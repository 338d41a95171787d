// Results beside recorded baselines. Differences are given only if the protocols agree.
package import Evaluation
import Runs

extension Evidence {
  /// Compares the results on genuine corpora with baselines. Results on SYNTHETIC speech are never
  /// shown beside a recorded number.
  package func comparison(with baselines: [Baseline]) -> Comparison {
    Comparison(
      run: genuine.flatMap { result in
        result.variants.map {
          RunScores(
            system: $0.name, signature: result.signature(of: $0), summary: $0.summary)
        }
      }, baselines: baselines)
  }
}
