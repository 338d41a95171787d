// The claims of a paper's ablations: a system with a part is better than the same system without it
// or with another part. Such a claim is about methods that are trained again, not about one set of
// trained networks.
import Statistics

/// The claim about one part, and what a run says about it.
package struct ComponentClaim: Codable, Hashable, Sendable {
  /// The ablation that the claim belongs to: augmentation, pooling or losses.
  package let series: String
  /// The claim in short, such as `EAM over LAM`.
  package let claim: String
  /// The system with the part minus the one without it; nil if one of them was not run.
  package let comparison: SystemComparison?
  /// The p value of the difference between the methods, adjusted for all claims of the run (Holm).
  package let adjusted: Double?
  package let verdict: Verdict

  /// What the differences over folds allow us to say at an adjusted p of 0.05.
  package enum Verdict: String, Codable, Hashable, Sendable, CaseIterable {
    case holds
    /// The part does harm here.
    case contradicted
    /// The difference may have either sign.
    case undecided
    case notRun = "not run"
  }

  /// A claim that is not judged yet.
  package struct Pair: Sendable {
    package let series: String
    package let claim: String
    /// With the part minus without it; nil if one of them was not run.
    package let comparison: SystemComparison?

    package init(series: String, claim: String, comparison: SystemComparison?) {
      (self.series, self.claim, self.comparison) = (series, claim, comparison)
    }
  }

  /// The greatest adjusted p value that decides a claim.
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
