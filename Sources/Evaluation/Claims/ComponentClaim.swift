// What a paper's ablations claim: that a system with a part is better than the same system without
// it, or with another. Whether it holds is a matter of methods trained anew, not of one set of
// networks.
import Statistics

/// One part's claim, and what a run says of it.
package struct ComponentClaim: Codable, Hashable, Sendable {
  /// What the paper's ablation it belongs to: augmentation, pooling, losses.
  package let series: String
  /// `EAM over LAM`.
  package let claim: String
  /// The difference of the system with the part minus the one without; nil where one of them was
  /// not run.
  package let comparison: SystemComparison?
  /// The p value of the methods' difference, adjusted for all claims of the run (Holm).
  package let adjusted: Double?
  package let verdict: Verdict

  /// What the differences over folds allow to say, at an adjusted p of 0.05.
  package enum Verdict: String, Codable, Hashable, Sendable, CaseIterable {
    case holds
    /// The part is of harm here.
    case contradicted
    /// The difference may be of either sign.
    case undecided
    case notRun = "not run"
  }

  /// A claim before it is judged.
  package struct Pair: Sendable {
    package let series: String
    package let claim: String
    /// With the part minus without it; nil where one was not run.
    package let comparison: SystemComparison?

    package init(series: String, claim: String, comparison: SystemComparison?) {
      (self.series, self.claim, self.comparison) = (series, claim, comparison)
    }
  }

  /// The greatest adjusted p value that decides.
  package static let level = 0.05

  /// Judges all claims of a run together.
  package static func judged(_ pairs: [Pair]) -> [ComponentClaim] {
    let tested = pairs.filter { $0.comparison?.methodTest?.p != nil }
    let adjusted = holm(tested.map { $0.comparison?.methodTest?.p ?? 1 })
    var next = 0
    return pairs.map { pair in
      guard let row = pair.comparison else { return ComponentClaim(pair, nil, .notRun) }
      guard row.methodTest?.p != nil else { return ComponentClaim(pair, nil, .undecided) }
      let p = adjusted[next]
      next += 1
      let isDecided = p <= level
      return ComponentClaim(
        pair, p,
        !isDecided ? .undecided : row.difference.value > 0 ? .holds : .contradicted)
    }
  }

  private init(_ pair: Pair, _ adjusted: Double?, _ verdict: Verdict) {
    (series, claim, comparison) = (pair.series, pair.claim, pair.comparison)
    (self.adjusted, self.verdict) = (adjusted, verdict)
  }
}
