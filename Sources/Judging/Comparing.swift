// Results beside recorded baselines, as far as the protocols agree.
package import Evaluation
import Runs

extension Evidence {
  /// Sets the results beside baselines; only those on real corpora, since nothing made from
  /// SYNTHETIC speech stands beside a recorded number.
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
