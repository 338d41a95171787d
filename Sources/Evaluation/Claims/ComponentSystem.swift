// Finds the systems of a paper's ablations by their settings.
package import Randomness
import Settings

/// A system of an ablation: its settings and its predictions.
package struct ComponentSystem: Sendable {
  /// Every setting as text by its path, such as `model.pooling`: `flam`.
  package let settings: [String: String]
  /// Nil if it was not run or has no complete seed.
  package let predictions: SystemPredictions?

  package init(settings: [String: String], predictions: SystemPredictions?) {
    (self.settings, self.predictions) = (settings, predictions)
  }

  /// These settings with `changes` applied.
  fileprivate func changed(_ changes: [String: String]) -> [String: String] {
    settings.merging(changes) { $1 }
  }
}

extension ComponentClaim {
  /// Judges the parts of the first system by one metric: augmentation, pooling, losses added one by
  /// one, and each loss left out alone. All claims are judged together.
  ///
  /// - Parameter random: source of random numbers for the comparisons, split by name.
  package static func of(
    _ systems: [ComponentSystem], _ metric: Metric, random: RandomStream, resamples: Int = 10_000
  ) -> [ComponentClaim] {
    guard let full = systems.first else { return [] }
    typealias Settings = [String: String]
    let none = full.changed(["augmentation.mixup": "none"])
    let lam = full.changed(["augmentation.mixup": "lam"])
    let terms = LossTerm.allCases.filter { Double(full.settings[$0.path] ?? "") ?? 0 > 0 }
    func without(_ terms: some Sequence<LossTerm>) -> Settings {
      full.changed(Dictionary(terms.map { ($0.path, "0.0") }) { $1 })
    }
    var pairs: [(series: String, claim: String, better: Settings, worse: Settings)] = []
    if full.settings["augmentation.mixup"] == "eam" {
      pairs += [
        ("Augmentation", "EAM over LAM", full.settings, lam),
        ("Augmentation", "EAM over none", full.settings, none),
        ("Augmentation", "LAM over none", lam, none),
      ]
    }
    if full.settings["model.pooling"] == "flam" {
      pairs += ["mean", "max"].map {
        ("Pooling", "FLAM over \($0)", full.settings, full.changed(["model.pooling": $0]))
      }
    }
    for index in terms.indices.dropFirst() {
      pairs.append(
        (
          "Losses, one by one", "+ \(terms[index].label)", without(terms.dropFirst(index + 1)),
          without(terms.dropFirst(index))
        ))
    }
    // Leaving out the last loss is the last step of the previous series.
    for term in terms.dropLast() where terms.count > 1 {
      pairs.append(
        ("Losses, all others there", "with \(term.label)", full.settings, without([term])))
    }
    return judged(
      pairs.map { pair in
        Pair(
          series: pair.series, claim: pair.claim,
          comparison: comparison(
            pair.better, pair.worse, systems, metric, random, resamples: resamples))
      })
  }

  /// Nil if one of the two was not run.
  private static func comparison(
    _ better: [String: String], _ worse: [String: String], _ systems: [ComponentSystem],
    _ metric: Metric, _ random: RandomStream, resamples: Int
  ) -> SystemComparison? {
    func predictions(_ settings: [String: String]) -> SystemPredictions? {
      systems.first { $0.settings == settings }?.predictions
    }
    guard let first = predictions(better), let second = predictions(worse),
      first.hasSameUtterances(as: second)
    else { return nil }
    return SystemComparison(
      first, second, metric: metric,
      random: random.split("\(first.system) - \(second.system)").split(metric.rawValue),
      resamples: resamples)
  }
}
