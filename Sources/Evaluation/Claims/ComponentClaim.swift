// The claims of a paper's ablations: a system with a part is better than the same system without it
// or with another part. Such a claim is about methods that are trained again, not about one set of
// trained networks.
package import Statistics

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
  /// The difference that these folds detect, alone and as one of the judged claims; nil without a
  /// test.
  package let detectable: DetectableEffect?

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
      guard let row = pair.comparison else { return ComponentClaim(pair, nil, .notRun, nil) }
      guard row.methodTest?.p != nil else { return ComponentClaim(pair, nil, .undecided, nil) }
      let p = adjusted[next]
      next += 1
      let isDecided = p <= level
      return ComponentClaim(
        pair, p,
        !isDecided ? .undecided : row.difference.value > 0 ? .holds : .contradicted,
        tested.compactMap(\.comparison).detectable(row))
    }
  }

  private init(
    _ pair: Pair, _ adjusted: Double?, _ verdict: Verdict, _ detectable: DetectableEffect?
  ) {
    (series, claim, comparison) = (pair.series, pair.claim, pair.comparison)
    (self.adjusted, self.verdict, self.detectable) = (adjusted, verdict, detectable)
  }

  /// What an undecided claim needs, such as "11 rows at 6 folds need 6.70 points (4.18 to 16.43)";
  /// nil for any other claim.
  package var need: String? {
    guard verdict == .undecided, let detectable, let comparison else { return nil }
    let rows = detectable.rows == 1 ? "1 row" : "\(detectable.rows) rows"
    let need = detectable.afterHolm
    return "\(rows) at \(comparison.folds) folds \(detectable.rows == 1 ? "needs" : "need") "
      + "\(fixed(100 * need.value, digits: 2)) points "
      + "(\(fixed(100 * need.lower, digits: 2)) to \(fixed(100 * need.upper, digits: 2)))"
  }
}

extension [ComponentClaim] {
  /// The undecided claim with the smallest p; nil if every claim is decided.
  package var nearestToDecision: ComponentClaim? {
    filter { $0.need != nil }.min {
      ($0.comparison?.methodTest?.p ?? 1) < ($1.comparison?.methodTest?.p ?? 1)
    }
  }
}
