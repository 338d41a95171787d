// What duplicates and unusual recordings mean for a division into folds. Duplicates across roles
// are leaks; within one role they are warnings.
import Foundation

extension SoundAudit {
  /// How many recordings or pairs a finding lists.
  private static let named = 10

  /// Returns the findings on this corpus with the given `roles`.
  ///
  /// - Parameter utterances: the audited utterances behind the positions in `roles`.
  package func findings(_ utterances: [Utterance], roles: [FoldRoles]) -> [AuditFinding] {
    let positions = Dictionary(
      utterances.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    let signatures = RoleSignatures(count: utterances.count, roles: roles)
    var exact = (leaks: PairTally(), others: PairTally())
    for group in exactDuplicates {
      let members = group.ids.compactMap { positions[$0] }
      exact.leaks.add(members, signatures, crossing: true, limit: Self.named)
      exact.others.add(members, signatures, crossing: false, limit: Self.named)
    }
    var near = (leaks: PairTally(), others: PairTally())
    for pair in nearDuplicates {
      guard let a = positions[pair.first], let b = positions[pair.second] else { continue }
      let detail = String(
        format: " (%.0f %% of bits differ, %+.2f s)", 100 * pair.difference, pair.shift)
      let folds = signatures.crossedFolds(a, b)
      if folds.isEmpty {
        near.others.add(a, b, folds, detail, limit: Self.named)
      } else {
        near.leaks.add(a, b, folds, detail, limit: Self.named)
      }
    }
    return [
      finding(.exactDuplicates, exact.leaks, utterances),
      finding(.nearDuplicates, near.leaks, utterances),
      finding(.exactDuplicates, exact.others, utterances),
      finding(.nearDuplicates, near.others, utterances), implausibleSound,
    ].compactMap { $0 }
  }

  /// One finding for pairs that all, or none, lie in two roles of a fold.
  private func finding(
    _ kind: AuditFinding.Kind, _ pairs: PairTally, _ utterances: [Utterance]
  ) -> AuditFinding? {
    guard pairs.count > 0 else { return nil }
    let isLeak = !pairs.folds.isEmpty
    let folds = pairs.folds.sorted().map(String.init).joined(separator: ", ")
    let shown = pairs.named.map { pair in
      let (first, second) = (utterances[pair.first], utterances[pair.second])
      return "\(first.id) = \(second.id)\(pair.detail)"
        + (first.label == second.label ? "" : ", labelled \(first.label) and \(second.label)")
    }.joined(separator: "; ")
    let count = pairs.count == 1 ? "1 pair" : "\(pairs.count) pairs"
    let more = pairs.count - pairs.named.count
    return AuditFinding(
      isLeak ? .leak : .warning, kind,
      what: (kind == .exactDuplicates ? "the same samples" : "the same sound, altered")
        + (isLeak ? " in two roles" : " twice in one role"),
      place: isLeak ? "fold \(folds)" : "whole corpus",
      expected: isLeak ? "each sound in one role" : "each sound once",
      found: "\(count): \(shown)" + (more > 0 ? " and \(more) more" : ""),
      remedy: isLeak
        ? "leave one of each pair out, or put both into one fold"
        : "keep both if the corpus intends them: they count twice but leak nothing")
  }

  /// One finding for all unusual recordings.
  private var implausibleSound: AuditFinding? {
    guard let outliers, !outliers.isEmpty else { return nil }
    let shown = outliers.prefix(Self.named).map { "\($0.id): \($0.reason)" }
      .joined(separator: "; ")
    let more = outliers.count - Self.named
    return AuditFinding(
      .warning, .implausibleSound, what: "unusual recordings", place: "whole corpus",
      expected: "rate, length, level and spectrum like those of the other recordings",
      found: shown + (more > 0 ? " and \(more) more" : ""),
      remedy: "listen to them; export wrong ones again or leave them out")
  }
}
