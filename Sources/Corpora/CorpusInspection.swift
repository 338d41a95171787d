// An overview of a corpus before training: its counts beside the expected ones, and what was left
// out. This is a value; CorpusInspection+Table.swift prints it.

/// The counts of a corpus.
package struct CorpusInspection: Codable, Hashable, Sendable {
  /// A part with its number of utterances, and the expected number if known.
  package struct Row: Codable, Hashable, Sendable {
    package let name: String
    package let found: Int
    package let expected: Int?
    /// The sex of a speaker; nil if unknown.
    package var sex: Sex?
  }

  /// All exclusions for one reason.
  package struct ExclusionGroup: Codable, Hashable, Sendable {
    package let reason: String
    package let count: Int
    /// The first three.
    package let examples: [String]
  }

  package let corpus: String
  package let path: String
  package let isSynthetic: Bool
  package let isIncomplete: Bool
  package let fingerprint: String
  /// The source of the expected numbers.
  package let expectedFrom: String
  package let total: Row
  package let classes: [Row]
  package let folds: [Row]
  /// Each class in each fold, with names such as `fold 1, angry`.
  package let classesInFolds: [Row]
  /// Groups of folds for which only a joint number is published.
  package let foldGroups: [Row]
  package let speakers: [Row]
  package let exclusions: [ExclusionGroup]
  /// How many files were skipped regardless of the corpus: hidden, not UTF-8, unreadable and so on.
  package let skipped: Int
  package let missing: [String]
  package let extra: [String]
  /// Unreadable clips as `PATH: REASON`.
  package let unreadable: [String]
  /// How the labels differ from the published list; nil if there is none.
  package let labels: LabelDifferences?
  /// A short description of the differences.
  package let summary: String
  /// The exclusions that may explain why something is missing; empty for a complete corpus.
  package let likelyCauses: [String]
  /// Clips with several files, all with the same sound; nil if not compared.
  package let copies: CopyReport?
  /// What every output must say about a corpus from a manifest; nil if there is nothing to say.
  package let warnings: [String]?
  /// Facts about a manifest; nil for a registered corpus.
  package let remarks: [String]?

  /// - Parameter copies: the result of comparing copies. The comparison opens sound, so it is not
  ///   made here.
  package init(_ corpus: Corpus, copies: CopyReport? = nil) {
    func row(_ name: String, _ scope: CountScope) -> Row {
      Row(
        name: name,
        found: corpus.utterances.reduce(0) {
          $0 + (scope.contains($1, of: corpus.definition) ? 1 : 0)
        },
        expected: corpus.expected.count(of: scope))
    }
    self.corpus = corpus.title
    path = corpus.root
    isSynthetic = corpus.isSynthetic
    isIncomplete = corpus.isIncomplete
    fingerprint = corpus.fingerprint
    expectedFrom = corpus.expected.source.rawValue
    total = row("all", CountScope())
    classes = corpus.classes.map { row($0, CountScope(label: $0)) }
    let numbered = Array(corpus.foldNames.enumerated())
    folds = numbered.map { row("\($0 + 1): \($1)", CountScope(folds: [$0 + 1])) }
    classesInFolds = numbered.flatMap { fold, _ in
      corpus.classes.map { label in
        row("fold \(fold + 1), \(label)", CountScope(label: label, folds: [fold + 1]))
      }
    }
    foldGroups = corpus.expected.counts.filter { $0.scope.folds.count > 1 }
      .map { row($0.scope.description, $0.scope) }
    let wanted = corpus.expected.counts.compactMap(\.scope.speaker)
    // Without speakers, each clip would be a row.
    let counts = corpus.utterances.reduce(into: [String: Int]()) { $0[$1.speaker, default: 0] += 1 }
    speakers =
      corpus.hasSpeakers
      ? Set(counts.keys).union(wanted).sorted(by: precedes).map { name in
        Row(
          name: name, found: counts[name] ?? 0,
          expected: corpus.expected.count(of: CountScope(speaker: name)),
          sex: corpus.definition.sex(of: name))
      } : []
    warnings = corpus.hasSpeakers ? nil : [ManifestOrigin.withoutSpeakers]
    remarks = corpus.manifest.map { $0.about + $0.remarks }
    exclusions = groups(corpus.exclusions)
    skipped = corpus.exclusions.count { $0.reason.isSkipped }
    missing = corpus.check.missing
    extra = corpus.check.extra
    unreadable = corpus.check.unreadable
    labels = corpus.check.labels
    summary = corpus.check.summary
    likelyCauses = corpus.isIncomplete ? corpus.exclusions.likelyCauses : []
    self.copies = copies
  }
}

/// Groups exclusions by reason, sorted by the reason's text.
private func groups(_ exclusions: [Exclusion]) -> [CorpusInspection.ExclusionGroup] {
  let byReason = Dictionary(grouping: exclusions, by: \.reason.description)
  return byReason.keys.sorted(by: precedes).map { reason in
    let members = byReason[reason] ?? []
    return CorpusInspection.ExclusionGroup(
      reason: reason, count: members.count,
      examples: members.prefix(3).map { exclusion in
        switch exclusion.reason {
        case .duplicate(let first): "\(exclusion.subject) (of \(first))"
        case .misplaced(let folder): "\(exclusion.subject) (in \(folder))"
        default: exclusion.subject
        }
      })
  }
}
