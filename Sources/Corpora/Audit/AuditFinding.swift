// What an audit found: what, where, expected, found, what to do.

/// One thing that an audit found.
package struct AuditFinding: Codable, Hashable, Sendable {
  /// How much it matters.
  package enum Severity: String, CaseIterable, Codable, Hashable, Sendable {
    /// What is scored was seen in training or while choosing: the score is not that of the unknown.
    case leak
    /// It may make scores look better or worse than they are.
    case warning
    /// Worth knowing; mostly by the corpus's design.
    case note
  }

  /// What was looked for; the raw value is its name on the command line and in files.
  package enum Kind: String, CaseIterable, Codable, Hashable, Sendable {
    case speakerOverlap = "speaker-overlap"
    case sessionOverlap = "session-overlap"
    case exactDuplicates = "exact-duplicates"
    case nearDuplicates = "near-duplicates"
    case implausibleSound = "implausible-sound"
    case missingClass = "missing-class"
    case classImbalance = "class-imbalance"
    case repeatedText = "repeated-text"
  }

  package let severity: Severity
  package let kind: Kind
  /// What is wrong, in words.
  package let what: String
  /// The fold and the roles, or the whole corpus.
  package let place: String
  package let expected: String
  package let found: String
  /// What to do.
  package let remedy: String

  package init(
    _ severity: Severity, _ kind: Kind, what: String, place: String, expected: String,
    found: String, remedy: String
  ) {
    self.severity = severity
    self.kind = kind
    self.what = what
    self.place = place
    self.expected = expected
    self.found = found
    self.remedy = remedy
  }
}

/// A kind of finding that a user may allow by name, so that it is told and stops nothing.
package enum AuditAllowance: String, CaseIterable, Codable, Hashable, Sendable {
  case speakerOverlap = "speaker-overlap"
  case sessionOverlap = "session-overlap"
  case exactDuplicates = "exact-duplicates"
  case nearDuplicates = "near-duplicates"

  /// Whether `finding` is of this kind.
  package func covers(_ finding: AuditFinding) -> Bool { finding.kind.rawValue == rawValue }
}
