// The findings of a protocol audit.
import Foundation

extension ProtocolAudit {
  /// A class this many times as frequent as another gets a note (our choice).
  package static let notableRatio = 1.5

  /// The findings: overlaps and missing classes fold by fold, then notes on the whole corpus.
  package var findings: [AuditFinding] {
    folds.flatMap { fold in
      fold.speakers.map { overlap(of: $0, in: fold, isSpeaker: true) }
        + fold.sessions.map { overlap(of: $0, in: fold, isSpeaker: false) }
        + fold.balances.compactMap { missingClasses(of: $0, in: fold) }
    } + [imbalance].compactMap { $0 } + SpokenText.Kind.allCases.compactMap(repetition)
  }

  private func overlap(of overlap: Overlap, in fold: Fold, isSpeaker: Bool) -> AuditFinding {
    let roles = "\(overlap.first.rawValue) and \(overlap.second.rawValue)"
    let place = "fold \(fold.fold) (\(fold.name)), \(roles)"
    let names = shortList(overlap.names)
    return isSpeaker
      ? AuditFinding(
        .leak, .speakerOverlap, what: "speakers in two roles", place: place,
        expected: "no speaker in both", found: names,
        remedy: "give each speaker one role per fold")
      : AuditFinding(
        .warning, .sessionOverlap, what: "partners of one recording session in two roles",
        place: place, expected: "no session in both", found: "session \(names)",
        remedy: "divide by session: partners hear and answer each other in the same room")
  }

  private func missingClasses(of balance: Balance, in fold: Fold) -> AuditFinding? {
    let missing = balance.classes.filter { $0.count == 0 }.map(\.label)
    // A fold without selection needs no validation utterances.
    guard !missing.isEmpty, balance.role != .validation || balance.count > 0 else { return nil }
    return AuditFinding(
      .warning, .missingClass, what: "classes without an utterance",
      place: "fold \(fold.fold) (\(fold.name)), \(balance.role.rawValue)",
      expected: "all \(balance.classes.count) classes", found: "no \(shortList(missing))",
      remedy: "complete the corpus, or leave the fold out")
  }

  /// A note on the most and the least frequent class among the tested utterances.
  private var imbalance: AuditFinding? {
    let tested = folds.compactMap { $0.balance(.test) }.flatMap(\.classes)
    let classes = folds.first?.balance(.test)?.classes.map(\.label) ?? []
    let counts = classes.map { label in
      tested.reduce(0) { $0 + ($1.label == label ? $1.count : 0) }
    }
    let present = counts.indices.filter { counts[$0] > 0 }
    guard let least = present.min(by: { counts[$0] < counts[$1] }),
      let most = present.max(by: { counts[$0] < counts[$1] })
    else { return nil }
    let ratio = Double(counts[most]) / Double(counts[least])
    guard ratio >= Self.notableRatio else { return nil }
    return AuditFinding(
      .note, .classImbalance, what: "classes of unequal size", place: "all folds",
      expected: "the largest class less than \(Self.notableRatio) times the smallest",
      found: "\(classes[most]) \(counts[most]), \(classes[least]) \(counts[least]), "
        + String(format: "%.1f times", ratio),
      remedy: "read UA beside WA")
  }

  private func repetition(_ kind: SpokenText.Kind) -> AuditFinding? {
    let found = folds.compactMap { $0.repetitions.first { $0.kind == kind } }
    let count = found.reduce(0) { $0 + $1.count }
    let test = folds.reduce(0) { $0 + ($1.balance(.test)?.count ?? 0) }
    guard count > 0 else { return nil }
    return AuditFinding(
      .note, .repeatedText, what: "test utterances share a \(kind) with training",
      place: "all folds", expected: "by design in acted corpora",
      found: "\(count) of \(test) test utterances",
      remedy: "read the scores as scores for texts that occur in training")
  }
}
