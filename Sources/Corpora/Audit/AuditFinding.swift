// One finding of an audit: what, where, expected, found, what to do.

/// One finding of an audit.
package struct AuditFinding: Codable, Hashable, Sendable {
  /// How much a finding matters.
  package enum Severity: String, CaseIterable, Codable, Hashable, Sendable {
    /// Scored utterances were seen in training or selection, so the score is not for unseen data.
    case leak
    /// It may distort scores in either direction.
    case warning
    /// Worth knowing; usually part of the corpus's design.
    case note
  }

  /// The kind of problem. The raw value is its name on the command line and in files.
  package enum Kind: String, CaseIterable, Codable, Hashable, Sendable {
    case speakerOverlap = "speaker-overlap"
    case sessionOverlap = "session-overlap"
    case exactDuplicates = "exact-duplicates"
    case nearDuplicates = "near-duplicates"
    case implausibleSound = "implausible-sound"
    case missingClass = "missing-class"
    case classImbalance = "class-imbalance"
    case repeatedText = "repeated-text"
    case unknownSpeakers = "unknown-speakers"
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

extension AuditFinding {
  /// The warning for a manifest without speakers.
  package static let unknownSpeakers = AuditFinding(
    .warning, .unknownSpeakers, what: "speakers are unknown", place: "all folds",
    expected: "a column speaker in the manifest",
    found: "none: leaks by speaker cannot be seen",
    remedy: "add the column, and compare no score with scores for unseen speakers")
}

/// A kind of finding that a user may allow by name. It is then reported but stops nothing.
package enum AuditAllowance: String, CaseIterable, Codable, Hashable, Sendable {
  case speakerOverlap = "speaker-overlap"
  case sessionOverlap = "session-overlap"
  case exactDuplicates = "exact-duplicates"
  case nearDuplicates = "near-duplicates"

  /// Whether `finding` is of this kind.
  package func covers(_ finding: AuditFinding) -> Bool { finding.kind.rawValue == rawValue }
}
