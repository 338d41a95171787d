// Checks the main promise of a corpus's division: nobody who is tested trains or validates. It uses
// ids, labels, speakers and sessions only. The module Audits checks the recordings.

/// Speakers, sessions, classes and texts of each fold's roles.
package struct ProtocolAudit: Codable, Hashable, Sendable {
  /// The number of utterances of a class in one role.
  package struct ClassCount: Codable, Hashable, Sendable {
    package let label: String
    package let count: Int
    /// Share of the role's utterances; 0 if it has none.
    package let share: Double
  }

  /// The classes of one role, in the corpus's order.
  package struct Balance: Codable, Hashable, Sendable {
    package let role: FoldRole
    package let classes: [ClassCount]
    /// The number of utterances in the role.
    package var count: Int { classes.reduce(0) { $0 + $1.count } }
  }

  /// Speakers or sessions that occur in two roles.
  package struct Overlap: Codable, Hashable, Sendable {
    package let first: FoldRole
    package let second: FoldRole
    /// Sorted.
    package let names: [String]
  }

  /// The number of test utterances that share their text with a training utterance.
  package struct Repetition: Codable, Hashable, Sendable {
    package let kind: SpokenText.Kind
    package let count: Int
    /// Test utterances whose ids reveal a text of this kind.
    package let known: Int
    /// All test utterances.
    package let test: Int
  }

  /// The findings on one fold.
  package struct Fold: Codable, Hashable, Sendable {
    package let fold: Int
    package let name: String
    /// Training, validation, test.
    package let balances: [Balance]
    package let speakers: [Overlap]
    /// Sessions whose speakers have different roles.
    package let sessions: [Overlap]
    package let repetitions: [Repetition]

    /// The classes of one role; nil if a stored audit has none.
    package func balance(_ role: FoldRole) -> Balance? { balances.first { $0.role == role } }
  }

  /// The corpus's id.
  package let corpus: String
  package let folds: [Fold]

  /// Audits the corpus with the given `roles`.
  ///
  /// - Parameters:
  ///   - utterances: the utterances behind the positions in `roles`.
  ///   - foldNames: fold 1 first.
  package init(
    _ corpus: CorpusDefinition, utterances: [Utterance], foldNames: [String], roles: [FoldRoles]
  ) {
    self.corpus = corpus.id
    let texts = utterances.map { corpus.texts(of: $0.id) }
    folds = roles.map { roles in
      Fold(
        fold: roles.fold, name: foldNames[roles.fold - 1],
        balances: FoldRole.allCases.map { role in
          Balance(
            role: role, classes: classCounts(roles[role].map { utterances[$0] }, of: corpus))
        },
        speakers: overlaps(in: roles) { sharedSpeakers(utterances, $0, $1) },
        sessions: overlaps(in: roles) { sharedSessions(utterances, $0, $1) },
        repetitions: repetitions(of: texts, in: roles))
    }
  }

  /// Audits the corpus with its own folds, or with `roles`.
  package init(_ corpus: Corpus, roles: [FoldRoles]? = nil) {
    self.init(
      corpus.definition, utterances: corpus.utterances, foldNames: corpus.foldNames,
      roles: roles ?? FoldRoles.all(of: corpus))
  }
}

private func classCounts(
  _ utterances: [Utterance], of corpus: CorpusDefinition
) -> [ProtocolAudit.ClassCount] {
  corpus.classes.map { label in
    let count = utterances.count { $0.label == label }
    return ProtocolAudit.ClassCount(
      label: label, count: count, share: Double(count) / Double(max(1, utterances.count)))
  }
}

/// Returns the non-empty results of `shared` for each pair of roles.
private func overlaps(
  in roles: FoldRoles, shared: ([Int], [Int]) -> [String]
) -> [ProtocolAudit.Overlap] {
  let pairs: [(FoldRole, FoldRole)] = [
    (.training, .test), (.validation, .test), (.training, .validation),
  ]
  return pairs.compactMap { first, second in
    let names = shared(roles[first], roles[second])
    return names.isEmpty
      ? nil : ProtocolAudit.Overlap(first: first, second: second, names: names)
  }
}

private func sharedSpeakers(_ utterances: [Utterance], _ a: [Int], _ b: [Int]) -> [String] {
  Set(a.map { utterances[$0].speaker }).intersection(b.map { utterances[$0].speaker })
    .sorted(by: precedes)
}

/// Sessions of both roles with more than one speaker.
private func sharedSessions(_ utterances: [Utterance], _ a: [Int], _ b: [Int]) -> [String] {
  func speakers(_ positions: [Int]) -> [Int: Set<String>] {
    positions.reduce(into: [:]) { result, position in
      guard let session = utterances[position].session else { return }
      result[session, default: []].insert(utterances[position].speaker)
    }
  }
  let others = speakers(b)
  return speakers(a).filter { session, ours in
    others[session].map { ours.union($0).count > 1 } ?? false
  }.keys.sorted().map(String.init)
}

private func repetitions(
  of texts: [[SpokenText]], in roles: FoldRoles
) -> [ProtocolAudit.Repetition] {
  let trained = Set(roles.training.flatMap { texts[$0] })
  return SpokenText.Kind.allCases.compactMap { kind in
    let told = roles.test.compactMap { texts[$0].first { $0.kind == kind } }
    guard !told.isEmpty else { return nil }
    return ProtocolAudit.Repetition(
      kind: kind, count: told.count { trained.contains($0) }, known: told.count,
      test: roles.test.count)
  }
}
