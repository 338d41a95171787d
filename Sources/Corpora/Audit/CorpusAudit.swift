// An audit of a whole corpus: its division, its recordings, and what of both a person must know.
// Audits makes one from the sound; to read one that was kept takes no sound.

/// Everything an audit found, and what of it was allowed.
package struct CorpusAudit: Codable, Hashable, Sendable {
  /// The corpus's title.
  package let corpus: String
  package let path: String
  package let isSynthetic: Bool
  package let isIncomplete: Bool
  /// See `Corpus.fingerprint`.
  package let fingerprint: String
  /// The kinds of findings that stop nothing, by the user's word; sorted by name.
  package let allowed: [AuditAllowance]
  package let division: ProtocolAudit
  package let sound: SoundAudit
  /// Clips in several files, all of the same sound; nil in an audit of an earlier program.
  package let copies: CopyReport?
  /// Leaks, then warnings, then notes.
  package let findings: [AuditFinding]

  /// Judges a corpus whose recordings have been audited.
  ///
  /// - Parameters:
  ///   - copies: what the comparison of the clips' further files found.
  ///   - roles: the division that is judged; the corpus's own folds by default.
  ///   - allowances: kinds of findings that shall stop nothing.
  package init(
    _ corpus: Corpus, sound: SoundAudit, copies: CopyReport? = nil, roles: [FoldRoles]? = nil,
    allowing allowances: Set<AuditAllowance> = []
  ) {
    let roles = roles ?? FoldRoles.all(of: corpus.utterances, folds: corpus.foldNames.count)
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
    let found = division.findings + sound.findings(corpus.utterances, roles: roles)
    findings = AuditFinding.Severity.allCases.flatMap { severity in
      found.filter { $0.severity == severity }
    }
  }

  /// Whether the user has allowed what `finding` says.
  package func allows(_ finding: AuditFinding) -> Bool {
    allowed.contains { $0.covers(finding) }
  }

  /// The leaks that nobody allowed: with one of them no score is that of unknown speakers.
  package var leaks: [AuditFinding] {
    findings.filter { $0.severity == .leak && !allows($0) }
  }
}
