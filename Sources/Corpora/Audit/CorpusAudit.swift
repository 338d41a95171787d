// The audit of a whole corpus: its division, its recordings, and the findings that a person must
// know. The module Audits creates an audit from the sound. Reading a stored audit needs no sound.

/// All findings of an audit, and which of them are allowed.
package struct CorpusAudit: Codable, Hashable, Sendable {
  /// The corpus's title.
  package let corpus: String
  package let path: String
  package let isSynthetic: Bool
  package let isIncomplete: Bool
  /// See `Corpus.fingerprint`.
  package let fingerprint: String
  /// The kinds of findings that the user allows, sorted by name.
  package let allowed: [AuditAllowance]
  package let division: ProtocolAudit
  package let sound: SoundAudit
  /// Clips with several files, all with the same sound; nil in an audit of an earlier version.
  package let copies: CopyReport?
  /// Leaks, then warnings, then notes.
  package let findings: [AuditFinding]

  /// Judges a corpus whose recordings have been audited.
  ///
  /// - Parameters:
  ///   - copies: the result of comparing the files of each clip.
  ///   - roles: the roles to judge; by default those of the corpus's own folds.
  ///   - allowances: kinds of findings that do not stop anything.
  package init(
    _ corpus: Corpus, sound: SoundAudit, copies: CopyReport? = nil, roles: [FoldRoles]? = nil,
    allowing allowances: Set<AuditAllowance> = []
  ) {
    let roles = roles ?? FoldRoles.all(of: corpus)
    self.corpus = corpus.title
    path = corpus.root
    isSynthetic = corpus.isSynthetic
    isIncomplete = corpus.isIncomplete
    fingerprint = corpus.fingerprint
    allowed = allowances.sorted { $0.rawValue < $1.rawValue }
    let division = ProtocolAudit(corpus, roles: roles)
    self.division = division
    self.sound = sound
    self.copies = copies
    let found =
      (corpus.hasSpeakers ? [] : [AuditFinding.unknownSpeakers]) + division.findings
      + sound.findings(corpus.utterances, roles: roles)
    findings = AuditFinding.Severity.allCases.flatMap { severity in
      found.filter { $0.severity == severity }
    }
  }

  /// Whether the speakers are known. If not, each clip counted as a speaker of its own.
  package var hasSpeakers: Bool { !findings.contains { $0.kind == .unknownSpeakers } }

  /// Whether the user has allowed `finding`.
  package func allows(_ finding: AuditFinding) -> Bool {
    allowed.contains { $0.covers(finding) }
  }

  /// The leaks that are not allowed. With one of them, no score is for unseen speakers.
  package var leaks: [AuditFinding] {
    findings.filter { $0.severity == .leak && !allows($0) }
  }
}
