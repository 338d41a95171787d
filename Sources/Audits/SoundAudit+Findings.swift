// What duplicates mean for a division into folds: across roles they are leaks, within one warnings.
package import Corpora
import Foundation

extension SoundAudit {
  /// Returns the findings on this corpus as it is divided into `roles`.
  ///
  /// - Parameter utterances: those that were audited, which the positions in `roles` point at.
  package func findings(_ utterances: [Utterance], roles: [FoldRoles]) -> [AuditFinding] {
    let positions = Dictionary(
      utterances.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    let bits = roles.map { (fold: $0.fold, bits: $0.roleBits(count: utterances.count)) }
    func pair(_ first: String, _ second: String, _ detail: String) -> DuplicatePair? {
      guard let a = positions[first], let b = positions[second] else { return nil }
      let labels = (utterances[a].label, utterances[b].label)
      return DuplicatePair(
        text: "\(first) = \(second)\(detail)"
          + (labels.0 == labels.1 ? "" : ", labelled \(labels.0) and \(labels.1)"),
        // Two roles in all, and each recording has one.
        folds: bits.filter {
          $0.bits[a] != 0 && $0.bits[b] != 0 && ($0.bits[a] | $0.bits[b]).nonzeroBitCount > 1
        }.map(\.fold))
    }
    let exact = exactDuplicates.flatMap { group in
      group.ids.indices.flatMap { i in
        group.ids[(i + 1)...].compactMap { pair(group.ids[i], $0, "") }
      }
    }
    let near = nearDuplicates.compactMap {
      let detail = String(
        format: " (%.0f %% of bits differ, %+.2f s)", 100 * $0.difference, $0.shift)
      return pair($0.first, $0.second, detail)
    }
    return [
      finding(.exactDuplicates, exact.filter { !$0.folds.isEmpty }),
      finding(.nearDuplicates, near.filter { !$0.folds.isEmpty }),
      finding(.exactDuplicates, exact.filter(\.folds.isEmpty)),
      finding(.nearDuplicates, near.filter(\.folds.isEmpty)),
    ].compactMap { $0 }
  }

  /// One finding for pairs of which all, or none, stand in two roles of a fold.
  private func finding(_ kind: AuditFinding.Kind, _ pairs: [DuplicatePair]) -> AuditFinding? {
    guard let first = pairs.first else { return nil }
    let isLeak = !first.folds.isEmpty
    let folds = Set(pairs.flatMap(\.folds)).sorted().map(String.init).joined(separator: ", ")
    let shown = pairs.prefix(10).map(\.text).joined(separator: "; ")
    let count = pairs.count == 1 ? "1 pair" : "\(pairs.count) pairs"
    return AuditFinding(
      isLeak ? .leak : .warning, kind,
      what: (kind == .exactDuplicates ? "the same samples" : "the same sound, altered")
        + (isLeak ? " in two roles" : " twice in one role"),
      place: isLeak ? "fold \(folds)" : "whole corpus",
      expected: isLeak ? "each sound in one role" : "each sound once",
      found: "\(count): \(shown)" + (pairs.count > 10 ? " and \(pairs.count - 10) more" : ""),
      remedy: isLeak
        ? "leave one of each pair out, or put both into one fold"
        : "keep both where the corpus has them so: they count twice, and leak nothing")
  }
}

/// Two recordings of one sound.
private struct DuplicatePair {
  let text: String
  /// The folds in which they have different roles.
  let folds: [Int]
}
